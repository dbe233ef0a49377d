import { concatBytes } from './encoding.js';
import { TlogError } from './errors.js';
import { TILE_WIDTH } from './tiles.js';

/** C2SP tlog-tiles: the length of an entry is a big-endian uint16. */
export const MAX_ENTRY_BYTES = 65_535;
const LENGTH_BYTES = 2;

/**
 * An entry bundle: 1 to 256 entries, each behind its length.
 * @throws TlogError `out-of-range` for another number of entries, `too-large` for an entry above 65 535 bytes
 */
export function encodeEntries(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length < 1 || entries.length > TILE_WIDTH) {
    throw new TlogError('out-of-range', `a bundle cannot have ${entries.length} entries`);
  }
  return concatBytes(entries.flatMap((entry) => [lengthOf(entry), entry]));
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  if (length > MAX_ENTRY_BYTES) throw new TlogError('too-large', `an entry has ${length} bytes`);
  return Uint8Array.of(length >> 8, length & 0xff);
}

/**
 * The entries of a bundle of which the width is known (from its path, or the tree's size). They are views of `bundle`.
 * @throws TlogError `malformed-bundle` when it ends early, goes on, or holds another number
 */
export function decodeEntries(bundle: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length; ) {
    const from = at + LENGTH_BYTES;
    const to = from + (((bundle[at] as number) << 8) | (bundle[at + 1] ?? 0));
    if (to > bundle.length) throw new TlogError('malformed-bundle', 'the last entry is cut');
    entries.push(bundle.subarray(from, to));
    at = to;
  }
  if (entries.length !== width) {
    throw new TlogError('malformed-bundle', `the bundle holds ${entries.length} entries, not ${width}`);
  }
  return entries;
}
