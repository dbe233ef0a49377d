const WINDOW_MS = 60_000;

/** At most so many in a minute, of each. Only those that were signed count, so that strangers cannot use up a log's share. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #windows = new Map<string, { readonly startMs: number; count: number }>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Whether one more is within the limit; if so it is counted. */
  admits(key: string, nowMs: number): boolean {
    const found = this.#windows.get(key);
    const isOver = found === undefined || nowMs - found.startMs >= WINDOW_MS || nowMs < found.startMs;
    const window = isOver ? { startMs: nowMs, count: 0 } : found;
    this.#windows.set(key, window);
    if (window.count >= this.#perMinute) return false;
    window.count += 1;
    return true;
  }
}
