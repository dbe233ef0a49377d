import { HASH_BYTES } from '#tlog';

export interface BadBlocks {
  /** Counted from 0. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/**
 * The blocks that differ, a missing or surplus one among them; null when none does.
 * @param expected leaf hashes as received, 32 bytes a block
 * @param found leaf hashes of what is stored now
 */
export function badBlocks(expected: Buffer, found: Buffer): BadBlocks | null {
  const bad: number[] = [];
  const length = Math.max(expected.length, found.length);
  for (let at = 0; at < length; at += HASH_BYTES) {
    if (!leafAt(expected, at).equals(leafAt(found, at))) bad.push(at / HASH_BYTES);
  }
  const [first] = bad;
  const last = bad.at(-1);
  return first === undefined || last === undefined ? null : { first, last, count: bad.length };
}

/** Empty behind the end: equal to no leaf. */
function leafAt(leaves: Buffer, at: number): Buffer {
  return leaves.subarray(at, at + HASH_BYTES);
}
