import { concatBytes, isCount } from './encoding.js';
import { TlogError } from './errors.js';
import { GrowingTree, HASH_BYTES, type Hash, type TreeEdge, treeRoot } from './merkle.js';
import { type ReadNode, readTreeEdge } from './proof-making.js';
import { TILE_WIDTH, type TileId, tileAt } from './tiles.js';

const TILE_LEVELS = 8;

export interface Tile extends TileId {
  /** `width` hashes of 32 bytes, packed: what the log serves. */
  readonly hashes: Uint8Array;
}

/**
 * Reads the bytes of a tile. Where a partial tile is gone, the full one may be answered instead (tlog-tiles, "Partial
 * Tiles"): it begins with the same hashes. What it throws goes through.
 */
export type ReadTile = (tile: TileId) => Uint8Array | Promise<Uint8Array>;

/**
 * Node hashes of a tree of this size, out of its tiles. Each tile is read once for one reader. Nothing is believed or
 * checked here but the shape: whoever makes a proof of what it reads, verifies it against a signed root.
 * @throws TlogError (the reader) `out-of-range` for a node the tree does not have, `malformed-tile`
 */
export function tileNodeReader(hash: Hash, size: number, readTile: ReadTile): ReadNode {
  const tiles = new Map<string, Promise<Uint8Array>>();
  return async (level, index) => {
    if (!isCount(level) || !isCount(index) || !isCount(size) || (index + 1) * 2 ** level > size) {
      throw new TlogError('out-of-range', `a tree of ${size} has no node ${index} on level ${level}`);
    }
    const count = 2 ** (level % TILE_LEVELS);
    const [first, tileLevel] = [index * count, Math.floor(level / TILE_LEVELS)];
    const tile = tileAt(size, tileLevel, Math.floor(first / TILE_WIDTH));
    const label = `${tile.level}/${tile.index}`;
    const packed = tiles.get(label) ?? readWhole(readTile, tile);
    tiles.set(label, packed);
    const at = first % TILE_WIDTH;
    return treeRoot(hash, hashesOf(await packed).slice(at, at + count));
  };
}

async function readWhole(readTile: ReadTile, tile: TileId): Promise<Uint8Array> {
  return partOfTile(await readTile(tile), tile);
}

/** The first `width` hashes of a tile that is at least as wide. */
function partOfTile(packed: Uint8Array, { level, index, width }: TileId): Uint8Array {
  if (packed.length === width * HASH_BYTES || packed.length === TILE_WIDTH * HASH_BYTES) {
    return packed.subarray(0, width * HASH_BYTES);
  }
  throw new TlogError('malformed-tile', `tile ${level}/${index} has ${packed.length} bytes, not ${width} hashes`);
}

function hashesOf(packed: Uint8Array): Uint8Array[] {
  return Array.from({ length: packed.length / HASH_BYTES }, (_, i) =>
    packed.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
}

/**
 * A growing tree with its tiles: every node is hashed once, for both. Memory: the right-most partial tile of each level,
 * and what `take` has not given yet.
 */
export class GrowingTiles {
  readonly #tree: GrowingTree;
  /** Partial tiles by level. */
  readonly #edge: Uint8Array[][] = [];
  #full: Tile[] = [];
  #taken = 0;

  constructor(hash: Hash, tree = new GrowingTree(hash)) {
    this.#tree = tree;
  }

  /**
   * Goes on from the published tiles of a tree of this size: those along its right edge are read.
   * @throws TlogError `malformed-tile`, `out-of-range`
   */
  static async restore(hash: Hash, size: number, readTile: ReadTile): Promise<GrowingTiles> {
    const tree = GrowingTree.restore(hash, await readTreeEdge(size, tileNodeReader(hash, size, readTile)));
    const tiles = new GrowingTiles(hash, tree);
    for (let level = 0, count = size; count > 0; level++) {
      const [width, index] = [count % TILE_WIDTH, Math.floor(count / TILE_WIDTH)];
      const packed = width === 0 ? new Uint8Array() : await readWhole(readTile, { level, index, width });
      tiles.#edge.push(hashesOf(packed));
      count = index;
    }
    tiles.#taken = size;
    return tiles;
  }

  /** Leaves so far. */
  get size(): number {
    return this.#tree.size;
  }

  /** MTH over all leaves so far. */
  root(): Uint8Array {
    return this.#tree.root();
  }

  /** What a tree without tiles is restored from. */
  edge(): TreeEdge {
    return this.#tree.edge();
  }

  append(leaf: Uint8Array): void {
    const completed = [leaf];
    let next = TILE_WIDTH;
    this.#tree.append(leaf, ({ size, root }) => {
      if (size !== next) return;
      completed.push(root);
      next *= TILE_WIDTH;
    });
    for (const [level, hash] of completed.entries()) this.#put(level, hash);
  }

  /** The tiles that are new since the call before (or since `restore`), in no promised order: see `newTiles`. */
  take(): Tile[] {
    const partial: Tile[] = [];
    for (const [level, tile] of this.#edge.entries()) {
      const [before, after] = [this.#taken, this.size].map((size) => Math.floor(size / TILE_WIDTH ** level));
      if (tile.length === 0 || before === after) continue;
      const index = Math.floor((after as number) / TILE_WIDTH);
      partial.push({ level, index, width: tile.length, hashes: concatBytes(tile) });
    }
    const taken = [...this.#full, ...partial];
    this.#full = [];
    this.#taken = this.size;
    return taken;
  }

  /** The hash of a subtree of 256^level leaves, at the right end of its tile. */
  #put(level: number, hash: Uint8Array): void {
    const tile = this.#edge[level] ?? [];
    this.#edge[level] = tile;
    tile.push(hash);
    if (tile.length < TILE_WIDTH) return;
    const index = Math.floor(this.size / TILE_WIDTH ** (level + 1)) - 1;
    this.#full.push({ level, index, width: TILE_WIDTH, hashes: concatBytes(tile) });
    this.#edge[level] = [];
  }
}
