import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Storage root, on the filesystem: all that was published of the log is gone. */
export async function wipePublishedLog(dir: string): Promise<void> {
  for (const area of ['vault', 'staging']) await wipe(join(dir, 'objects', area, 'ledger'));
}

async function wipe(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o700);
  await rm(folder, { recursive: true, force: true });
}
