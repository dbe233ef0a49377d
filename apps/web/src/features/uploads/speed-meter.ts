/** How much one new measurement counts, per second between measurements. */
const WEIGHT_PER_SECOND = 0.3;

/** Smoothed speed of one transfer, from (time, bytes) pairs. */
export class SpeedMeter {
  #last: { readonly atMs: number; readonly bytes: number } | null = null;
  #bytesPerSecond: number | null = null;

  /** Measurements closer than a quarter of a second are passed over: their speed is noise. */
  measure(atMs: number, bytes: number): void {
    const last = this.#last;
    if (last === null || bytes < last.bytes) {
      this.#last = { atMs, bytes };
      return;
    }
    const seconds = (atMs - last.atMs) / 1000;
    if (seconds < 0.25) return;
    const now = (bytes - last.bytes) / seconds;
    const weight = this.#bytesPerSecond === null ? 1 : 1 - (1 - WEIGHT_PER_SECOND) ** seconds;
    this.#bytesPerSecond = (this.#bytesPerSecond ?? 0) * (1 - weight) + now * weight;
    this.#last = { atMs, bytes };
  }

  /** After a pause the old pace says nothing. */
  reset(): void {
    this.#last = null;
    this.#bytesPerSecond = null;
  }

  get bytesPerSecond(): number | null {
    return this.#bytesPerSecond;
  }
}

/** @returns null when there is nothing to tell it from */
export function timeLeftMs(leftBytes: number, bytesPerSecond: number | null): number | null {
  if (bytesPerSecond === null || bytesPerSecond < 1) return null;
  return (leftBytes / bytesPerSecond) * 1000;
}
