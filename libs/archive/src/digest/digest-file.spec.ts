import { createHash } from 'node:crypto';
import type { BlockReader } from '#object-store';
import { BLOCK_BYTES, leafHash, treeRoot } from '#tlog';
import { sha256 } from '../ledger/canonical.js';
import { digestBlocks, digestFile } from './digest-file.js';
import { DigestThreads } from './digest-threads.js';

function bytes(length: number): Buffer {
  const buffer = Buffer.alloc(length);
  for (let i = 0; i < length; i++) buffer[i] = (i * 31 + (i >> 8)) & 0xff;
  return buffer;
}

interface TestReader extends BlockReader {
  readonly isClosed: boolean;
}

/** @param breaksAt offset from which on reading fails */
function readerOf(content: Buffer, breaksAt = Number.POSITIVE_INFINITY): TestReader {
  let at = 0;
  let isClosed = false;
  return {
    get isClosed() {
      return isClosed;
    },
    read: async (into) => {
      if (at >= breaksAt) throw new Error('gone');
      const copied = content.copy(into, 0, at);
      at += copied;
      return copied;
    },
    close: async () => {
      isClosed = true;
    },
  };
}

describe('digests of a file read once', () => {
  const threads = new DigestThreads(2);
  afterAll(() => threads.close());

  it.each([0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 20 * BLOCK_BYTES + 7])(
    'agree with plain hashing at %i bytes',
    async (size) => {
      const content = bytes(size);
      const reader = readerOf(content);
      const digests = await digestFile(threads, reader);

      const leaves = [];
      for (let at = 0; at < size; at += BLOCK_BYTES)
        leaves.push(leafHash(sha256, content.subarray(at, at + BLOCK_BYTES)));
      expect(reader.isClosed).toBe(true);
      expect(digests.sizeBytes).toBe(size);
      expect(Buffer.from(digests.sha256)).toEqual(createHash('sha256').update(content).digest());
      expect(Buffer.from(digests.sm3)).toEqual(createHash('sm3').update(content).digest());
      expect(Buffer.from(digests.blockRoot)).toEqual(Buffer.from(treeRoot(sha256, leaves)));

      const again = readerOf(content);
      const { leaves: packed, blockRoot, sizeBytes } = digests;
      expect(await digestBlocks(threads, again)).toEqual({ leaves: packed, blockRoot, sizeBytes });
      expect(again.isClosed).toBe(true);
    },
  );

  it('fails when the source fails', async () => {
    const reader = readerOf(bytes(3 * BLOCK_BYTES), BLOCK_BYTES);
    await expect(digestFile(threads, reader)).rejects.toThrow('gone');
    expect(reader.isClosed).toBe(true);
  });
});
