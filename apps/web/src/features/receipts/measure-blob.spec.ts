import { createHash, randomBytes } from 'node:crypto';
import { BLOCK_BYTES, leafHash, treeRoot } from '#tlog';
import { measureBlob } from './measure-blob.js';

const sha256 = (...chunks: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(chunks)).digest();

describe('a file measured in the browser', () => {
  it.each([0, 1, BLOCK_BYTES, BLOCK_BYTES + 1, 9 * BLOCK_BYTES + 7])('of %i bytes', async (size) => {
    const bytes = randomBytes(size);
    const leaves: Uint8Array[] = [];
    for (let at = 0; at < size; at += BLOCK_BYTES) leaves.push(leafHash(sha256, bytes.subarray(at, at + BLOCK_BYTES)));
    const progress: number[] = [];
    expect(await measureBlob(new Blob([bytes]), (done) => progress.push(done))).toEqual({
      sizeBytes: size,
      blockRoot: `sha256:${Buffer.from(treeRoot(sha256, leaves)).toString('hex')}`,
      sha256: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    });
    expect(progress.at(-1) ?? 0).toBe(size);
  });
});
