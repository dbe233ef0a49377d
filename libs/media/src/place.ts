/**
 * ISO 6709 point in a string, as cameras write it: `+39.9042+116.4074+043.5/`, or with minutes (`+3954.25+11624.4/`)
 * or seconds. Null when it is something else or lies outside the globe.
 */
export function parseIso6709(text: string): { latitude: number; longitude: number } | null {
  const match = /^\s*([+-])(\d{2,6}(?:\.\d+)?)([+-])(\d{3,7}(?:\.\d+)?)/.exec(text);
  if (match === null) return null;
  const [, latitudeSign, latitudeDigits = '', longitudeSign, longitudeDigits = ''] = match;
  const latitude = degrees(latitudeDigits, 2);
  const longitude = degrees(longitudeDigits, 3);
  if (latitude === null || longitude === null || latitude > 90 || longitude > 180) return null;
  return {
    latitude: latitudeSign === '-' ? -latitude : latitude,
    longitude: longitudeSign === '-' ? -longitude : longitude,
  };
}

/** DD.D, DDMM.M or DDMMSS.S; which one is told by the number of digits before the point. */
function degrees(digits: string, degreeDigits: number): number | null {
  const whole = digits.split('.')[0] ?? '';
  if (whole.length === degreeDigits) return Number(digits);
  const base = Number(digits.slice(0, degreeDigits));
  if (whole.length === degreeDigits + 2) return base + Number(digits.slice(degreeDigits)) / 60;
  if (whole.length !== degreeDigits + 4) return null;
  return (
    base + Number(digits.slice(degreeDigits, degreeDigits + 2)) / 60 + Number(digits.slice(degreeDigits + 2)) / 3600
  );
}
