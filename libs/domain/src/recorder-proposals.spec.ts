import { type CandidateStep, metresBetween, proposalsFor, type Unplaced } from './recorder-proposals.js';

const T = (text: string): Date => new Date(text);
const place = (latitude: number, longitude: number) => ({ latitude, longitude, source: 'exif' as const });
const ITEM: Unplaced = {
  ...{ assetId: 'a', officerId: 'wang', officerName: '王强', receivedFrom: 'dock', recorder: 'r1' },
  ...{ at: T('2026-11-21T08:30:00Z'), isTimed: true, durationMs: 300_000, place: null },
};
const STEP: CandidateStep = {
  ...{ caseId: 'c1', occurrenceId: 'o1', title: { zh: '现场检查', en: 'Site inspection' } },
  ...{ startedAt: T('2026-11-21T08:00:00Z'), endedAt: T('2026-11-21T09:00:00Z'), officerIds: ['wang', 'li'] },
  ...{ recorders: [], places: [] },
};
const offered = (item: Partial<Unplaced>, ...steps: Partial<CandidateStep>[]) =>
  proposalsFor(
    { ...ITEM, ...item },
    steps.map((step) => ({ ...STEP, ...step })),
  );

describe('proposals', () => {
  it('name the step whose officer and time fit, with the reasons in words', () => {
    const [found] = offered({}, {});
    expect(found).toMatchObject({ caseId: 'c1', occurrenceId: 'o1', isClear: true });
    expect(found?.reasons.map(({ zh }) => zh)).toEqual([
      '王强当时领用该记录仪，是本案办案人员',
      '拍摄时间在“现场检查”进行期间',
    ]);
    expect(found?.reasons.every(({ en }) => en.length > 10)).toBe(true);
  });

  it.each<[string, Partial<Unplaced>, Partial<CandidateStep>]>([
    ['of another officer', { officerId: 'zhao' }, {}],
    ['that nobody knows the time of', { isTimed: false }, {}],
    ['of long before', { at: T('2026-11-21T07:20:00Z') }, {}],
    ['of long after', { at: T('2026-11-21T09:30:01Z') }, {}],
    ['handed in by someone else, its carrier unknown', { officerId: null }, {}],
    ['taken kilometres away', { place: place(24.9, 102.8) }, { places: [place(25.0, 102.7)] }],
  ])('offer no step to what is %s', (_, item, step) => {
    expect(offered(item, step)).toEqual([]);
  });

  it.each<[string, Partial<Unplaced>, Partial<CandidateStep>, RegExp]>([
    ['by who handed it in', { officerId: null, receivedFrom: 'li' }, {}, /上传/],
    ['switched on before', { at: T('2026-11-21T07:50:00Z') }, {}, /开始前 10 分钟/],
    ['written down late', { at: T('2026-11-21T09:10:00Z') }, {}, /结束后 10 分钟/],
    ['in a step that goes on', { at: T('2026-11-21T20:00:00Z') }, { endedAt: null }, /进行期间/],
    ['by its recorder', {}, { recorders: ['r1'] }, /同一记录仪/],
    ['by its place', { place: place(24.9001, 102.8) }, { places: [place(24.9, 102.8)] }, /约 10 米/],
  ])('also %s', (_, item, step, words) => {
    expect(
      offered(item, step)[0]
        ?.reasons.map(({ zh }) => zh)
        .join(),
    ).toMatch(words);
  });

  it('put the better first, and are clear only where nothing fits as well', () => {
    const better = offered({}, { occurrenceId: 'o1' }, { occurrenceId: 'o2', recorders: ['r1'] });
    expect(better.map(({ occurrenceId, isClear }) => [occurrenceId, isClear])).toEqual([
      ['o2', true],
      ['o1', false],
    ]);
    expect(offered({}, { occurrenceId: 'o1' }, { occurrenceId: 'o2' }).map(({ isClear }) => isClear)).toEqual([
      false,
      false,
    ]);
    expect(offered({}, ...['1', '2', '3', '4', '5'].map((occurrenceId) => ({ occurrenceId })))).toHaveLength(3);
  });

  it('measure along the surface', () => {
    // A quarter of a meridian, on a sphere of 6371 km.
    expect(Math.round(metresBetween(place(0, 20), place(90, 50)) / 1_000)).toBe(10_008);
    expect(metresBetween(place(0, 179.999), place(0, -179.999))).toBeLessThan(250);
  });
});
