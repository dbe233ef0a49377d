/** Tags of a container or stream, as ffprobe lists them. */
export type Tags = Readonly<Record<string, string>>;

/** A time as a container or picture says it. The raw text is the fact; the instant is our reading of it. */
export interface ContainerTime {
  /** Where it stood: `format:creation_time`, `stream0:creation_time`, `exif:DateTimeOriginal`. */
  readonly key: string;
  readonly raw: string;
  /** RFC 3339 UTC with milliseconds; null when no zone is known or the text is no time. */
  readonly instant: string | null;
  /**
   * `stated`: the text names its offset. `format`: the format defines UTC (mvhd, Matroska), which recorders often
   * disregard by writing local time; treat as unproven. `none`: local time of an unknown zone.
   */
  readonly zone: 'stated' | 'format' | 'none';
}

const TIME_TAGS =
  /^(creation_time|date|date_recorded|date_digitized|date-eng|datetimeoriginal|com\.apple\.quicktime\.creationdate|timecode|idit|icrd|creation_date|year)$/i;

const SECONDS = /^(\d{4})[-:](\d{2})[-:](\d{2})[T ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?\s*(Z|[+-]\d{2}:?\d{2})?$/;

/** All time tags of the container and its streams, in that order, each once. */
export function containerTimes(formatTags: Tags, streamTags: readonly Tags[]): ContainerTime[] {
  const found: ContainerTime[] = [];
  const take = (where: string, tags: Tags) => {
    for (const [key, raw] of Object.entries(tags)) {
      if (!TIME_TAGS.test(key) || typeof raw !== 'string') continue;
      if (found.some((time) => time.raw === raw && time.key.endsWith(`:${key}`))) continue;
      found.push(readTime(`${where}:${key}`, raw.slice(0, 100), key.toLowerCase() === 'creation_time'));
    }
  };
  take('format', formatTags);
  streamTags.forEach((tags, i) => {
    take(`stream${i}`, tags);
  });
  return found;
}

/** @param isUtcByFormat a trailing Z was put there by the demuxer, not by the device */
export function readTime(key: string, raw: string, isUtcByFormat: boolean): ContainerTime {
  const match = SECONDS.exec(raw.trim());
  if (match === null) return { key, raw, instant: null, zone: 'none' };
  const [, year, month, day, hour, minute, second, fraction = '', offset] = match;
  const zone = offset === undefined ? 'none' : isUtcByFormat && offset === 'Z' ? 'format' : 'stated';
  if (offset === undefined) return { key, raw, instant: null, zone };
  const colon = offset === 'Z' || offset.includes(':') ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 4)}${colon}`);
  return { key, raw, instant: Number.isNaN(at.getTime()) ? null : at.toISOString(), zone };
}
