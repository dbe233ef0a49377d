import { assertHash, equalBytes, isCount } from './encoding.js';
import { TlogError } from './errors.js';
import { emptyRoot, type Hash, nodeHash } from './merkle.js';

/** No tree below 2^53 leaves needs more; C2SP tlog-witness allows 63. */
export const MAX_PROOF_HASHES = 63;

/** "The leaf with this hash is number `index` (from 0) of the tree with this size and root." */
export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  /** Sibling hashes, from the leaf's upwards. */
  readonly proof: readonly Uint8Array[];
}

/** "The tree of `size2` leaves begins with the tree of `size1` leaves." */
export interface ConsistencyClaim {
  readonly size1: number;
  readonly size2: number;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * RFC 9162 §2.1.3.2.
 * @throws TlogError `out-of-range`, `malformed-hash`, `wrong-proof-length`, `root-mismatch`
 */
export function verifyInclusion(hash: Hash, { leafHash, index, size, root, proof }: InclusionClaim): void {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new TlogError('out-of-range', `no leaf ${index} in a tree of ${size}`);
  }
  assertHashes([leafHash, root, ...proof]);
  let [node, last] = [index, size - 1];
  let computed = leafHash;
  for (const sibling of proof) {
    if (last === 0) throw new TlogError('wrong-proof-length', 'the proof goes on above the root');
    if (isOdd(node) || node === last) {
      computed = nodeHash(hash, sibling, computed);
      [node, last] = skipMissingSiblings(node, last);
    } else {
      computed = nodeHash(hash, computed, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  if (last !== 0) throw new TlogError('wrong-proof-length', 'the proof ends below the root');
  if (!equalBytes(computed, root)) throw new TlogError('root-mismatch', 'the proof leads to another root');
}

/**
 * RFC 9162 §2.1.4.2, which is for 0 < size1 < size2. Beyond it: equal sizes need equal roots and an empty proof; the
 * empty tree is the beginning of every tree, its root must be that of the empty tree and the proof empty (C2SP
 * tlog-witness, add-checkpoint).
 * @throws TlogError `out-of-range`, `malformed-hash`, `wrong-proof-length`, `root-mismatch`
 */
export function verifyConsistency(hash: Hash, claim: ConsistencyClaim): void {
  const { size1, size2, root1, root2, proof } = claim;
  if (!isCount(size1) || !isCount(size2) || size1 > size2) {
    throw new TlogError('out-of-range', `a tree of ${size2} cannot begin with one of ${size1}`);
  }
  if (size1 === 0) assertRoot(root1, emptyRoot(hash));
  if (size1 === size2) assertRoot(root1, root2);
  else assertHashes([root1, root2, ...proof]);
  if (size1 === 0 || size1 === size2) {
    if (proof.length > 0) throw new TlogError('wrong-proof-length', 'nothing is to be proved, yet there is a proof');
    return;
  }
  const [computed1, computed2] = rootsOfConsistency(hash, claim);
  assertRoot(computed1, root1);
  assertRoot(computed2, root2);
}

/** Steps 1 to 6: the two roots the proof leads to. */
function rootsOfConsistency(hash: Hash, { size1, size2, root1, proof }: ConsistencyClaim): [Uint8Array, Uint8Array] {
  // A complete first tree is itself the first node of the path.
  const [start, ...rest] = isPowerOfTwo(size1) ? [root1, ...proof] : proof;
  if (start === undefined || proof.length === 0) throw new TlogError('wrong-proof-length', 'the proof is empty');
  let [node, last] = [size1 - 1, size2 - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [computed1, computed2] = [start, start];
  for (const sibling of rest) {
    if (last === 0) throw new TlogError('wrong-proof-length', 'the proof goes on above the root');
    if (isOdd(node) || node === last) {
      computed1 = nodeHash(hash, sibling, computed1);
      computed2 = nodeHash(hash, sibling, computed2);
      [node, last] = skipMissingSiblings(node, last);
    } else {
      computed2 = nodeHash(hash, computed2, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  if (last !== 0) throw new TlogError('wrong-proof-length', 'the proof ends below the root');
  return [computed1, computed2];
}

/** The right-most node of a level has no sibling there: up to the level where it is a right child. */
function skipMissingSiblings(node: number, last: number): [number, number] {
  let up: [number, number] = [node, last];
  while (!isOdd(up[0]) && up[0] !== 0) up = [half(up[0]), half(up[1])];
  return up;
}

function assertHashes(hashes: readonly Uint8Array[]): void {
  for (const bytes of hashes) assertHash(bytes, 'hash');
}

function assertRoot(found: Uint8Array, expected: Uint8Array): void {
  if (!equalBytes(found, expected)) throw new TlogError('root-mismatch', 'the roots differ');
}

/** Sizes reach 2^53, where the bit operators of the language (32 bits) do not. */
function isOdd(number: number): boolean {
  return number % 2 === 1;
}

function half(number: number): number {
  return Math.floor(number / 2);
}

function isPowerOfTwo(number: number): boolean {
  return 2 ** Math.round(Math.log2(number)) === number;
}
