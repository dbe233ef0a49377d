import { type Hash, treeRoot } from './merkle.js';

/** A file is a tree of blocks of 1 MiB; the last may be shorter. A file of no bytes has no blocks. */
export const BLOCK_BYTES = 1_048_576;
export const HASH_BYTES = 32;

/** Blocks in a file of this size. */
export function blockCount(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES);
}

/**
 * Block root of packed leaves (32 bytes each, in order).
 * @throws RangeError when the list is not whole
 */
export function blockRoot(hash: Hash, packedLeaves: Uint8Array): Uint8Array {
  if (packedLeaves.length % HASH_BYTES !== 0) throw new RangeError('leaf list is not a whole number of hashes');
  return treeRoot(hash, unpackLeaves(packedLeaves));
}

export function* unpackLeaves(packed: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < packed.length; at += HASH_BYTES) yield packed.subarray(at, at + HASH_BYTES);
}
