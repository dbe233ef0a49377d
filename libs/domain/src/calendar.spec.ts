import { readFileSync } from 'node:fs';
import { isLocalDate, parseCalendar } from './calendar.js';
import { ArchiveError } from './errors.js';
import type { RuleMistake } from './rule-mistakes.js';

const FILE = JSON.parse(readFileSync(new URL('../../../calendars/china.json', import.meta.url), 'utf8')) as {
  years: { year: number }[];
};
const CHINA = parseCalendar(FILE);

describe('the calendar of China', () => {
  test.each([
    ['2025-10-01', 'holiday', false],
    ['2025-10-06', 'holiday', false],
    ['2025-10-11', 'make-up', true],
    ['2025-10-12', 'weekend', false],
    ['2025-10-13', 'workday', true],
    ['2024-09-29', 'make-up', true],
    ['2026-02-28', 'make-up', true],
    ['2026-02-23', 'holiday', false],
  ])('%s is a %s', (date, kind, isWorked) => {
    expect(CHINA.kindOf(date)).toBe(kind);
    expect(CHINA.isWorked(date)).toBe(isWorked);
  });

  test('says how well a day is known', () => {
    expect(CHINA.years.map(({ year }) => year)).toEqual([2024, 2025, 2026, 2027]);
    expect(CHINA.knowledgeOf('2026-05-01')).toBe('published');
    expect(CHINA.knowledgeOf('2027-05-01')).toBe('provisional');
    expect(CHINA.knowledgeOf('2028-01-01')).toBe('unknown');
    expect(CHINA.holidayOf('2027-02-06')?.zh).toBe('春节');
    expect(CHINA.holidayOf('2027-02-09')).toBeNull();
  });

  // 全国年节及纪念日放假办法 art. 2 gives 13 days; those moved from weekends make the rest.
  test.each([
    [2024, 28, 8],
    [2025, 28, 5],
    [2026, 33, 6],
  ])('%i has %i days of holiday and %i made up for', (year, holidays, makeUps) => {
    const all = Array.from({ length: 366 }, (_, n) => new Date(Date.UTC(year, 0, 1 + n)).toISOString().slice(0, 10));
    const ofYear = all.filter((date) => date.startsWith(String(year)));
    expect(ofYear.filter((date) => CHINA.kindOf(date) === 'holiday')).toHaveLength(holidays);
    expect(ofYear.filter((date) => CHINA.kindOf(date) === 'make-up')).toHaveLength(makeUps);
  });
});

describe('a calendar file with mistakes', () => {
  const problemsOf = (change: (file: Record<string, unknown>) => void): string[] => {
    const file = structuredClone(FILE) as unknown as Record<string, unknown>;
    change(file);
    try {
      parseCalendar(file);
      return [];
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      return (error.details as { problems: RuleMistake[] }).problems.map(({ place, en }) => `${place}: ${en}`);
    }
  };
  const year = (file: Record<string, unknown>, n: number) => (file.years as Record<string, unknown>[])[n] ?? {};

  test.each<[string, (file: Record<string, unknown>) => void, string]>([
    ['unknown field', (file) => Object.assign(file, { holiday: [] }), 'holiday: no such field'],
    [
      'a year left out',
      (file) => (file.years as unknown[]).splice(1, 1),
      'years[1].year: must be the year after the one before',
    ],
    [
      'an impossible day',
      (file) => Object.assign(year(file, 0), { makeUpDays: ['2024-02-30'] }),
      'years[0].makeUpDays[0]: must be a day like 2026-05-01',
    ],
    [
      'a day of another year',
      (file) => Object.assign(year(file, 0), { makeUpDays: ['2025-01-26'] }),
      'years[0].makeUpDays[0]: 2025-01-26 is not in 2024',
    ],
    [
      'a weekday made up for',
      (file) => Object.assign(year(file, 0), { makeUpDays: ['2024-03-04'] }),
      'years[0].makeUpDays[0]: 2024-03-04 is no Saturday or Sunday',
    ],
    [
      'worked and not',
      (file) => Object.assign(year(file, 0), { makeUpDays: ['2024-02-11'] }),
      'years[0].makeUpDays[0]: 2024-02-11 is also a holiday',
    ],
    [
      'no source',
      (file) => Object.assign(year(file, 2), { source: '' }),
      'years[2].source: the notice it follows is missing',
    ],
    [
      'not said whether given out',
      (file) => Object.assign(year(file, 3), { published: 'no' }),
      'years[3].published: must be true or false',
    ],
    [
      'an offset no clock has',
      (file) => Object.assign(file, { utcOffsetMinutes: 900 }),
      'utcOffsetMinutes: must be whole minutes from -840 to 840',
    ],
    [
      'a holiday that ends before it begins',
      (file) =>
        Object.assign(year(file, 1), {
          holidays: [{ title: { zh: '元旦', en: 'New Year' }, from: '2025-01-02', to: '2025-01-01' }],
        }),
      'years[1].holidays[0].to: must not be before its beginning',
    ],
  ])('%s', (_, change, problem) => {
    expect(problemsOf(change)).toContain(problem);
  });

  test('all mistakes are named together, and nothing but an object is a calendar', () => {
    const problems = problemsOf((file) => {
      Object.assign(year(file, 0), { source: '', published: 1 });
    });
    expect(problems).toHaveLength(2);
    expect(() => parseCalendar([])).toThrow('the file must hold one object');
  });
});

test.each([
  ['2026-02-28', true],
  ['2026-02-29', false],
  ['2026-2-1', false],
  ['2026-13-01', false],
  [20260101, false],
])('%s as a day: %s', (value, expected) => {
  expect(isLocalDate(value)).toBe(expected);
});
