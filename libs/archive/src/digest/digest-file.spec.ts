import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { BLOCK_BYTES, leafHash, treeRoot } from '#tlog';
import { sha256 } from '../ledger/canonical.js';
import { digestFile } from './digest-file.js';
import { DigestThreads } from './digest-threads.js';

function bytes(length: number): Buffer {
  const buffer = Buffer.alloc(length);
  for (let i = 0; i < length; i++) buffer[i] = (i * 31 + (i >> 8)) & 0xff;
  return buffer;
}

describe('digests of a file read once', () => {
  const threads = new DigestThreads(2);
  afterAll(() => threads.close());

  it.each([0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 20 * BLOCK_BYTES + 7])(
    'agree with plain hashing at %i bytes',
    async (size) => {
      const content = bytes(size);
      const pieces = [];
      for (let at = 0; at < size; at += 70_001) pieces.push(content.subarray(at, at + 70_001));
      const digests = await digestFile(threads, Readable.from(pieces));

      const leaves = [];
      for (let at = 0; at < size; at += BLOCK_BYTES)
        leaves.push(leafHash(sha256, content.subarray(at, at + BLOCK_BYTES)));
      expect(digests.sizeBytes).toBe(size);
      expect(Buffer.from(digests.sha256)).toEqual(createHash('sha256').update(content).digest());
      expect(Buffer.from(digests.sm3)).toEqual(createHash('sm3').update(content).digest());
      expect(Buffer.from(digests.blockRoot)).toEqual(Buffer.from(treeRoot(sha256, leaves)));
    },
  );

  it('fails when the source fails', async () => {
    const source = Readable.from(
      (async function* () {
        yield bytes(10);
        throw new Error('gone');
      })(),
    );
    await expect(digestFile(threads, source)).rejects.toThrow('gone');
  });
});
