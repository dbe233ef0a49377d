import exifr from 'exifr';
import type { Place } from '#domain';
import { readHead } from './sniff.js';
import { type ContainerTime, readTime } from './times.js';

/** What a photograph says of itself. */
export interface ExifFacts {
  /** All tags as read, dates and numbers untranslated; bytes are named by their length only. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** TIFF orientation 1–8; 1 when not said. */
  readonly orientation: number;
  readonly times: readonly ContainerTime[];
  readonly place: Place | null;
  readonly device: { readonly make: string | null; readonly model: string | null; readonly software: string | null };
}

/** EXIF stands in the first 64 KiB segment of a JPEG; more is read for cameras that put previews before it. */
const HEAD_BYTES = 512 * 1024;
const TEXT_MAX_CHARS = 1_000;

/** Reads EXIF from the head of a JPEG, PNG or TIFF. Null when there is none or it makes no sense. */
export async function readExif(path: string): Promise<ExifFacts | null> {
  const head = await readHead(path, HEAD_BYTES);
  const options = {
    tiff: true,
    exif: true,
    gps: true,
    xmp: false,
    icc: false,
    iptc: false,
    translateValues: false,
    reviveValues: false,
  };
  const tags: unknown = await exifr.parse(head, options).catch(() => undefined);
  return typeof tags === 'object' && tags !== null ? exifFacts(tags as Record<string, unknown>) : null;
}

export function exifFacts(tags: Readonly<Record<string, unknown>>): ExifFacts {
  const orientation = Number(tags.Orientation ?? 1);
  return {
    raw: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, plain(value)])),
    orientation: Number.isInteger(orientation) && orientation >= 1 && orientation <= 8 ? orientation : 1,
    times: timesOf(tags),
    place: placeOf(tags),
    device: { make: text(tags.Make), model: text(tags.Model), software: text(tags.Software) },
  };
}

/** EXIF 2.31 keeps the offset from UTC in a tag of its own beside each time. */
function timesOf(tags: Readonly<Record<string, unknown>>): ContainerTime[] {
  const pairs = [
    ['DateTimeOriginal', 'OffsetTimeOriginal'],
    ['CreateDate', 'OffsetTimeDigitized'],
    ['ModifyDate', 'OffsetTime'],
  ] as const;
  return pairs.flatMap(([name, offsetName]) => {
    const raw = text(tags[name]);
    if (raw === null) return [];
    return [readTime(`exif:${name}`, `${raw}${text(tags[offsetName]) ?? ''}`, false)];
  });
}

function placeOf(tags: Readonly<Record<string, unknown>>): Place | null {
  const { latitude, longitude } = tags;
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return null;
  const isOnGlobe = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  // Cameras without a fix write zeros; the Gulf of Guinea is no scene of ours.
  return isOnGlobe && (latitude !== 0 || longitude !== 0) ? { latitude, longitude, source: 'exif' } : null;
}

function text(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const trimmed = value.replaceAll('\0', '').trim();
  return trimmed === '' ? null : trimmed.slice(0, TEXT_MAX_CHARS);
}

function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '').slice(0, TEXT_MAX_CHARS);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return { bytes: value.length };
  if (Array.isArray(value) && value.length <= 64) return value.map(plain);
  return value instanceof Date ? value.toISOString() : null;
}
