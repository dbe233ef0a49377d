import { isQuiet } from './enqueue-owed.js';

const night = { fromMinute: 22 * 60, toMinute: 6 * 60 };
const noon = { fromMinute: 12 * 60, toMinute: 13 * 60 };
const CHINA = 480;

describe('quiet hours', () => {
  it.each([
    ['2026-11-21T14:00:00Z', night, true], // 22:00 in China
    ['2026-11-21T13:59:59Z', night, false],
    ['2026-11-21T21:59:00Z', night, true], // 05:59
    ['2026-11-21T22:00:00Z', night, false], // 06:00
    ['2026-11-21T04:30:00Z', noon, true], // 12:30
    ['2026-11-21T05:00:00Z', noon, false],
    ['2026-11-21T14:00:00Z', null, false],
  ])('%s', (at, hours, expected) => expect(isQuiet(new Date(at), hours, CHINA)).toBe(expected));
});
