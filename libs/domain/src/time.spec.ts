import fc from 'fast-check';
import { parseDeviceTime, utc } from './index.js';

const BEIJING = 480;

describe('device times', () => {
  it.each<[string, string, boolean]>([
    ['2026-11-21 08:00:01', '2026-11-21T00:00:01.000Z', false],
    ['2026:11:21 08:00:01', '2026-11-21T00:00:01.000Z', false],
    ['2026/11/21 08:00:01', '2026-11-21T00:00:01.000Z', false],
    ['2026-11-21T08:00:01', '2026-11-21T00:00:01.000Z', false],
    ['  2026-11-21 08:00:01  ', '2026-11-21T00:00:01.000Z', false],
    ['2026-11-21T08:00:01Z', '2026-11-21T08:00:01.000Z', true],
    ['2026-11-21T08:00:01.5Z', '2026-11-21T08:00:01.500Z', true],
    ['2026-11-21T08:00:01.123456789Z', '2026-11-21T08:00:01.123Z', true],
    ['2026-11-21T08:00:01+08:00', '2026-11-21T00:00:01.000Z', true],
    ['2026-11-21T08:00:01 +0800', '2026-11-21T00:00:01.000Z', true],
    ['2026-11-21T08:00:01-09:30', '2026-11-21T17:30:01.000Z', true],
    ['2024-02-29 00:00:00', '2024-02-28T16:00:00.000Z', false],
    ['2026-12-31 23:59:59', '2026-12-31T15:59:59.000Z', false],
    ['0050-01-01 08:00:00', '0050-01-01T00:00:00.000Z', false],
  ])('%s', (raw, at, zoneKnown) => {
    expect(parseDeviceTime(raw, BEIJING)).toEqual({ at: new Date(at), zoneKnown });
  });

  it.each([
    '',
    'yesterday',
    '2026-11-21',
    '2026-13-01 00:00:00',
    '2026-00-10 00:00:00',
    '0000:00:00 00:00:00',
    '2026-02-29 00:00:00',
    '2026-04-31 00:00:00',
    '2026-01-00 00:00:00',
    '2026-01-01 24:00:00',
    '2026-01-01 08:60:00',
    '2026-01-01 08:00:60',
    '2026-01-01 08:00:00+15:00',
    '2026-01-01 08:00:00+08:60',
    '2026-01-01 08:00:00 CST',
    '26-01-01 08:00:00',
  ])('%j is no time', (raw) => expect(parseDeviceTime(raw, BEIJING)).toBeNull());

  it('reads back every millisecond that was written', () => {
    const times = fc.date({ min: new Date('1970-01-01'), max: new Date('2999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(times, (at) => {
        expect(parseDeviceTime(utc(at), BEIJING)).toEqual({ at, zoneKnown: true });
        expect(parseDeviceTime(utc(at).slice(0, -1), 0)).toEqual({ at, zoneKnown: false });
      }),
    );
  });
});

describe('times in events', () => {
  it('are RFC 3339, UTC, with milliseconds', () => {
    expect(utc(new Date(Date.UTC(2026, 10, 21, 8, 0, 1, 7)))).toBe('2026-11-21T08:00:01.007Z');
  });
});
