import { isCount, parseDecimal } from './encoding.js';
import { TlogError } from './errors.js';

/** C2SP tlog-tiles v0.1.0: tiles are eight levels high, full ones 256 hashes wide. */
export const TILE_WIDTH = 256;
const MAX_TILE_LEVEL = 63;

/** A tile: `level` 0 holds leaf hashes, each level above the roots of the full tiles below; `index` from the left. */
export interface TileId {
  readonly level: number;
  readonly index: number;
  /** Hashes in it: 256 when full, less only at the right edge of a tree. */
  readonly width: number;
}

export type BundleId = Omit<TileId, 'level'>;

/**
 * `tile/<L>/<N>[.p/<W>]`, below the log's prefix.
 * @throws TlogError `out-of-range`
 */
export function tilePath({ level, index, width }: TileId): string {
  if (!isCount(level) || level > MAX_TILE_LEVEL) throw new TlogError('out-of-range', `${level} is no level of tiles`);
  return `tile/${level}/${indexPath({ index, width })}`;
}

/**
 * `tile/entries/<N>[.p/<W>]`, below the log's prefix.
 * @throws TlogError `out-of-range`
 */
export function bundlePath(bundle: BundleId): string {
  return `tile/entries/${indexPath(bundle)}`;
}

const PATH = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/;

/**
 * Reads a path as `tilePath` and `bundlePath` write it; a bundle has the level `entries`.
 * @throws TlogError `malformed-path` for any other spelling
 */
export function parseTilePath(path: string): TileId | ({ readonly level: 'entries' } & BundleId) {
  const [, level = '', groups = '', width = String(TILE_WIDTH)] = PATH.exec(path) ?? [];
  const bundle = { index: Number(groups.replaceAll(/[x/]/g, '')), width: parseDecimal(width) ?? 0 };
  const found = level === 'entries' ? { level, ...bundle } : { level: parseDecimal(level) ?? -1, ...bundle };
  if (isWrittenAs(path, found)) return found as ReturnType<typeof parseTilePath>;
  throw new TlogError('malformed-path', 'not the path of a tile or an entry bundle');
}

function isWrittenAs(path: string, { level, ...bundle }: { level: string | number } & BundleId): boolean {
  try {
    return path === (typeof level === 'number' ? tilePath({ level, ...bundle }) : bundlePath(bundle));
  } catch {
    return false;
  }
}

/** Index 1234067 is `x001/x234/067`: three digits an element, all but the last marked. */
function indexPath({ index, width }: BundleId): string {
  if (!isCount(index)) throw new TlogError('out-of-range', `${index} is no index of tiles`);
  if (!isCount(width) || width < 1 || width > TILE_WIDTH)
    throw new TlogError('out-of-range', `no tile is ${width} wide`);
  const count = Math.ceil(String(index).length / 3);
  const digits = String(index).padStart(count * 3, '0');
  const groups = Array.from({ length: count }, (_, i) => digits.slice(i * 3, i * 3 + 3));
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

/**
 * Every tile of a tree of this size, level by level from the leaves, from left to right; a tree of no leaves has none.
 * @throws TlogError `out-of-range`
 */
export function tilesOf(size: number): Generator<TileId> {
  return newTiles(0, size);
}

/**
 * The tiles a tree has after growing from `from` to `to` leaves and had not before, in the order of `tilesOf`. A
 * partial tile that was filled up counts as new: it has another path.
 * @throws TlogError `out-of-range`
 */
export function* newTiles(from: number, to: number): Generator<TileId> {
  if (!isCount(from) || !isCount(to) || from > to) {
    throw new TlogError('out-of-range', `a tree cannot grow from ${from} to ${to}`);
  }
  for (let level = 0, before = from, after = to; before < after; level++) {
    const full = Math.floor(after / TILE_WIDTH);
    for (let index = Math.floor(before / TILE_WIDTH); index < full; index++) yield { level, index, width: TILE_WIDTH };
    if (after % TILE_WIDTH > 0) yield { level, index: full, width: after % TILE_WIDTH };
    [before, after] = [Math.floor(before / TILE_WIDTH), full];
  }
}

/**
 * The tile with this place in a tree of this size: full, or as wide as the tree's right edge.
 * @throws TlogError `out-of-range` when the tree does not reach it
 */
export function tileAt(size: number, level: number, index: number): TileId {
  const width = Math.min(TILE_WIDTH, Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH);
  if (width >= 1) return { level, index, width };
  throw new TlogError('out-of-range', `a tree of ${size} has no tile ${index} on level ${level}`);
}
