import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const processSchema = z.object({ name: z.string(), pid: z.number().int().positive(), identity: z.string() });
const runningSchema = z.object({ address: z.string(), processes: z.array(processSchema) });

/** A process that was started for a data folder. `identity` tells it from a later one with the same pid. */
export type RunningProcess = z.infer<typeof processSchema>;
export type Running = z.infer<typeof runningSchema>;

/**
 * What `liuhen up` leaves in the data folder while it runs: the address, for other verbs, and the processes, so that
 * the next start can end those that a killed one left behind. Not evidence, and not trusted.
 */
export async function readRunning(dataDir: string): Promise<Running | null> {
  try {
    return runningSchema.parse(JSON.parse(await readFile(pathIn(dataDir), 'utf8')));
  } catch {
    return null;
  }
}

export async function writeRunning(dataDir: string, running: Running): Promise<void> {
  const path = pathIn(dataDir);
  await writeFile(`${path}.new`, JSON.stringify(running), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

export async function forgetRunning(dataDir: string): Promise<void> {
  await rm(pathIn(dataDir), { force: true });
}

/** The address of the archive in a data folder, when one was left written there. */
export async function addressInFolder(dataDir: string): Promise<string | null> {
  return (await readRunning(dataDir))?.address ?? null;
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'running.json');
}
