export interface Range {
  readonly startMs: number;
  readonly endMs: number;
}

/** Steps longer than this between two reports of the position are jumps, not watching. */
const JUMP_MS = 2_500;
/** Ranges this close are one. */
const JOIN_MS = 250;

/**
 * What was watched, as merged ranges. Fed with positions as the media plays; a jump begins a new range.
 * The ranges go to the archive, which closes the viewing session's event with them.
 */
export class WatchedRanges {
  #ranges: Range[] = [];
  #lastMs: number | null = null;

  /** @param rate playing speed: at 4 × the position moves four times as far between two reports */
  at(positionMs: number, rate = 1): void {
    const position = Math.round(positionMs);
    const last = this.#lastMs;
    this.#lastMs = position;
    if (last === null || position <= last || position - last > JUMP_MS * Math.max(1, rate)) return;
    this.#ranges = mergeRanges([...this.#ranges, { startMs: last, endMs: position }]);
  }

  /** A page or photograph that was on screen; pages are counted as ranges of one unit each by the caller. */
  add(range: Range): void {
    this.#ranges = mergeRanges([...this.#ranges, range]);
  }

  pause(): void {
    this.#lastMs = null;
  }

  get ranges(): readonly Range[] {
    return this.#ranges;
  }
}

/** Sorted, without overlaps, small holes closed; empty and backward ranges are dropped. */
export function mergeRanges(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  const sorted = ranges.filter((range) => range.endMs > range.startMs).sort((a, b) => a.startMs - b.startMs);
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last && range.startMs - last.endMs <= JOIN_MS) {
      merged[merged.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, range.endMs) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}
