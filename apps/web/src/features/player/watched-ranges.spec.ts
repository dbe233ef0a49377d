import { mergeRanges, WatchedRanges } from './watched-ranges.js';

describe('mergeRanges', () => {
  it('joins overlapping, touching and nearly touching ranges in any order', () => {
    expect(
      mergeRanges([
        { startMs: 5_000, endMs: 6_000 },
        { startMs: 0, endMs: 1_000 },
        { startMs: 1_200, endMs: 2_000 },
        { startMs: 500, endMs: 900 },
      ]),
    ).toEqual([
      { startMs: 0, endMs: 2_000 },
      { startMs: 5_000, endMs: 6_000 },
    ]);
  });

  it('drops empty and backward ranges', () => {
    expect(mergeRanges([{ startMs: 3, endMs: 3 }])).toEqual([]);
    expect(mergeRanges([{ startMs: 9, endMs: 3 }])).toEqual([]);
  });
});

describe('WatchedRanges', () => {
  it('counts what played and not what was jumped over', () => {
    const watched = new WatchedRanges();
    for (const at of [0, 1_000, 2_000, 60_000, 61_000, 30_000, 30_500]) watched.at(at);
    expect(watched.ranges).toEqual([
      { startMs: 0, endMs: 2_000 },
      { startMs: 30_000, endMs: 30_500 },
      { startMs: 60_000, endMs: 61_000 },
    ]);
  });

  it('takes longer strides for watching when the speed is higher', () => {
    const watched = new WatchedRanges();
    watched.at(0, 4);
    watched.at(4_000, 4);
    expect(watched.ranges).toEqual([{ startMs: 0, endMs: 4_000 }]);
  });

  it('does not bridge a pause', () => {
    const watched = new WatchedRanges();
    watched.at(0);
    watched.at(1_000);
    watched.pause();
    watched.at(2_000);
    watched.at(2_600);
    expect(watched.ranges).toEqual([
      { startMs: 0, endMs: 1_000 },
      { startMs: 2_000, endMs: 2_600 },
    ]);
  });
});
