import { type Clip, groupRecordings, isExplained, PAUSE_MS } from './recordings.js';
import { GAP_TOLERANCE_MS } from './replay.js';

const MINUTE = 60_000;
let ids = 0;
const clip = (change: Partial<Clip> = {}): Clip => {
  ids += 1;
  return {
    ...{ assetId: `a${String(ids).padStart(5, '0')}`, kind: 'video', recorder: 'r1', officer: 'wang', sequence: null },
    ...{ atMs: 0, durationMs: 5 * MINUTE, isKeyMarked: false, ...change },
  };
};

/** Repeatable chance (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('one recording', () => {
  it('is the clips of one recorder and officer that follow one another', () => {
    const clips = [0, 5, 10].map((minute, i) => clip({ atMs: minute * MINUTE, sequence: i + 1 }));
    const other = clip({ atMs: 2 * MINUTE, recorder: 'r2' });
    const found = groupRecordings([other, ...clips.toReversed()]);
    expect(found.map((one) => one.clips.map(({ assetId }) => assetId))).toEqual([
      clips.map(({ assetId }) => assetId),
      [other.assetId],
    ]);
    expect(found[0]).toMatchObject({ gaps: [], overlaps: [], missingSequences: [], endMs: 15 * MINUTE });
  });

  it('ends with a pause, and with another officer', () => {
    const first = clip();
    expect(groupRecordings([first, clip({ atMs: 5 * MINUTE + PAUSE_MS })])).toHaveLength(1);
    expect(groupRecordings([first, clip({ atMs: 5 * MINUTE + PAUSE_MS + 1 })])).toHaveLength(2);
    expect(groupRecordings([first, clip({ atMs: 5 * MINUTE, officer: 'li' })])).toHaveLength(2);
  });

  it.each([
    ['at the limit', GAP_TOLERANCE_MS, 0],
    ['beyond it', GAP_TOLERANCE_MS + 1, 1],
  ])('has a gap %s: %i ms, %i', (_, gapMs, gaps) => {
    const [found] = groupRecordings([clip(), clip({ atMs: 5 * MINUTE + gapMs })]);
    expect(found?.gaps).toHaveLength(gaps);
  });

  it('by the limit the agency set', () => {
    const [found] = groupRecordings([clip(), clip({ atMs: 5 * MINUTE + 100 })], { gapLimitMs: 40 });
    expect(found?.gaps).toMatchObject([{ startMs: 5 * MINUTE, endMs: 5 * MINUTE + 100 }]);
  });

  it('takes in the photographs of its time, and names numbers that are missing', () => {
    const photo = clip({ kind: 'photo', durationMs: null, atMs: 7 * MINUTE, sequence: 3 });
    const late = clip({ kind: 'photo', durationMs: null, atMs: 60 * MINUTE, sequence: 9 });
    const [found, alone] = groupRecordings([
      clip({ sequence: 1 }),
      clip({ atMs: 5 * MINUTE, sequence: 5 }),
      photo,
      late,
    ]);
    expect(found?.stills).toEqual([photo]);
    expect(found?.missingSequences).toEqual([2, 4]);
    expect(alone?.stills).toEqual([late]);
  });
});

describe('whatever a shift looks like', () => {
  it('each file is in one group, clips in order, and gaps, overlaps and coverage make up its length', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const next = chance(seed);
      const items = Array.from({ length: 1 + Math.floor(next() * 30) }, () =>
        clip({
          kind: next() < 0.2 ? 'photo' : next() < 0.2 ? 'sound' : 'video',
          recorder: next() < 0.5 ? 'r1' : 'r2',
          officer: next() < 0.8 ? 'wang' : null,
          sequence: next() < 0.7 ? Math.floor(next() * 40) : null,
          atMs: Math.floor(next() * 3 * 60) * MINUTE + Math.floor(next() * 3_000),
          durationMs: next() < 0.1 ? null : Math.floor(next() * 20 * MINUTE),
        }),
      );
      const groups = groupRecordings(items);
      const placed = groups.flatMap(({ clips, stills }) => [...clips, ...stills]);
      expect(placed.map(({ assetId }) => assetId).sort()).toEqual(items.map(({ assetId }) => assetId).sort());
      // The order they are given in says nothing.
      const shuffled = groupRecordings([...items].sort(() => next() - 0.5));
      expect(shuffled.map(({ clips }) => clips)).toEqual(groups.map(({ clips }) => clips));
      for (const group of groups) expectSound(group);
    }
  });

  function expectSound({ clips, gaps, overlaps, startMs, endMs }: ReturnType<typeof groupRecordings>[number]): void {
    expect(clips.every((one, i) => i === 0 || (clips[i - 1]?.atMs ?? 0) <= one.atMs)).toBe(true);
    if (clips.length === 0) return;
    // Coverage counted by itself, millisecond marks laid side by side.
    const marks = clips
      .flatMap(({ atMs, durationMs }) => [[atMs, 1] as const, [atMs + (durationMs ?? 0), -1] as const])
      .sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    let [depth, uncovered, lastMs] = [0, 0, startMs];
    const bare: number[] = [];
    for (const [atMs, step] of marks) {
      if (depth === 0 && atMs > lastMs) bare.push(atMs - lastMs);
      depth += step;
      lastMs = atMs;
    }
    uncovered = bare.filter((ms) => ms > GAP_TOLERANCE_MS).reduce((sum, ms) => sum + ms, 0);
    expect(gaps.reduce((sum, gap) => sum + gap.endMs - gap.startMs, 0)).toBe(uncovered);
    for (const found of [...gaps, ...overlaps]) {
      expect(found.endMs - found.startMs).toBeGreaterThan(GAP_TOLERANCE_MS);
      expect(found.startMs >= startMs && found.endMs <= endMs).toBe(true);
    }
    for (const gap of gaps)
      expect(clips.some(({ atMs, durationMs }) => atMs < gap.endMs && atMs + (durationMs ?? 0) > gap.startMs)).toBe(
        false,
      );
  }
});

describe('an explanation', () => {
  const gap = { afterAssetId: 'a', beforeAssetId: 'b', startMs: 1_000, endMs: 61_000 };

  it.each([
    ['of the same break', gap, true],
    ['of one between others', { ...gap, beforeAssetId: 'c' }, false],
    ['of one that was put right in time, as long as before', { ...gap, startMs: 0, endMs: 60_000 }, true],
    ['of one that has grown since', { ...gap, endMs: 31_000 }, false],
    ['of one that was longer', { ...gap, endMs: 99_000 }, true],
  ])('%s', (_, explained, holds) => {
    expect(isExplained(gap, [explained])).toBe(holds);
  });
});
