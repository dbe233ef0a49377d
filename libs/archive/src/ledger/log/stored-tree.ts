import { ArchiveError } from '#domain';
import { logRepository, type StoredTile, type Tx } from '#persistence';
import { GrowingTiles, HASH_BYTES, type Tile, type TileId } from '#tlog';
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
export async function restoreTree(tx: Tx): Promise<GrowingTiles> {
  const { size, root } = await logRepository.state(tx);
  const tree = await GrowingTiles.restore(sha256, size, tileReader(tx));
  if (!root.equals(tree.root()))
    throw new ArchiveError('internal', `the tiles of the log do not give its root at ${size}`);
  return tree;
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
