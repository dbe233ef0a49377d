/** Numbers as people read them. Pure: the same in both languages unless one is asked for. */
type Language = 'zh' | 'en';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** 1 536 → `1.5 KiB`. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** 12 345 678 → `12,345,678`. */
export function groupedNumber(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Clock form: `0:07`, `12:05`, `1:02:03`. */
export function clockText(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  const seconds = `${all % 60}`.padStart(2, '0');
  return hours > 0 ? `${hours}:${`${minutes}`.padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** In words, the two largest parts: `3 分 12 秒`, `2 小时 5 分`, `3 min 12 s`. */
export function spanText(ms: number, language: Language): string {
  const all = Math.max(0, Math.round(ms / 1000));
  if (all === 0 && ms > 0) return `${Math.max(0.1, ms / 1000).toFixed(1)} ${language === 'zh' ? '秒' : 's'}`;
  const names = language === 'zh' ? ['天', '小时', '分', '秒'] : ['d', 'h', 'min', 's'];
  const parts = [Math.floor(all / 86_400), Math.floor(all / 3600) % 24, Math.floor(all / 60) % 60, all % 60];
  const first = parts.findIndex((part) => part > 0);
  if (first === -1) return `0 ${names[3]}`;
  return parts
    .slice(first, first + 2)
    .map((part, i) => (part > 0 ? `${part} ${names[first + i]}` : ''))
    .filter((text) => text !== '')
    .join(' ');
}

/** A clock's error with its sign: `+2.3 秒` runs ahead of true time. */
export function offsetText(ms: number, language: Language): string {
  const sign = ms < 0 ? '−' : '+';
  return `${sign}${(Math.abs(ms) / 1000).toFixed(1)} ${language === 'zh' ? '秒' : 's'}`;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Null: this computer's own, before anybody has signed in. */
let agencyMinutes: number | null = null;

/**
 * From now on times are shown and typed in the wall clock of the agency, wherever and however this computer's is set: what
 * is due on a day is due on the agency's day, and the same times stand on its papers.
 * @param zoneMinutes east of UTC
 */
export function showTimesOf(zoneMinutes: number): void {
  agencyMinutes = zoneMinutes;
}

/** Wall clock, `2026-11-21 08:00:01`; an empty string for what is no time. */
export function timeText(rfc3339: string): string {
  const at = wallClock(Date.parse(rfc3339));
  return at === null ? '' : at.toISOString().slice(0, 19).replace('T', ' ');
}

export function dateText(rfc3339: string): string {
  return timeText(rfc3339).slice(0, 10);
}

/** For `<input type="datetime-local">`, wall clock to the second. */
export function localInputText(rfc3339: string | null): string {
  return rfc3339 === null ? '' : timeText(rfc3339).replace(' ', 'T');
}

/** @returns RFC 3339 UTC, or null when the field is empty or no time */
export function fromLocalInput(text: string): string | null {
  // As UTC, so that no computer's own summer time moves it; then put where the agency's clock hangs.
  const typed = Date.parse(agencyMinutes === null ? text : `${text}Z`);
  return Number.isNaN(typed) ? null : new Date(typed - (agencyMinutes ?? 0) * MINUTE_MS).toISOString();
}

/** Number of the civil day a time falls on: two differ by the days between them. */
export function dayNumber(at: Date): number {
  return Math.floor((wallClock(at.getTime())?.getTime() ?? Number.NaN) / DAY_MS);
}

/** The time whose UTC reads as the wall clock does; null for what is no time. */
function wallClock(ms: number): Date | null {
  if (Number.isNaN(ms)) return null;
  const minutes = agencyMinutes ?? -new Date(ms).getTimezoneOffset();
  return new Date(ms + minutes * MINUTE_MS);
}
