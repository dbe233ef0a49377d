import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { MeasuredFile } from '#dossier';
import { sha256 } from '#signing';
import { BLOCK_BYTES, GrowingTree, leafHash } from '#tlog';

/**
 * Size, block root and SHA-256 of a file of any size, read once, block by block.
 * @throws what the system says of a file that cannot be read
 */
export async function measureFile(path: string): Promise<MeasuredFile> {
  const file = await open(path);
  try {
    return await measure(file);
  } finally {
    await file.close();
  }
}

async function measure(file: FileHandle): Promise<MeasuredFile> {
  const [whole, blocks, buffer] = [createHash('sha256'), new GrowingTree(sha256), Buffer.alloc(BLOCK_BYTES)];
  let sizeBytes = 0;
  for (let length = await fill(file, buffer); length > 0; length = await fill(file, buffer)) {
    const block = buffer.subarray(0, length);
    whole.update(block);
    blocks.append(leafHash(sha256, block));
    sizeBytes += length;
  }
  const blockRoot = `sha256:${Buffer.from(blocks.root()).toString('hex')}`;
  return { sizeBytes, blockRoot, sha256: `sha256:${whole.digest('hex')}` };
}

/** A read may give less than was asked for; a block is shorter only at the end of the file. */
async function fill(file: FileHandle, buffer: Buffer): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}
