import fc from 'fast-check';
import {
  type AssetKind,
  arrangeReplay,
  findGapsAndOverlaps,
  GAP_TOLERANCE_MS,
  type Procedure,
  type ReplayInput,
  type StepOccurrence,
} from './index.js';

const step = (id: string) => ({
  id,
  title: { zh: id, en: id },
  kind: 'none' as const,
  repeatable: true,
  need: 'always' as const,
  after: [],
  who: { count: 0, roles: [], independent: false },
  recording: { duty: 'full' as const, from: { zh: '到', en: 'arrival' }, to: { zh: '离', en: 'leaving' }, raised: [] },
  papers: [],
  source: '',
});
const PROCEDURE: Procedure = {
  id: 'p',
  version: 1,
  title: { zh: '程', en: 'p' },
  act: 'inspection',
  legalReview: false,
  excuses: { recordings: { kinds: [], source: '' }, papers: { kinds: [], source: '' } },
  conditions: [],
  limits: [],
  source: '',
  steps: [step('filing'), step('inquiry'), step('decision')],
};
const occurrence = (id: string, stepId: string, n = 1): StepOccurrence => ({
  id,
  stepId,
  n,
  state: 'done',
  startedAt: null,
  endedAt: null,
  address: null,
});
const item = (
  assetId: string,
  atMs: number,
  durationMs: number | null,
  more: Partial<ReplayInput> = {},
): ReplayInput => ({
  assetId,
  occurrenceId: 'o',
  kind: 'video',
  atMs,
  durationMs,
  ...more,
});

describe('the order of a replay', () => {
  it('is steps as the procedure has them, then how often they came, then time, then id', () => {
    const occurrences = [
      occurrence('d1', 'decision'),
      occurrence('i2', 'inquiry', 2),
      occurrence('i1', 'inquiry', 1),
      occurrence('f1', 'filing'),
    ];
    const items = [
      item('late', 500, null, { occurrenceId: 'i1', kind: 'photo' }),
      item('b', 100, null, { occurrenceId: 'i1', kind: 'photo' }),
      item('a', 100, null, { occurrenceId: 'i1', kind: 'paper' }),
      // Earlier than all, and still in its own chapter.
      item('decided', 1, 10, { occurrenceId: 'd1' }),
    ];
    const chapters = arrangeReplay(PROCEDURE, occurrences, items);
    expect(chapters.map((chapter) => [chapter.step.id, chapter.occurrence.n])).toEqual([
      ['filing', 1],
      ['inquiry', 1],
      ['inquiry', 2],
      ['decision', 1],
    ]);
    expect(chapters.map((chapter) => chapter.items.map((found) => found.assetId))).toEqual([
      [],
      ['a', 'b', 'late'],
      [],
      ['decided'],
    ]);
  });

  it('shows each item of the case once, and changes nothing it was given', () => {
    const occurrences = [occurrence('x', 'filing'), occurrence('y', 'decision')];
    const items = fc.array(
      fc.record({
        assetId: fc.uuid(),
        occurrenceId: fc.constantFrom('x', 'y'),
        kind: fc.constantFrom<AssetKind>('video', 'sound', 'photo', 'paper'),
        atMs: fc.integer({ min: 0, max: 50 }),
        durationMs: fc.option(fc.integer({ min: 0, max: 50 })),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(items, (given) => {
        const before = JSON.stringify(given);
        const shown = arrangeReplay(PROCEDURE, occurrences, given).flatMap((chapter) => chapter.items);
        expect(shown.map((found) => found.assetId).sort()).toEqual(given.map((found) => found.assetId).sort());
        expect(JSON.stringify(given)).toBe(before);
      }),
    );
  });

  it('keeps gaps inside a chapter: time between two steps is no gap', () => {
    const occurrences = [occurrence('f', 'filing'), occurrence('i', 'inquiry')];
    const items = [item('a', 0, 1000, { occurrenceId: 'f' }), item('b', 900_000, 1000, { occurrenceId: 'i' })];
    for (const chapter of arrangeReplay(PROCEDURE, occurrences, items)) {
      expect(chapter).toMatchObject({ gaps: [], overlaps: [] });
    }
  });
});

describe('gaps and overlaps', () => {
  it('bears a second between clips, either way', () => {
    const end = 60_000;
    for (const startMs of [end - GAP_TOLERANCE_MS, end, end + GAP_TOLERANCE_MS]) {
      expect(findGapsAndOverlaps([item('a', 0, end), item('b', startMs, 60_000)])).toEqual({ gaps: [], overlaps: [] });
    }
  });

  it('names a gap by what ends before it and what begins after it', () => {
    expect(findGapsAndOverlaps([item('b', 70_000, 1000), item('a', 0, 60_000)])).toEqual({
      gaps: [{ afterAssetId: 'a', beforeAssetId: 'b', startMs: 60_000, endMs: 70_000 }],
      overlaps: [],
    });
  });

  it('names an overlap by its own length', () => {
    const { gaps, overlaps } = findGapsAndOverlaps([item('a', 0, 60_000), item('b', 30_000, 60_000)]);
    expect(gaps).toEqual([]);
    expect(overlaps).toEqual([{ afterAssetId: 'a', beforeAssetId: 'b', startMs: 30_000, endMs: 60_000 }]);
  });

  it('looks for a gap behind the longest clip, not the last begun', () => {
    const { gaps, overlaps } = findGapsAndOverlaps([
      item('long', 0, 100_000),
      item('short', 10_000, 5_000),
      item('next', 100_500, 1_000),
      item('far', 200_000, 1_000),
    ]);
    expect(overlaps).toEqual([{ afterAssetId: 'long', beforeAssetId: 'short', startMs: 10_000, endMs: 15_000 }]);
    expect(gaps).toEqual([{ afterAssetId: 'next', beforeAssetId: 'far', startMs: 101_500, endMs: 200_000 }]);
  });

  it('counts sound, and neither pictures, papers nor clips of unknown length', () => {
    const { gaps } = findGapsAndOverlaps([
      item('sound', 0, 1_000, { kind: 'sound' }),
      item('photo', 5_000, null, { kind: 'photo' }),
      item('paper', 6_000, 90_000, { kind: 'paper' }),
      item('broken', 7_000, null),
      item('video', 50_000, 1_000),
    ]);
    expect(gaps).toEqual([{ afterAssetId: 'sound', beforeAssetId: 'video', startMs: 1_000, endMs: 50_000 }]);
  });

  it('agrees with marking every instant', () => {
    const clip = fc.record({ at: fc.integer({ min: 0, max: 40 }), length: fc.integer({ min: 0, max: 12 }) });
    fc.assert(
      fc.property(fc.array(clip, { minLength: 1, maxLength: 8 }), (clips) => {
        // In units of 2 s: everything is above the tolerance.
        const items = clips.map(({ at, length }, i) => item(String(i), at * 2000, length * 2000));
        const covered = (unit: number) => clips.some(({ at, length }) => at <= unit && unit < at + length);
        const first = Math.min(...clips.map(({ at }) => at));
        const lastStart = Math.max(...clips.map(({ at }) => at));
        const bare: number[] = [];
        for (let unit = first; unit < lastStart; unit++) if (!covered(unit)) bare.push(unit);
        const named: number[] = [];
        for (const gap of findGapsAndOverlaps(items).gaps) {
          for (let unit = gap.startMs / 2000; unit < gap.endMs / 2000; unit++) named.push(unit);
        }
        expect(named).toEqual(bare);
      }),
    );
  });
});
