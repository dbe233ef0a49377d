import { RateLimit } from './rate-limit.js';

describe('the rate limit', () => {
  it('admits so many a minute of each, and again when the minute or the clock is over', () => {
    const limit = new RateLimit(2);
    const admitted = (key: string, nowMs: number) => limit.admits(key, nowMs);
    expect([admitted('a', 0), admitted('a', 1), admitted('a', 59_999)]).toEqual([true, true, false]);
    expect(admitted('b', 2)).toBe(true);
    expect(admitted('a', 60_000)).toBe(true);
    expect([admitted('a', 60_001), admitted('a', 60_002), admitted('a', 1)]).toEqual([true, false, true]);
  });
});
