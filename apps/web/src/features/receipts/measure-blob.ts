import { type MeasuredFile, SHA_256, StreamedHash, sha256 } from '#dossier';
import { BLOCK_BYTES, GrowingTree, leafHash } from '#tlog';

/** Read at a time: the disk and the hashing of blocks work side by side. */
const BATCH_BLOCKS = 8;

/**
 * Size, block root and SHA-256 of a file of any size, read once. Memory does not grow with it.
 * @param onProgress bytes done
 * @throws what the browser says of a file that was moved or altered meanwhile
 */
export async function measureBlob(file: Blob, onProgress: (bytes: number) => void): Promise<MeasuredFile> {
  const [whole, blocks] = [new StreamedHash(SHA_256), new GrowingTree(sha256)];
  for (let at = 0; at < file.size; at += BATCH_BLOCKS * BLOCK_BYTES) {
    const batch = new Uint8Array(await file.slice(at, at + BATCH_BLOCKS * BLOCK_BYTES).arrayBuffer());
    // The blocks are hashed on threads of the browser's while the whole is hashed on this one.
    const leaves = Promise.all(blocksOf(batch).map(hashLeaf));
    whole.update(batch);
    for (const leaf of await leaves) blocks.append(leaf);
    onProgress(Math.min(at + batch.length, file.size));
  }
  return { sizeBytes: file.size, blockRoot: digestText(blocks.root()), sha256: digestText(whole.digest()) };
}

function blocksOf(batch: Uint8Array): Uint8Array[] {
  const count = Math.ceil(batch.length / BLOCK_BYTES);
  return Array.from({ length: count }, (_, i) => batch.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES));
}

/** RFC 6962 leaf, by WebCrypto where there is one. */
async function hashLeaf(block: Uint8Array): Promise<Uint8Array> {
  if (!globalThis.crypto?.subtle) return leafHash(sha256, block);
  const prefixed = new Uint8Array(1 + block.length);
  prefixed.set(block, 1);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', prefixed));
}

function digestText(digest: Uint8Array): string {
  return `sha256:${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
