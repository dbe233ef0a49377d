import type { Tx } from '#persistence';
import { makeConsistencyProof, makeInclusionProof, readTreeRoot, tileNodeReader } from '#tlog';
import { sha256 } from '../canonical.js';
import { tileReader } from './stored-tree.js';

/** That the tree of `to` entries begins with the tree of `from`; out of the stored tiles. */
export async function proveGrowth(tx: Tx, from: number, to: number): Promise<Uint8Array[]> {
  return await makeConsistencyProof(sha256, { size1: from, size2: to }, tileNodeReader(sha256, to, tileReader(tx)));
}

/** That the entry is in the tree of this size; out of the stored tiles. */
export async function proveInclusion(tx: Tx, index: number, size: number): Promise<Uint8Array[]> {
  return await makeInclusionProof(sha256, { index, size }, tileNodeReader(sha256, size, tileReader(tx)));
}

/** Root of the first `size` entries; out of the stored tiles. */
export async function storedRoot(tx: Tx, size: number): Promise<Uint8Array> {
  return await readTreeRoot(sha256, size, tileNodeReader(sha256, size, tileReader(tx)));
}
