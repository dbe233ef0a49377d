import { TlogError } from './errors.js';
import { HASH_BYTES, type Hash, treeRoot } from './merkle.js';

/** A file is a tree of blocks of 1 MiB; the last may be shorter. A file of no bytes has no blocks. */
export const BLOCK_BYTES = 1_048_576;

/** Blocks in a file of this size. */
export function blockCount(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES);
}

/**
 * Block root of packed leaves (32 bytes each, in order).
 * @throws TlogError `malformed-leaves` when the list is not whole
 */
export function blockRoot(hash: Hash, packedLeaves: Uint8Array): Uint8Array {
  return treeRoot(hash, unpackLeaves(packedLeaves));
}

/** @throws TlogError `malformed-leaves`, before the first leaf, when the list is not whole */
export function* unpackLeaves(packed: Uint8Array): Generator<Uint8Array> {
  if (packed.length % HASH_BYTES !== 0) {
    throw new TlogError('malformed-leaves', 'leaf list is not a whole number of hashes');
  }
  for (let at = 0; at < packed.length; at += HASH_BYTES) yield packed.subarray(at, at + HASH_BYTES);
}
