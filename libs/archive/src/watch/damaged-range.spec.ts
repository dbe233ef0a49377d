import { damagedRange } from './damaged-range.js';

const MIB = 1_048_576;
const tenBlocks = { sizeBytes: 10 * MIB, durationMs: 100_000, stretchesMs: null };
const block = (first: number, last = first) => ({ first, last, count: last - first + 1 });

describe('the part of a recording that lies in bad blocks', () => {
  it('is reckoned by size alone when nothing more is known, and says so', () => {
    expect(damagedRange(tenBlocks, block(3))).toEqual({
      range: { startMs: 30_000, endMs: 40_000 },
      rangeSource: 'proportional',
    });
  });

  it('reaches to the key frames around it', () => {
    const recording = { ...tenBlocks, stretchesMs: [16_000, 16_000, 16_000, 16_000, 16_000, 20_000] };
    expect(damagedRange(recording, block(3))).toEqual({
      range: { startMs: 16_000, endMs: 48_000 },
      rangeSource: 'key-frames',
    });
  });

  it('ends with the recording, also for blocks behind its end', () => {
    expect(damagedRange(tenBlocks, block(9, 12))?.range).toEqual({ startMs: 90_000, endMs: 100_000 });
    expect(damagedRange(tenBlocks, block(12))?.range).toEqual({ startMs: 99_999, endMs: 100_000 });
    const short = { ...tenBlocks, stretchesMs: [40_000] };
    expect(damagedRange(short, block(9))?.range).toEqual({ startMs: 40_000, endMs: 100_000 });
  });

  it('is unknown for what has no length', () => {
    expect(damagedRange({ ...tenBlocks, durationMs: 0 }, block(0))).toBeNull();
    expect(damagedRange({ ...tenBlocks, sizeBytes: 0 }, block(0))).toBeNull();
  });
});
