import { clockText } from '../../i18n/quantities.js';
import { readClock } from './clock-input.js';

describe('a time in a recording, typed in', () => {
  it.each([
    ['0:00', 0],
    ['12:05', 725_000],
    [' 1:02:03 ', 3_723_000],
    ['75:00', 4_500_000],
  ])('%s', (text, ms) => expect(readClock(text)).toBe(ms));

  it.each(['', '5', '1:60', '1:75:00', '-1:00', '1:2', 'a:bc', '1:02:03:04'])('%s is none', (text) =>
    expect(readClock(text)).toBeNull(),
  );

  it('reads what is shown', () => {
    for (const ms of [0, 7_000, 59_000, 60_000, 3_599_000, 3_600_000, 36_061_000])
      expect(readClock(clockText(ms))).toBe(ms);
  });
});
