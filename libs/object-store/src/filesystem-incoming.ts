import { randomUUID } from 'node:crypto';
import { link, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '#domain';
import { errnoOf, removeFile } from './disk.js';

const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000;

/**
 * Finishing an upload relies on link(2) to refuse an existing name; some network and FAT file systems have none.
 * @throws ArchiveError `storage-unavailable`
 */
export async function proveHardLinks(fromFolder: string, toFolder: string): Promise<void> {
  const from = join(fromFolder, `${randomUUID()}.tmp`);
  const to = join(toFolder, `${randomUUID()}.tmp`);
  const file = await open(from, 'wx', 0o600);
  try {
    await file.close();
    await link(from, to);
  } catch (error) {
    const reason = `vault and staging must be on one file system with hard links (${errnoOf(error)})`;
    throw new ArchiveError('storage-unavailable', reason, { cause: error });
  } finally {
    await removeFile(from);
    await removeFile(to);
  }
}

/**
 * What a process that died left in a folder of unfinished files: temporary ones, and second names of finished
 * originals. Unfinished uploads (`.part` with one name) are the caller's to drop, by `abortIntake`.
 */
export async function dropLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found === null || Date.now() - found.mtimeMs < LEFTOVER_AGE_MS) continue;
    if (name.endsWith('.tmp') || found.nlink > 1) await removeFile(path);
  }
}

/** Names of unfinished uploads that nothing was written to since. One with two names is finished. */
export async function unfinishedFiles(folder: string, before: Date): Promise<string[]> {
  const unfinished: string[] = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.part')) continue;
    const found = await stat(join(folder, name)).catch(() => null);
    if (found !== null && found.nlink === 1 && found.mtimeMs < before.getTime()) unfinished.push(name);
  }
  return unfinished;
}
