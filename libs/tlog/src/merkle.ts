/**
 * RFC 6962 §2.1 tree hashing. The hash is passed in (Node crypto on the server, WebCrypto-backed or pure code in a
 * browser), so that one implementation serves everywhere.
 */
export type Hash = (...chunks: readonly Uint8Array[]) => Uint8Array;

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

  /** Leaves so far. */
  get size(): number {
    return this.#size;
  }

  append(leaf: Uint8Array): void {
    let subtree = { size: 1, root: leaf };
    for (let last = this.#edge.at(-1); last?.size === subtree.size; last = this.#edge.at(-1)) {
      this.#edge.pop();
      subtree = { size: last.size * 2, root: nodeHash(this.#hash, last.root, subtree.root) };
    }
    this.#edge.push(subtree);
    this.#size += 1;
  }

  /** MTH over all leaves so far. */
  root(): Uint8Array {
    let root: Uint8Array | null = null;
    for (let i = this.#edge.length - 1; i >= 0; i--) {
      const left = this.#edge[i]?.root as Uint8Array;
      root = root === null ? left : nodeHash(this.#hash, left, root);
    }
    return root ?? emptyRoot(this.#hash);
  }
}

/** MTH over leaf hashes. */
export function treeRoot(hash: Hash, leaves: Iterable<Uint8Array>): Uint8Array {
  const tree = new GrowingTree(hash);
  for (const leaf of leaves) tree.append(leaf);
  return tree.root();
}
