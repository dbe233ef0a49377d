import { createHash } from 'node:crypto';
import { chmod, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BlockHasher } from '#tlog';
import { sha256 } from '../log-crypto.js';
import { asSuperuser } from './superuser.js';

/** Storage root, on the filesystem: one byte of an original is another. */
export async function flipByte(dir: string, objectKey: string, offset: number): Promise<void> {
  const path = join(dir, 'objects', 'vault', objectKey);
  await chmod(path, 0o600);
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, offset);
    await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, offset);
  } finally {
    await file.close();
    await chmod(path, 0o400);
  }
}
