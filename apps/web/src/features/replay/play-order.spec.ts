import type { Replay } from '#contract';
import { layOut, locate, NOTICE_MS, PAGE_MS, PHOTO_MS, pageAt, totalMs } from './play-order.js';

type Chapter = Replay['chapters'][number];
type Item = Chapter['items'][number];

interface Plan {
  readonly id: string;
  readonly kind: 'video' | 'sound' | 'photo' | 'paper' | 'other';
  readonly durationMs?: number;
  readonly pages?: number;
  readonly range?: { startMs: number; endMs: number };
  readonly unviewable?: boolean;
}

function item(plan: Plan): Item {
  return {
    asset: {
      id: plan.id,
      kind: plan.kind,
      durationMs: plan.durationMs ?? null,
      viewing: plan.unviewable ? { state: 'unviewable', reason: 'corrupt' } : { state: 'viewable' },
      link: plan.range ? { range: plan.range } : null,
    },
    play: { mode: plan.durationMs === undefined ? 'none' : 'native', pages: Array(plan.pages ?? 0).fill({ url: '' }) },
  } as unknown as Item;
}

function replay(...chapters: Partial<Chapter>[]): Replay {
  return {
    chapters: chapters.map((chapter) => ({ items: [], gaps: [], overlaps: [], ...chapter })),
  } as unknown as Replay;
}

const CASE = replay(
  { items: [item({ id: 'v1', kind: 'video', durationMs: 10_000 }), item({ id: 'p1', kind: 'photo', pages: 1 })] },
  {},
  {
    items: [
      item({ id: 'd1', kind: 'paper', pages: 3 }),
      item({ id: 'x1', kind: 'video', durationMs: 5_000, unviewable: true }),
      item({ id: 'v2', kind: 'video', durationMs: 60_000, range: { startMs: 20_000, endMs: 90_000 } }),
    ],
    gaps: [{ afterAssetId: 'x1', beforeAssetId: 'v2', startAt: '', endAt: '', durationMs: 192_000 }] as Chapter['gaps'],
  },
);

describe('layOut', () => {
  const entries = layOut(CASE);

  it('lays items end to end, each for as long as it takes', () => {
    expect(entries.map((entry) => [entry.asset.id, entry.shown, entry.startMs, entry.lengthMs])).toEqual([
      ['v1', 'moving', 0, 10_000],
      ['p1', 'still', 10_000, PHOTO_MS],
      ['d1', 'still', 14_000, 3 * PAGE_MS],
      ['x1', 'notice', 23_000, NOTICE_MS],
      ['v2', 'moving', 26_000, 40_000],
    ]);
    expect(totalMs(entries)).toBe(66_000);
  });

  it('plays only the tied range, held to the recording', () => {
    expect(entries[4]?.fromMs).toBe(20_000);
  });

  it('names the gap before an item', () => {
    expect(entries[4]?.gapBefore?.durationMs).toBe(192_000);
    expect(entries[1]?.gapBefore).toBeNull();
  });

  it('finds the item at a moment and keeps to the ends', () => {
    expect(locate(entries, 0)).toEqual({ index: 0, offsetMs: 0 });
    expect(locate(entries, 10_000)).toEqual({ index: 1, offsetMs: 0 });
    expect(locate(entries, 27_500)).toEqual({ index: 4, offsetMs: 1_500 });
    expect(locate(entries, 1e9)).toEqual({ index: 4, offsetMs: 40_000 });
    expect(locate(entries, -5)).toEqual({ index: 0, offsetMs: 0 });
    expect(locate([], 5)).toEqual({ index: 0, offsetMs: 0 });
  });

  it('turns the pages of a paper evenly', () => {
    const paper = entries[2];
    if (!paper) throw new Error('no paper');
    expect([0, 2_999, 3_000, 8_999, 9_000].map((at) => pageAt(paper, at))).toEqual([0, 0, 1, 2, 2]);
  });
});
