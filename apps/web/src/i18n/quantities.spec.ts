import {
  clockText,
  dateText,
  dayNumber,
  fromLocalInput,
  groupedNumber,
  localInputText,
  offsetText,
  showTimesOf,
  sizeText,
  spanText,
  timeText,
} from './quantities.js';

describe('quantities', () => {
  it('writes sizes in binary units with at most one decimal', () => {
    expect(sizeText(0)).toBe('0 B');
    expect(sizeText(1023)).toBe('1023 B');
    expect(sizeText(1536)).toBe('1.5 KiB');
    expect(sizeText(250 * 1024 * 1024)).toBe('250 MiB');
    expect(sizeText(3 * 1024 ** 5)).toBe('3072 TiB');
    expect(groupedNumber(12345678)).toBe('12,345,678');
  });

  it('writes clock times, with hours only when there are any', () => {
    expect(clockText(0)).toBe('0:00');
    expect(clockText(7_999)).toBe('0:07');
    expect(clockText(725_000)).toBe('12:05');
    expect(clockText(3_723_000)).toBe('1:02:03');
    expect(clockText(-5)).toBe('0:00');
  });

  it('writes spans in words with their two largest parts', () => {
    expect(spanText(192_000, 'zh')).toBe('3 分 12 秒');
    expect(spanText(192_000, 'en')).toBe('3 min 12 s');
    expect(spanText(7_200_000, 'zh')).toBe('2 小时');
    expect(spanText(90_061_000, 'zh')).toBe('1 天 1 小时');
    expect(spanText(3_605_000, 'zh')).toBe('1 小时');
    expect(spanText(300, 'en')).toBe('0.3 s');
    expect(spanText(0, 'zh')).toBe('0 秒');
  });

  it('keeps the sign of a clock error', () => {
    expect(offsetText(2_340, 'zh')).toBe('+2.3 秒');
    expect(offsetText(-61_000, 'en')).toBe('−61.0 s');
  });

  it('goes from a time to a local field and back without loss', () => {
    const at = '2026-11-21T08:00:01.000Z';
    expect(fromLocalInput(localInputText(at))).toBe(at);
    expect(localInputText(null)).toBe('');
    expect(fromLocalInput('')).toBeNull();
    expect(timeText('nonsense')).toBe('');
  });

  it('shows and takes times by the clock of the agency, whatever that of this computer is', () => {
    showTimesOf(480);
    expect(timeText('2026-11-21T16:00:01.000Z')).toBe('2026-11-22 00:00:01');
    expect(dateText('2026-11-21T15:59:59.999Z')).toBe('2026-11-21');
    expect(fromLocalInput('2026-11-22T00:00')).toBe('2026-11-21T16:00:00.000Z');
    expect(fromLocalInput('nonsense')).toBeNull();
    const days = ['2026-11-21T15:59:59Z', '2026-11-21T16:00:00Z'].map((at) => dayNumber(new Date(at)));
    expect((days[1] ?? 0) - (days[0] ?? 0)).toBe(1);
    showTimesOf(-210);
    expect(timeText('2026-11-21T00:00:00.000Z')).toBe('2026-11-20 20:30:00');
    expect(fromLocalInput(localInputText('2026-11-21T00:00:00.000Z'))).toBe('2026-11-21T00:00:00.000Z');
  });
});
