import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Storage root, on the filesystem: all that was published of the log is gone, or waits to be. */
export async function wipePublishedLog(dir: string): Promise<void> {
  for (const area of ['vault', 'staging']) {
    const found = await readdir(join(dir, 'objects', area, 'ledger'), { recursive: true, withFileTypes: true }).catch(
      () => [],
    );
    for (const entry of found) if (entry.isFile()) await unlink(join(entry.parentPath, entry.name));
  }
}
