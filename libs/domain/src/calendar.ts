import { RuleReader } from './rule-file.js';
import { type Label, MISTAKE } from './rule-mistakes.js';

/** A civil day, `2026-11-22`; sorts as text. */
export type LocalDate = string;

/** Holidays of one year and the weekend days worked for them, as the State Council's office gives them out. */
export interface CalendarYear {
  readonly year: number;
  readonly source: string;
  /** False while only the festivals the law itself names are known, and not the days moved for them. */
  readonly published: boolean;
  readonly holidays: readonly { readonly title: Label; readonly from: LocalDate; readonly to: LocalDate }[];
  readonly makeUpDays: readonly LocalDate[];
}

/** What a day is: worked, a weekend, a holiday, or a weekend day worked in place of another. */
export type DayKind = 'workday' | 'weekend' | 'holiday' | 'make-up';

/** How well a day is known: given out, the festivals of the law alone, or weekends alone. */
export type DayKnowledge = 'published' | 'provisional' | 'unknown';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
const FIELDS = {
  calendar: ['id', 'utcOffsetMinutes', 'years'],
  year: ['year', 'source', 'published', 'holidays', 'makeUpDays'],
  holiday: ['title', 'from', 'to'],
} as const;

/** Which days are worked, and where midnight is. Data, replaced when a new year is given out. */
export class WorkCalendar {
  readonly id: string;
  /** Minutes east of UTC of the agency's clock; no daylight saving. */
  readonly utcOffsetMinutes: number;
  readonly years: readonly CalendarYear[];
  readonly #holidays = new Map<LocalDate, Label>();
  readonly #makeUpDays: ReadonlySet<LocalDate>;
  readonly #knowledge: ReadonlyMap<number, DayKnowledge>;

  /** @see parseCalendar, which has looked for mistakes */
  constructor(id: string, utcOffsetMinutes: number, years: readonly CalendarYear[]) {
    this.id = id;
    this.utcOffsetMinutes = utcOffsetMinutes;
    this.years = years;
    for (const { title, from, to } of years.flatMap(({ holidays }) => holidays))
      for (let date = from; date <= to; date = addDays(date, 1)) this.#holidays.set(date, title);
    this.#makeUpDays = new Set(years.flatMap(({ makeUpDays }) => makeUpDays));
    this.#knowledge = new Map(years.map(({ year, published }) => [year, published ? 'published' : 'provisional']));
  }

  /** The civil day at this instant. */
  dateOf(at: Date): LocalDate {
    return new Date(at.getTime() + this.utcOffsetMinutes * 60_000).toISOString().slice(0, 10);
  }

  /** The last millisecond of a civil day: what is done in it is in time. */
  endOf(date: LocalDate): Date {
    return new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS - 1 - this.utcOffsetMinutes * 60_000);
  }

  kindOf(date: LocalDate): DayKind {
    if (this.#holidays.has(date)) return 'holiday';
    if (this.#makeUpDays.has(date)) return 'make-up';
    return isWeekend(date) ? 'weekend' : 'workday';
  }

  isWorked(date: LocalDate): boolean {
    const kind = this.kindOf(date);
    return kind === 'workday' || kind === 'make-up';
  }

  holidayOf(date: LocalDate): Label | null {
    return this.#holidays.get(date) ?? null;
  }

  knowledgeOf(date: LocalDate): DayKnowledge {
    return this.#knowledge.get(Number(date.slice(0, 4))) ?? 'unknown';
  }
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The same day of a later month, or that month's last day where it is shorter. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0));
  const within = Math.min(day, last.getUTCDate());
  return new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), within)).toISOString().slice(0, 10);
}

export function isLocalDate(value: unknown): value is LocalDate {
  // The 31st of a shorter month reads back as another day.
  if (typeof value !== 'string' || !DATE.test(value)) return false;
  const ms = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value);
}

/**
 * Reads a calendar file. Every mistake is named with its place, all of them together.
 * @throws ArchiveError `invalid-input` with `details.problems: RuleMistake[]`
 */
export function parseCalendar(value: unknown): WorkCalendar {
  const reader = new RuleReader('calendar file');
  const file = reader.file(value, FIELDS.calendar);
  const id = reader.id(file.id, 'id');
  const offset = file.utcOffsetMinutes;
  if (typeof offset !== 'number' || !Number.isInteger(offset) || Math.abs(offset) > 14 * 60)
    reader.add('utcOffsetMinutes', MISTAKE.noOffset);
  const years = reader.each(file.years, 'years', (year, at) => readYear(year, at, reader));
  for (const [i, { year }] of years.entries())
    if (i > 0 && year !== (years[i - 1]?.year ?? 0) + 1) reader.add(`years[${i}].year`, MISTAKE.yearSkipped);
  // Before the calendar is made: days are counted through in it, and mistaken ones might have no end.
  reader.end();
  return new WorkCalendar(id, Number(offset), years);
}

function readYear(value: unknown, place: string, reader: RuleReader): CalendarYear {
  const fields = reader.fields(value, FIELDS.year, place);
  const { year } = fields;
  if (typeof year !== 'number' || !Number.isInteger(year) || year < 1949 || year > 9998)
    reader.add(`${place}.year`, MISTAKE.noYear);
  const source = reader.source(fields.source, `${place}.source`, MISTAKE.noNotice);
  const readDay = (day: unknown, at: string): LocalDate => readDateOf(day, Number(year), at, reader);
  const holidays = reader.each(fields.holidays, `${place}.holidays`, (holiday, at) => {
    const { title, from, to } = reader.fields(holiday, FIELDS.holiday, at);
    const span = { from: readDay(from, `${at}.from`), to: readDay(to, `${at}.to`) };
    if (span.to < span.from) reader.add(`${at}.to`, MISTAKE.endsBefore);
    return { title: reader.label(title, `${at}.title`), ...span };
  });
  const makeUpDays = reader.each(fields.makeUpDays, `${place}.makeUpDays`, (day, at) => {
    const date = readDay(day, at);
    if (isLocalDate(date) && !isWeekend(date)) reader.add(at, MISTAKE.noWeekend(date));
    if (holidays.some(({ from, to }) => from <= date && date <= to)) reader.add(at, MISTAKE.alsoHoliday(date));
    return date;
  });
  const published = reader.flag(fields.published, `${place}.published`);
  return { year: Number(year), source, published, holidays, makeUpDays };
}

function readDateOf(value: unknown, year: number, place: string, reader: RuleReader): LocalDate {
  if (!isLocalDate(value)) reader.add(place, MISTAKE.noDay);
  else if (Number(value.slice(0, 4)) !== year) reader.add(place, MISTAKE.otherYear(value, year));
  return String(value);
}

function isWeekend(date: LocalDate): boolean {
  const day = new Date(`${date}T00:00:00Z`).getUTCDay();
  return day === 0 || day === 6;
}
