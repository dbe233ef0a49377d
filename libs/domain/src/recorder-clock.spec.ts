import {
  type ClockMeasurement,
  correctionFor,
  driftsOf,
  isPlausibleTime,
  type TimedMaterial,
  timeFlagsOf,
} from './recorder-clock.js';

const T = (text: string): Date => new Date(text);
const measured = (id: string, at: string, deviceAt: string, wasSet = false): ClockMeasurement => ({
  ...{ id, at: T(at), deviceAt: T(deviceAt), source: 'dock', wasSet },
});
const HOUR = 3_600_000;

describe('how wrong the clock was', () => {
  const offset = (list: ClockMeasurement[], deviceAt: string, receivedAt: string): number | null =>
    correctionFor(list, { deviceAt: T(deviceAt), receivedAt: T(receivedAt) })?.offsetMs ?? null;
  const fast = measured('a', '2026-11-21T10:00:00Z', '2026-11-21T18:00:00Z');

  it('is unknown where nobody measured', () => {
    expect(offset([], '2026-11-21T10:00:00Z', '2026-11-21T12:00:00Z')).toBeNull();
  });

  it.each([
    ['eight hours fast', [fast], '2026-11-21T16:00:00Z', '2026-11-21T10:05:00Z', 8 * HOUR],
    [
      'of a clock that began in 1970',
      [measured('a', '2026-11-21T10:00:00Z', '1970-01-01T02:00:00Z')],
      '1970-01-01T01:00:00Z',
      '2026-11-21T10:05:00Z',
      T('1970-01-01T02:00:00Z').getTime() - T('2026-11-21T10:00:00Z').getTime(),
    ],
    ['of another run of the clock', [fast], '1970-01-01T01:00:00Z', '2026-11-21T10:05:00Z', null],
    [
      'the measurement nearest to the receipt counts',
      [
        measured('a', '2026-11-20T10:00:00Z', '2026-11-20T10:00:01Z'),
        measured('b', '2026-11-21T10:00:00Z', '2026-11-21T10:00:04Z'),
      ],
      '2026-11-21T08:00:00Z',
      '2026-11-21T10:10:00Z',
      4_000,
    ],
    [
      'right again after it was set',
      [measured('a', '2026-11-20T10:00:00Z', '2026-11-20T18:00:00Z', true)],
      '2026-11-21T08:00:00Z',
      '2026-11-21T10:10:00Z',
      0,
    ],
    [
      'and wrong for what was recorded before that, handed in with it',
      [measured('a', '2026-11-20T10:00:00Z', '2026-11-20T18:00:00Z', true)],
      '2026-11-20T17:00:00Z',
      '2026-11-20T10:10:00Z',
      8 * HOUR,
    ],
  ])('%s', (_, list, deviceAt, receivedAt, expected) => {
    expect(offset(list, deviceAt, receivedAt)).toBe(expected);
  });
});

describe('drift', () => {
  it.each([
    ['three seconds in a day are allowed', '2026-11-20T00:00:03Z', 3_000, false],
    ['more are not', '2026-11-20T00:00:03.100Z', 3_100, true],
    ['nor are they lost', '2026-11-19T23:59:56Z', -4_000, true],
  ])('%s', (_, shown, msPerDay, isTooMuch) => {
    const list = [
      measured('b', '2026-11-20T00:00:00Z', shown),
      measured('a', '2026-11-19T00:00:00Z', '2026-11-19T00:00:00Z'),
    ];
    expect(driftsOf(list)).toEqual([{ fromId: 'a', toId: 'b', msPerDay, isTooMuch }]);
  });

  it('is counted from the setting, and a jump is none', () => {
    const set = measured('a', '2026-11-19T00:00:00Z', '2026-11-19T00:00:40Z', true);
    expect(driftsOf([set, measured('b', '2026-11-21T00:00:00Z', '2026-11-21T00:00:02Z')])[0]?.msPerDay).toBe(1_000);
    expect(driftsOf([set, measured('b', '2026-11-21T00:00:00Z', '2026-11-21T08:00:00Z')])).toEqual([]);
    expect(driftsOf([set, measured('b', '2026-11-19T00:30:00Z', '2026-11-19T00:30:02Z')])).toEqual([]);
  });
});

describe('what is not right with a time', () => {
  const usual: TimedMaterial = {
    ...{ deviceAt: T('2026-11-21T08:00:00Z'), fileAt: null, offsetMs: 0, receivedAt: T('2026-11-21T12:00:00Z') },
    ...{ caseSpan: null, stepSpan: null, drift: null },
  };
  const codes = (change: Partial<TimedMaterial>): string[] =>
    timeFlagsOf({ ...usual, ...change }).map(({ code }) => code);
  const span = (from: string, to: string | null) => ({ from: T(from), to: to === null ? null : T(to) });

  it.each<[string, Partial<TimedMaterial>, string[]]>([
    ['nothing', {}, []],
    ['no time at all', { deviceAt: null }, []],
    ['1970', { deviceAt: T('1970-01-01T00:00:10Z') }, ['clock-lost']],
    ['2000', { deviceAt: T('2000-01-01T00:00:10Z') }, ['clock-lost']],
    ['1970, measured', { deviceAt: T('1970-01-01T00:00:00Z'), offsetMs: -T('2026-11-21T08:00:00Z').getTime() }, []],
    ['eight hours fast, received the same day', { deviceAt: T('2026-11-21T16:00:00Z') }, ['after-receipt']],
    ['a container in local time', { fileAt: T('2026-11-21T16:00:01Z') }, ['hours-off']],
    ['a container an hour and a half off is another clip’s', { fileAt: T('2026-11-21T09:30:00Z') }, []],
    ['before the case', { caseSpan: span('2026-11-21T09:00:00Z', null) }, ['outside-case']],
    ['after it was closed', { caseSpan: span('2026-11-01T09:00:00Z', '2026-11-20T00:00:00Z') }, ['outside-case']],
    [
      'in the case and not in the step',
      { caseSpan: span('2026-11-01T00:00:00Z', null), stepSpan: span('2026-11-21T09:00:00Z', null) },
      ['outside-step'],
    ],
    ['drift', { drift: { fromId: 'a', toId: 'b', msPerDay: 4_000, isTooMuch: true } }, ['drift']],
    ['a drift that is allowed', { drift: { fromId: 'a', toId: 'b', msPerDay: 400, isTooMuch: false } }, []],
  ])('%s', (_, change, expected) => {
    expect(codes(change)).toEqual(expected);
  });

  it('says so in both languages', () => {
    const [flag] = timeFlagsOf({ ...usual, fileAt: T('2026-11-21T00:00:00Z') });
    expect(flag?.words.zh).toContain('+8 小时');
    expect(flag?.words.en).toContain('+8 h');
  });
});

describe('plausible', () => {
  it.each([
    ['2004-12-31T23:59:59Z', false],
    ['2005-01-01T00:00:00Z', true],
    ['2026-11-22T12:00:00Z', true],
    ['2026-11-22T12:00:00.001Z', false],
  ])('%s, received a day before the last: %s', (at, expected) => {
    expect(isPlausibleTime(T(at), T('2026-11-21T12:00:00Z'))).toBe(expected);
  });
});
