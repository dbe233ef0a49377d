import { readFileSync } from 'node:fs';
import { addDays, addMonths, parseCalendar, type WorkCalendar } from './calendar.js';
import { dueOf, type Limit, stateOfClock } from './deadline.js';

const CHINA = parseCalendar(
  JSON.parse(readFileSync(new URL('../../../calendars/china.json', import.meta.url), 'utf8')) as unknown,
);
/** Ten in the morning, Beijing. */
const morning = (date: string): Date => new Date(`${date}T02:00:00Z`);
const days = (count: number): Limit => ({ count, unit: 'days', lastDayAtRest: 'stays' });
const workingDays = (count: number): Limit => ({ count, unit: 'working-days', lastDayAtRest: 'stays' });
const hours = (count: number): Limit => ({ count, unit: 'hours', lastDayAtRest: 'stays' });
const months = (count: number): Limit => ({ count, unit: 'months', lastDayAtRest: 'moves' });
const lastDay = (start: string, limit: Limit, calendar: WorkCalendar = CHINA) =>
  dueOf(morning(start), limit, calendar).lastDay;

describe('limits of the law', () => {
  test.each([
    // 行政处罚法 56: seven working days over National Day, two make-up days among them.
    ['preservation over National Day', '2025-09-25', workingDays(7), '2025-10-11'],
    ['preservation in a plain week', '2026-03-02', workingDays(7), '2026-03-11'],
    ['preservation from a make-up Saturday', '2026-05-09', workingDays(7), '2026-05-19'],
    // 行政处罚法 60: ninety calendar days.
    ['decision', '2025-10-16', days(90), '2026-01-14'],
    ['decision that ends in a holiday stays', '2026-07-03', days(90), '2026-10-01'],
    // 行政强制法 54: ten working days over the Spring Festival of 2026.
    ['urging before enforcement', '2026-02-10', workingDays(10), '2026-03-02'],
    // 行政许可法 42: twenty working days over the Spring Festival of 2025.
    ['permit', '2025-01-20', workingDays(20), '2025-02-21'],
    // 行政处罚法 63, 64.
    ['hearing asked for within 5', '2024-04-30', workingDays(5), '2024-05-10'],
    ['notice of a hearing 7 ahead', '2024-09-12', workingDays(7), '2024-09-24'],
    // 行政处罚法 48: withdrawal within three.
    ['withdrawal over Qingming', '2024-04-03', workingDays(3), '2024-04-09'],
    // 行政强制法 53: three months, to the next worked day.
    ['application to the court', '2026-06-07', months(3), '2026-09-07'],
    ['application that ends in a holiday moves', '2026-07-02', months(3), '2026-10-08'],
    ['from the last day of a longer month', '2026-11-30', months(3), '2027-03-01'],
    ['into the next year', '2026-12-28', workingDays(7), '2027-01-07'],
  ])('%s', (_, start, limit, expected) => {
    expect(lastDay(start, limit)).toBe(expected);
  });

  test('seizure is thirty days, and thirty more when extended (行政强制法 25)', () => {
    expect(lastDay('2026-01-20', days(30))).toBe('2026-02-19');
    expect(dueOf(morning('2026-01-20'), days(30), CHINA, { extensions: [days(30)] }).lastDay).toBe('2026-03-21');
  });

  test('a permit may be extended by ten working days', () => {
    const due = dueOf(morning('2025-01-20'), workingDays(20), CHINA, { extensions: [workingDays(10)] });
    expect(due.lastDay).toBe('2025-03-07');
  });

  test('hand-in is twenty-four hours to the millisecond', () => {
    const due = dueOf(new Date('2026-02-13T15:59:59.500Z'), hours(24), CHINA);
    expect(due.at).toEqual(new Date('2026-02-14T15:59:59.500Z'));
    expect(due.warnings).toEqual([]);
  });

  test('the civil day counts, not the day in Greenwich', () => {
    // 01:00 in Beijing is the day before in Greenwich; the last day ends at midnight in Beijing.
    const due = dueOf(new Date('2026-03-02T17:00:00Z'), workingDays(1), CHINA);
    expect(due.lastDay).toBe('2026-03-04');
    expect(due.at).toEqual(new Date('2026-03-04T15:59:59.999Z'));
  });

  test('the end of what is known of the calendar is said', () => {
    expect(dueOf(morning('2026-12-01'), workingDays(10), CHINA).warnings).toEqual([]);
    expect(dueOf(morning('2026-12-28'), workingDays(7), CHINA).warnings).toEqual(['calendar-provisional']);
    expect(dueOf(morning('2026-12-28'), days(400), CHINA).warnings).toEqual(['calendar-provisional', 'calendar-ends']);
  });
});

describe('pauses', () => {
  test('days of testing are not counted', () => {
    const pauses = [{ from: morning('2026-01-30'), to: morning('2026-02-09') }];
    expect(dueOf(morning('2026-01-20'), days(30), CHINA, { pauses }).lastDay).toBe('2026-03-01');
  });

  test('one that goes on leaves no day', () => {
    const pauses = [{ from: morning('2026-01-30'), to: null }];
    const due = dueOf(morning('2026-01-20'), days(30), CHINA, { pauses });
    expect(due).toEqual({ at: null, lastDay: null, warnings: [] });
    expect(stateOfClock(morning('2026-01-20'), due, { now: morning('2026-09-01'), metAt: null })).toBe('paused');
  });

  test('one that begins when the time had run out excuses nothing', () => {
    const pauses = [{ from: morning('2026-02-20'), to: null }];
    expect(dueOf(morning('2026-01-20'), days(30), CHINA, { pauses }).lastDay).toBe('2026-02-19');
    expect(
      dueOf(morning('2026-02-20'), hours(24), CHINA, {
        pauses: [{ ...pauses[0], from: morning('2026-02-22'), to: null }],
      }).at,
    ).toEqual(morning('2026-02-21'));
  });

  test('hours out of hours, also where one pause brings the next within the limit', () => {
    const start = new Date('2026-03-02T00:00:00Z');
    const at = (hour: number): Date => new Date(start.getTime() + hour * 3_600_000);
    const pauses = [
      { from: at(25), to: at(27) },
      { from: at(10), to: at(14) },
      { from: at(60), to: at(61) },
    ];
    expect(dueOf(start, hours(24), CHINA, { pauses }).at).toEqual(at(30));
  });

  test('never bring the end nearer, and as many worked days remain between as the limit says', () => {
    for (let i = 0; i < 400; i++) {
      const start = addDays('2024-01-02', (i * 7) % 900);
      const count = 1 + (i % 25);
      const [from, length] = [addDays(start, i % 13), i % 9];
      const pauses = [{ from: morning(from), to: morning(addDays(from, length)) }];
      const free = lastDay(start, workingDays(count)) ?? '';
      const paused = dueOf(morning(start), workingDays(count), CHINA, { pauses }).lastDay ?? '';
      expect(paused >= free).toBe(true);
      let worked = 0;
      for (let day = addDays(start, 1); day <= paused; day = addDays(day, 1))
        if (CHINA.isWorked(day) && !(from <= day && day < addDays(from, length))) worked++;
      expect(worked).toBe(count);
    }
  });
});

describe('how a clock stands', () => {
  const start = morning('2026-03-02');
  const due = dueOf(start, days(10), CHINA);
  test.each([
    ['2026-03-05', null, 'running'],
    ['2026-03-11', null, 'soon'],
    ['2026-03-13', null, 'late'],
    ['2026-03-13', '2026-03-12', 'met'],
    ['2026-03-20', '2026-03-13', 'met-late'],
  ])('on %s, met %s: %s', (now, met, expected) => {
    expect(stateOfClock(start, due, { now: morning(now), metAt: met === null ? null : morning(met) })).toBe(expected);
  });
});

describe('months', () => {
  test.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-10-15', 3, '2027-01-15'],
    ['2026-12-31', 12, '2027-12-31'],
  ])('%s and %i more', (date, count, expected) => {
    expect(addMonths(date, count)).toBe(expected);
  });
});
