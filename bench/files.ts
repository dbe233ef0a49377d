import { randomBytes } from 'node:crypto';
import { open, stat } from 'node:fs/promises';

const MEBIBYTE = 1_048_576;

/** A file of random bytes that is in the page cache and on the disk, so that reading it costs the sender little. */
export async function makeFile(path: string, mebibytes: number): Promise<{ path: string; sizeBytes: number }> {
  const sizeBytes = mebibytes * MEBIBYTE;
  const known = await stat(path).catch(() => null);
  if (known?.size === sizeBytes) return { path, sizeBytes };
  const file = await open(path, 'w');
  try {
    for (let n = 0; n < mebibytes; n++) await file.write(randomBytes(MEBIBYTE));
    await file.sync();
  } finally {
    await file.close();
  }
  return { path, sizeBytes };
}
