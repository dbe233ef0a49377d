/** RFC 3339 in UTC with milliseconds, the only way times are written in events (design: strict profile). */
export function utc(at: Date): string {
  return at.toISOString();
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
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const parts = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const millis = fraction ? Math.floor(Number(`0.${fraction}`) * 1000) : 0;
  const asIfUtc = Date.UTC(parts[0], parts[1] - 1, parts[2], parts[3], parts[4], parts[5], millis);
  const check = new Date(asIfUtc);
  if (check.getUTCMonth() !== parts[1] - 1 || check.getUTCDate() !== parts[2] || parts[3] > 23) return null;
  const offset = zone === undefined ? assumedOffsetMinutes : zoneMinutes(zone);
  return { at: new Date(asIfUtc - offset * 60_000), zoneKnown: zone !== undefined };
}

function zoneMinutes(zone: string): number {
  if (zone === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.slice(1).replace(':', '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
}
