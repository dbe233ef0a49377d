import { ArchiveError } from '#domain';
import { logRepository, type StoredTile, type Tx } from '#persistence';
import { GrowingTiles, GrowingTree, HASH_BYTES, readTreeEdge, type Tile, type TileId, tileNodeReader } from '#tlog';
import { sha256 } from '../canonical.js';

/** Tiles out of the database, cut to the width asked for: a stored tile may have grown since. */
export function tileReader(tx: Tx): (tile: TileId) => Promise<Uint8Array> {
  return async ({ level, index, width }) => {
    const hashes = await logRepository.tile(tx, level, index);
    if (hashes === null || hashes.length < width * HASH_BYTES)
      throw new ArchiveError('internal', `tile ${level}/${index} of the log is missing or short`);
    return hashes.subarray(0, width * HASH_BYTES);
  };
}

/**
 * The tree as the database has it, to be grown.
 * @throws ArchiveError `internal` when tiles and right edge differ
 */
export async function restoreTree(tx: Tx): Promise<{ tree: GrowingTree; tiles: GrowingTiles }> {
  const { size, root } = await logRepository.state(tx);
  const readTile = tileReader(tx);
  const tiles = await GrowingTiles.restore(sha256, size, readTile);
  const edge = await readTreeEdge(size, tileNodeReader(sha256, size, readTile));
  const tree = GrowingTree.restore(sha256, edge);
  if (!root.equals(tree.root()))
    throw new ArchiveError('internal', `the tiles of the log do not give its root at ${size}`);
  return { tree, tiles };
}

/** Of a place that grew within one batch only the last state is kept. */
export function newestOf(tiles: readonly Tile[]): StoredTile[] {
  const byPlace = new Map<string, Tile>();
  for (const tile of tiles) {
    const place = `${tile.level}/${tile.index}`;
    const before = byPlace.get(place);
    if (before === undefined || before.width < tile.width) byPlace.set(place, tile);
  }
  return [...byPlace.values()];
}
