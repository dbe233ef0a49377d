import type { LocalDate } from './calendar.js';

/** RFC 3339 in UTC with milliseconds, the only way times are written in events (design: strict profile). */
export function utc(at: Date): string {
  return at.toISOString();
}

/** `2026-11-22T10:20` on a wall clock so many minutes east of UTC. */
export function localTime(at: Date, zoneMinutes: number): string {
  return new Date(at.getTime() + zoneMinutes * 60_000).toISOString().slice(0, 16);
}

export function localDay(at: Date, zoneMinutes: number): LocalDate {
  return localTime(at, zoneMinutes).slice(0, 10);
}

/**
 * A device time without a zone means the wall clock of the place where it hangs.
 * @param raw like `2026-11-21 08:00:01`, `2026:11:21 08:00:01` (EXIF) or RFC 3339
 * @param assumedOffsetMinutes minutes east of UTC taken when the raw value names none
 * @returns null when the raw value is no time, or an impossible one
 */
export function parseDeviceTime(
  raw: string,
  assumedOffsetMinutes: number,
): { readonly at: Date; readonly zoneKnown: boolean } | null {
  const match =
    /^(\d{4})[-:/](\d{2})[-:/](\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(
      raw.trim(),
    );
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction = '', zone] = match;
  const offset = zone === undefined ? assumedOffsetMinutes : zoneMinutes(zone);
  if (offset === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  // As digits: a fraction times 1000 is not always what it says.
  const millis = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const clock = new Date(0);
  clock.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // The 31st of a shorter month has become a day of the next.
  if (clock.getUTCMonth() !== Number(month) - 1 || clock.getUTCDate() !== Number(day)) return null;
  clock.setUTCHours(Number(hour), Number(minute), Number(second), millis);
  return { at: new Date(clock.getTime() - offset * 60_000), zoneKnown: zone !== undefined };
}

/** Minutes east of UTC; null when no clock on earth shows it. */
function zoneMinutes(zone: string): number | null {
  if (zone === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.slice(1).replace(':', '');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  return hours > 14 || minutes > 59 ? null : sign * (hours * 60 + minutes);
}
