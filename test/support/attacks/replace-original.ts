import { createHash } from 'node:crypto';
import { chmod, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BLOCK_BYTES, leafHash } from '#tlog';
import { sha256 } from '../log-crypto.js';
import { asSuperuser } from './superuser.js';

/** Storage root, on the filesystem: one bit of an original is another. */
export async function flipByte(dir: string, objectKey: string, at: number): Promise<void> {
  const path = join(dir, 'objects', 'vault', objectKey);
  await chmod(path, 0o600);
  const file = await open(path, 'r+');
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
    await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
  } finally {
    await file.close();
    await chmod(path, 0o444);
  }
}

/**
 * Storage root and superuser together: another file in the place of an original of at most one block, and a row that
 * says its digests.
 */
export async function replaceOriginal(
  place: { readonly dir: string; readonly url: string },
  asset: { readonly id: string; readonly objectKey: string },
  content: Buffer,
): Promise<void> {
  if (content.length > BLOCK_BYTES) throw new Error('one block at most');
  const path = join(place.dir, 'objects', 'vault', asset.objectKey);
  await chmod(path, 0o600);
  await writeFile(path, content);
  await chmod(path, 0o444);
  const leaf = Buffer.from(leafHash(sha256, content));
  const digest = (algorithm: string) => `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`;
  await asSuperuser(place.url, async (client) => {
    await client.query('UPDATE asset_blocks SET leaves = $2 WHERE asset_id = $1', [asset.id, leaf]);
    await client.query('UPDATE assets SET block_root = $2, sha256 = $3, sm3 = $4, size_bytes = $5 WHERE id = $1', [
      ...[asset.id, `sha256:${leaf.toString('hex')}`, digest('sha256'), digest('sm3'), content.length],
    ]);
  });
}
