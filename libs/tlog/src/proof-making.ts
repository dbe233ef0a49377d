import { isCount } from './encoding.js';
import { TlogError } from './errors.js';
import { completeSubtrees, foldSubtrees, type Hash, type TreeEdge } from './merkle.js';

/**
 * Reads the hash of a complete subtree: `level` 0 are the leaves, `index` counts from the left, and the subtree covers
 * the leaves from `index × 2^level` up to the next. May answer at once or later; what it throws goes through.
 */
export type ReadNode = (level: number, index: number) => Uint8Array | Promise<Uint8Array>;

/** Leaves from `start` up to, without, `end`. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/**
 * PATH(index, D[size]) of RFC 6962 §2.1.1: sibling hashes from the leaf upwards.
 * @throws TlogError `out-of-range`
 */
export async function makeInclusionProof(
  hash: Hash,
  { index, size }: { readonly index: number; readonly size: number },
  readNode: ReadNode,
): Promise<Uint8Array[]> {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new TlogError('out-of-range', `no leaf ${index} in a tree of ${size}`);
  }
  const siblings: LeafRange[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    siblings.unshift(index < middle ? { start: middle, end } : { start, end: middle });
    [start, end] = index < middle ? [start, middle] : [middle, end];
  }
  return await readRanges(hash, siblings, readNode);
}

/**
 * PROOF(size1, D[size2]) of RFC 6962 §2.1.2; empty for equal sizes and for the empty tree.
 * @throws TlogError `out-of-range`
 */
export async function makeConsistencyProof(
  hash: Hash,
  { size1, size2 }: { readonly size1: number; readonly size2: number },
  readNode: ReadNode,
): Promise<Uint8Array[]> {
  if (!isCount(size1) || !isCount(size2) || size1 > size2) {
    throw new TlogError('out-of-range', `a tree of ${size2} cannot begin with one of ${size1}`);
  }
  if (size1 === 0) return [];
  const ranges: LeafRange[] = [];
  let [start, end] = [0, size2];
  while (end !== size1) {
    const middle = start + splitPoint(end - start);
    ranges.unshift(size1 <= middle ? { start: middle, end } : { start, end: middle });
    [start, end] = size1 <= middle ? [start, middle] : [middle, end];
  }
  // SUBPROOF with b = false: the verifier does not know this subtree's hash yet.
  if (start !== 0) ranges.unshift({ start, end });
  return await readRanges(hash, ranges, readNode);
}

/**
 * MTH of the first `size` leaves.
 * @throws TlogError `out-of-range`
 */
export async function readTreeRoot(hash: Hash, size: number, readNode: ReadNode): Promise<Uint8Array> {
  return foldSubtrees(hash, (await readTreeEdge(size, readNode)).hashes);
}

/**
 * The right edge of the tree of the first `size` leaves, for `GrowingTree.restore`.
 * @throws TlogError `out-of-range`
 */
export async function readTreeEdge(size: number, readNode: ReadNode): Promise<TreeEdge> {
  return { size, hashes: await Promise.all(nodesOf(0, completeSubtrees(size)).map(readBy(readNode))) };
}

/** The largest power of two below `count` (k in RFC 6962 §2.1), for counts above 1. */
export function splitPoint(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

async function readRanges(hash: Hash, ranges: readonly LeafRange[], readNode: ReadNode): Promise<Uint8Array[]> {
  return await Promise.all(
    ranges.map(async ({ start, end }) => {
      // Every range begins at a multiple of a power of two not smaller than itself: its digits are its subtrees.
      const nodes = nodesOf(start, completeSubtrees(end - start));
      return foldSubtrees(hash, await Promise.all(nodes.map(readBy(readNode))));
    }),
  );
}

function nodesOf(start: number, sizes: readonly number[]): { level: number; index: number }[] {
  let at = start;
  return sizes.map((size) => {
    const node = { level: Math.log2(size), index: at / size };
    at += size;
    return node;
  });
}

function readBy(readNode: ReadNode): (node: { level: number; index: number }) => Promise<Uint8Array> {
  return async ({ level, index }) => await readNode(level, index);
}
