import { BLOCK_BYTES, blockCount, unpackLeaves } from './blocks.js';
import { assertHash, equalBytes, isCount } from './encoding.js';
import { TlogError } from './errors.js';
import { type Hash, leafHash, nodeHash, treeRoot } from './merkle.js';
import { type LeafRange, splitPoint } from './proof-making.js';

/** What is known of a file from its events. The root does not bind the size: take both from the same event. */
export interface BlockTree {
  readonly sizeBytes: number;
  readonly root: Uint8Array;
}

/**
 * The blocks that hold the bytes from `from` up to, without, `to`.
 * @throws TlogError `out-of-range` for an empty range, or one that is not within the file
 */
export function blocksOfBytes(sizeBytes: number, from: number, to: number): LeafRange {
  if (![sizeBytes, from, to].every(isCount) || from >= to || to > sizeBytes) {
    throw new TlogError('out-of-range', `no bytes ${from} to ${to} in a file of ${sizeBytes}`);
  }
  return { start: Math.floor(from / BLOCK_BYTES), end: Math.ceil(to / BLOCK_BYTES) };
}

/** Bytes of one block of a file: 1 MiB, or what is left for the last. */
export function blockBytes(sizeBytes: number, index: number): number {
  return Math.min(BLOCK_BYTES, sizeBytes - index * BLOCK_BYTES);
}

/**
 * The hashes that lead from the blocks of a range to the file's root: of the largest subtrees outside it, from left to
 * right. At most two for each level of the tree; none when the range is the whole file.
 * @param packedLeaves of the whole file, 32 bytes a block
 * @throws TlogError `malformed-leaves`, `out-of-range`
 */
export function makeRangeProof(hash: Hash, packedLeaves: Uint8Array, range: LeafRange): Uint8Array[] {
  const leaves = [...unpackLeaves(packedLeaves)];
  assertRange(range, leaves.length);
  return subtreesOutside(range, { start: 0, end: leaves.length }).map(({ start, end }) =>
    treeRoot(hash, leaves.slice(start, end)),
  );
}

function subtreesOutside(range: LeafRange, subtree: LeafRange): LeafRange[] {
  if (isOutside(range, subtree)) return [subtree];
  if (subtree.end - subtree.start === 1) return [];
  return halves(subtree).flatMap((part) => subtreesOutside(range, part));
}

/**
 * That `blocks` are the file's bytes from block `range.start` up to `range.end`.
 * @throws TlogError `out-of-range`, `malformed-leaves` (a block of another length), `malformed-hash`,
 * `wrong-proof-length`, `root-mismatch`
 */
export function verifyBlocks(
  hash: Hash,
  file: BlockTree,
  { range, blocks, proof }: { range: LeafRange; blocks: readonly Uint8Array[]; proof: readonly Uint8Array[] },
): void {
  for (const [i, block] of blocks.entries()) {
    if (block.length === blockBytes(file.sizeBytes, range.start + i)) continue;
    throw new TlogError('malformed-leaves', `block ${range.start + i} has ${block.length} bytes`);
  }
  verifyBlockLeaves(hash, file, { range, leaves: blocks.map((block) => leafHash(hash, block)), proof });
}

/**
 * The same for who has hashed the blocks already. That a block had its right length must then be known.
 * @throws TlogError `out-of-range`, `malformed-leaves`, `malformed-hash`, `wrong-proof-length`, `root-mismatch`
 */
export function verifyBlockLeaves(
  hash: Hash,
  { sizeBytes, root }: BlockTree,
  { range, leaves, proof }: { range: LeafRange; leaves: readonly Uint8Array[]; proof: readonly Uint8Array[] },
): void {
  assertRange(range, isCount(sizeBytes) ? blockCount(sizeBytes) : 0);
  if (leaves.length !== range.end - range.start) {
    throw new TlogError('malformed-leaves', `${leaves.length} blocks for ${range.start} to ${range.end}`);
  }
  for (const bytes of [root, ...leaves, ...proof]) assertHash(bytes, 'hash');
  const outside = proof.values();
  const computed = rootOf({ start: 0, end: blockCount(sizeBytes) });
  if (outside.next().done !== true) throw new TlogError('wrong-proof-length', 'the proof has too many hashes');
  if (!equalBytes(computed, root)) throw new TlogError('root-mismatch', 'the proof leads to another root');

  function rootOf(subtree: LeafRange): Uint8Array {
    if (isOutside(range, subtree)) return nextOf(outside);
    if (subtree.end - subtree.start === 1) return leaves[subtree.start - range.start] as Uint8Array;
    const [left, right] = halves(subtree).map(rootOf) as [Uint8Array, Uint8Array];
    return nodeHash(hash, left, right);
  }
}

function nextOf(outside: Iterator<Uint8Array>): Uint8Array {
  const { done, value } = outside.next();
  if (done === true) throw new TlogError('wrong-proof-length', 'the proof has too few hashes');
  return value;
}

function assertRange({ start, end }: LeafRange, count: number): void {
  if (isCount(start) && isCount(end) && start < end && end <= count) return;
  throw new TlogError('out-of-range', `no blocks ${start} to ${end} in a file of ${count}`);
}

function isOutside(range: LeafRange, subtree: LeafRange): boolean {
  return subtree.end <= range.start || subtree.start >= range.end;
}

/** The two subtrees of a tree (RFC 6962 §2.1). */
function halves({ start, end }: LeafRange): [LeafRange, LeafRange] {
  const middle = start + splitPoint(end - start);
  return [
    { start, end: middle },
    { start: middle, end },
  ];
}
