import { addDays, addMonths, type LocalDate, type WorkCalendar } from './calendar.js';

/**
 * What a limit counts in. Which one a clause means is the law's to say: "2, 3, 5 and 7 days" of the Penalties Law are
 * working days (行政处罚法 art. 85), limits of ten days or less of the Coercion Law too (行政强制法 art. 69), and all
 * limits of the Licensing Law (行政许可法 art. 82); 30 and 90 days are calendar days.
 */
export const LIMIT_UNITS = ['hours', 'days', 'working-days', 'months'] as const;
export type LimitUnit = (typeof LIMIT_UNITS)[number];

export interface Limit {
  readonly count: number;
  readonly unit: LimitUnit;
  /**
   * What happens when the last day is a day of rest: it moves to the next worked day (行政诉讼法 and 民事诉讼法 art. 85
   * for time given to parties), or stays. For what binds the agency `stays` is the safe reading. Working days and hours
   * never fall on one or do not care.
   */
  readonly lastDayAtRest: 'moves' | 'stays';
}

/** Time that is not counted: testing, appraisal, a hearing. Without an end it still goes on. */
export interface Pause {
  readonly from: Date;
  readonly to: Date | null;
}

/** Why a day is not sure: the calendar does not reach it, or the days moved for festivals are not given out yet. */
export type DueWarning = 'calendar-provisional' | 'calendar-ends';

export interface Due {
  /** The last millisecond in time; null while a pause without an end goes on. */
  readonly at: Date | null;
  /** The last civil day; null for hours, and while paused. */
  readonly lastDay: LocalDate | null;
  readonly warnings: readonly DueWarning[];
}

/**
 * When a limit ends. The day it begins on is not counted (民事诉讼法 art. 85); of a pause, the civil days from the one it
 * begins on to the one before it ends are not counted either. Each extension is counted on from the last day before it.
 * @param extensions approved ones, in their order
 */
export function dueOf(
  start: Date,
  limit: Limit,
  calendar: WorkCalendar,
  { pauses = [], extensions = [] }: { readonly pauses?: readonly Pause[]; readonly extensions?: readonly Limit[] } = {},
): Due {
  const ended = pauses.filter((pause): pause is EndedPause => pause.to !== null && pause.to > start);
  const due = countedFrom(start, [limit, ...extensions], calendar, ended);
  // A clock that had run out before a pause began is not excused by it.
  const isPaused = pauses.some(({ from, to }) => to === null && from <= due.at);
  return isPaused ? { at: null, lastDay: null, warnings: [] } : due;
}

type EndedPause = Pause & { readonly to: Date };

function countedFrom(
  start: Date,
  limits: readonly Limit[],
  calendar: WorkCalendar,
  pauses: readonly EndedPause[],
): Due & { readonly at: Date } {
  if (limits[0]?.unit === 'hours') return { at: hoursAfter(start, limits, pauses), lastDay: null, warnings: [] };
  const off = pauses.map(({ from, to }) => ({ from: calendar.dateOf(from), to: calendar.dateOf(to) }));
  const isCounted = (day: LocalDate): boolean => !off.some(({ from, to }) => from <= day && day < to);
  const first = calendar.dateOf(start);
  let last = first;
  for (const limit of limits) last = lastDayOf(last, limit, calendar, isCounted);
  return { at: calendar.endOf(last), lastDay: last, warnings: warningsOf(first, last, calendar) };
}

function hoursAfter(start: Date, limits: readonly Limit[], pauses: readonly EndedPause[]): Date {
  let end = start.getTime() + limits.reduce((sum, { count }) => sum + count, 0) * 3_600_000;
  // Earliest first: time taken out by one may bring the next within the limit.
  for (const { from, to } of [...pauses].sort((a, b) => a.from.getTime() - b.from.getTime())) {
    const begins = Math.max(from.getTime(), start.getTime());
    if (begins < end) end += to.getTime() - begins;
  }
  return new Date(end);
}

function lastDayOf(
  from: LocalDate,
  limit: Limit,
  calendar: WorkCalendar,
  isCounted: (day: LocalDate) => boolean,
): LocalDate {
  const counts = (day: LocalDate): boolean =>
    isCounted(day) && (limit.unit !== 'working-days' || calendar.isWorked(day));
  let day = from;
  for (let left = daysIn(from, limit); left > 0; ) {
    day = addDays(day, 1);
    if (counts(day)) left--;
  }
  if (limit.lastDayAtRest === 'moves') while (!calendar.isWorked(day)) day = addDays(day, 1);
  return day;
}

/** A month is as many days as there are to the same day of the next, so that pauses take days out of it too. */
function daysIn(from: LocalDate, { count, unit }: Limit): number {
  if (unit !== 'months') return count;
  return Math.round((Date.parse(addMonths(from, count)) - Date.parse(from)) / 86_400_000);
}

function warningsOf(first: LocalDate, last: LocalDate, calendar: WorkCalendar): DueWarning[] {
  const found = new Set<DueWarning>();
  for (let year = Number(first.slice(0, 4)); year <= Number(last.slice(0, 4)); year++) {
    const known = calendar.knowledgeOf(`${year}-01-01`);
    if (known === 'provisional') found.add('calendar-provisional');
    if (known === 'unknown') found.add('calendar-ends');
  }
  return [...found];
}

export type ClockState = 'running' | 'soon' | 'late' | 'met' | 'met-late' | 'paused';

/**
 * How a clock stands. `soon` is the last fifth of the time, a day at least (an hour for limits in hours).
 * @param metAt when what was due was done; null while it is not
 */
export function stateOfClock(start: Date, due: Due, { now, metAt }: { now: Date; metAt: Date | null }): ClockState {
  if (due.at === null) return metAt === null ? 'paused' : 'met';
  if (metAt !== null) return metAt <= due.at ? 'met' : 'met-late';
  if (now > due.at) return 'late';
  const least = due.lastDay === null ? 3_600_000 : 86_400_000;
  const soon = Math.max(least, (due.at.getTime() - start.getTime()) / 5);
  return due.at.getTime() - now.getTime() <= soon ? 'soon' : 'running';
}
