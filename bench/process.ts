import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export const run = promisify(execFile);

/** A server of ours or of a rival, in a process of its own. */
export interface Running {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a program; what it says is shown when it ends before its time. */
export function start(program: string, args: readonly string[], options: SpawnOptions = {}): Running {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], ...options });
  let isStopping = false;
  const said: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => said.push(chunk) > 50 && said.shift());
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk) > 50 && said.shift());
  child.once('exit', (code) => {
    if (!isStopping) console.error(`${program} ${args[0] ?? ''} ended (${code}):\n${Buffer.concat(said)}`);
  });
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      isStopping = true;
      await stopChild(child);
    },
  };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const isGone = await Promise.race([gone.then(() => true), sleep(15_000, false, { ref: false })]);
  if (!isGone) child.kill('SIGKILL');
  await gone;
}

export async function untilAnswers(url: string): Promise<void> {
  await until(`${url} answers`, () =>
    fetch(url).then(
      (response) => response.body?.cancel().then(() => true) ?? true,
      () => false,
    ),
  );
}

/** Asks until it is so. */
export async function until(what: string, isSo: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`in vain: until ${what}`);
    await sleep(50);
  }
}

/** Makes everything written to the file system that holds `path` durable. */
export async function syncDisk(path: string): Promise<void> {
  await run('sync', ['-f', path]);
}

/** Resident memory now, in MiB. */
export async function residentMiB(pid: number): Promise<number> {
  return await statusMiB(pid, 'VmRSS');
}

/** Forgets the highest resident memory so far, so that `peakMiB` tells that of what follows. */
export async function resetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

export async function peakMiB(pid: number): Promise<number> {
  return await statusMiB(pid, 'VmHWM');
}

async function statusMiB(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`no ${field} of process ${pid}`);
  return Number(kibibytes) / 1024;
}
