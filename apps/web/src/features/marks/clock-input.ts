const CLOCK = /^(?:(\d{1,2}):)?(\d{1,3}):(\d{2})$/;

/** `12:05` or `1:02:03` in milliseconds; null for what is no such time. */
export function readClock(text: string): number | null {
  const match = CLOCK.exec(text.trim());
  if (!match) return null;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  if (Number(seconds) > 59 || (match[1] !== undefined && Number(minutes) > 59)) return null;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
}
