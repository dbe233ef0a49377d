import { TlogError } from './errors.js';

/**
 * RFC 6962 §2.1 tree hashing. The hash is passed in (Node crypto on the server, WebCrypto-backed or pure code in a
 * browser), so that one implementation serves everywhere.
 */
export type Hash = (...chunks: readonly Uint8Array[]) => Uint8Array;

/** Bytes of a hash: SHA-256 and SM3 alike. */
export const HASH_BYTES = 32;

const LEAF_PREFIX = Uint8Array.of(0x00);
const NODE_PREFIX = Uint8Array.of(0x01);

/** MTH of one entry: H(0x00 ‖ entry). */
export function leafHash(hash: Hash, entry: Uint8Array): Uint8Array {
  return hash(LEAF_PREFIX, entry);
}

/** H(0x01 ‖ left ‖ right). */
export function nodeHash(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash(NODE_PREFIX, left, right);
}

/** MTH({}) = H(): the root of the tree of size 0 (RFC 6962 §2.1). */
export function emptyRoot(hash: Hash): Uint8Array {
  return hash();
}

/** What a growing tree is restored from: one hash for each complete subtree, from left to right, largest first. */
export interface TreeEdge {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

/**
 * The tree that grows at its right edge: at most one complete subtree of each size is kept, so a root over n leaves
 * needs log2(n) hashes of memory.
 */
export class GrowingTree {
  readonly #hash: Hash;
  /** Complete subtrees from left to right, each larger than the next. */
  readonly #edge: { readonly size: number; readonly root: Uint8Array }[] = [];
  #size = 0;

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  /**
   * A tree as it was when `edge` was taken. The edge is believed: whoever keeps it compares the root.
   * @throws TlogError `malformed-edge` when there is not one hash of 32 bytes for each complete subtree
   */
  static restore(hash: Hash, { size, hashes }: TreeEdge): GrowingTree {
    const sizes = completeSubtrees(size);
    if (sizes.length !== hashes.length || hashes.some((root) => root.length !== HASH_BYTES)) {
      throw new TlogError('malformed-edge', `${hashes.length} hashes are not the edge of a tree of ${size}`);
    }
    const tree = new GrowingTree(hash);
    for (const [i, root] of hashes.entries()) tree.#edge.push({ size: sizes[i] as number, root });
    tree.#size = size;
    return tree;
  }

  /** Leaves so far. */
  get size(): number {
    return this.#size;
  }

  /** What `restore` needs; the hashes are the tree's own, not to be written to. */
  edge(): TreeEdge {
    return { size: this.#size, hashes: this.#edge.map(({ root }) => root) };
  }

  /** @param onSubtree told of each complete subtree the leaf completes, itself apart: from the smallest up */
  append(leaf: Uint8Array, onSubtree?: (subtree: { readonly size: number; readonly root: Uint8Array }) => void): void {
    let subtree = { size: 1, root: leaf };
    for (let last = this.#edge.at(-1); last?.size === subtree.size; last = this.#edge.at(-1)) {
      this.#edge.pop();
      subtree = { size: last.size * 2, root: nodeHash(this.#hash, last.root, subtree.root) };
      onSubtree?.(subtree);
    }
    this.#edge.push(subtree);
    this.#size += 1;
  }

  /** MTH over all leaves so far. */
  root(): Uint8Array {
    return foldSubtrees(
      this.#hash,
      this.#edge.map(({ root }) => root),
    );
  }
}

/** MTH over complete subtrees given from left to right, each larger than the next. */
export function foldSubtrees(hash: Hash, roots: readonly Uint8Array[]): Uint8Array {
  if (roots.length === 0) return emptyRoot(hash);
  return roots.reduceRight((right, left) => nodeHash(hash, left, right));
}

/**
 * Sizes of the complete subtrees of a tree, from left to right: the binary digits of its size.
 * @throws TlogError `out-of-range` when the size is not a whole number below 2^53
 */
export function completeSubtrees(size: number): number[] {
  if (!Number.isSafeInteger(size) || size < 0) throw new TlogError('out-of-range', `${size} is not the size of a tree`);
  const sizes: number[] = [];
  for (let rest = size, bit = 1; rest > 0; bit *= 2) {
    if (rest % 2 === 1) sizes.unshift(bit);
    rest = Math.floor(rest / 2);
  }
  return sizes;
}

/** MTH over leaf hashes. */
export function treeRoot(hash: Hash, leaves: Iterable<Uint8Array>): Uint8Array {
  const tree = new GrowingTree(hash);
  for (const leaf of leaves) tree.append(leaf);
  return tree.root();
}
