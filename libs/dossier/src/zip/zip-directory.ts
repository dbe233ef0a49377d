import { pathProblem } from '../bag/bag-path.js';
import { DossierError } from '../dossier-error.js';
import {
  FLAG,
  LENGTH,
  MAX_16,
  MAX_32,
  RecordReader,
  SIGNATURE,
  STORE,
  UNICODE_PATH_FIELD,
  ZIP64_FIELD,
} from './zip-records.js';
import type { ZipWindow } from './zip-window.js';

/** An entry of the central directory, its zip64 field resolved. */
export interface CentralEntry {
  readonly path: string;
  readonly name: Uint8Array;
  readonly flags: number;
  readonly time: number;
  readonly date: number;
  readonly crc32: number;
  readonly sizeBytes: number;
  readonly offset: number;
  readonly kind: 'file' | 'folder' | 'link' | 'special';
}

export interface DirectoryPlace {
  readonly start: number;
  readonly length: number;
  readonly count: number;
}

/** A million files are more than any case, and 256 MiB a directory for them with long names. */
const MAX_ENTRIES = 1_000_000;
const MAX_DIRECTORY_BYTES = 268_435_456;
/** What says how well it was compressed, nothing for a stored entry; writers set it all the same. */
const FLAGS_KNOWN = FLAG.descriptor | FLAG.utf8 | 0x0006;

/**
 * Where the central directory lies. The end record must be the last 22 bytes: a comment, or bytes after it, could hold
 * a second end record, and readers differ in which they take.
 * @throws DossierError `zip-malformed`, `zip-ambiguous`, `zip-limit`
 */
export async function findDirectory(window: ZipWindow): Promise<DirectoryPlace> {
  const { sizeBytes } = window;
  if (sizeBytes < LENGTH.end) throw malformed('too short for a zip file');
  const endAt = sizeBytes - LENGTH.end;
  const end = new RecordReader(await window.read(endAt, LENGTH.end));
  if (end.u32() !== SIGNATURE.end) throw malformed('does not end with the end of a directory (a comment is refused)');
  const disks = [end.u16(), end.u16()];
  const counts = [end.u16(), end.u16()] as const;
  const short = { count: counts[0], length: end.u32(), start: end.u32() };
  if (disks.some((disk) => disk !== 0) || counts[0] !== counts[1]) throw malformed('is one part of several');
  if (end.u16() !== 0) throw ambiguous('says that a comment follows where the file ends');
  const large = await readEnd64(window, endAt);
  const place = large ?? { ...short, end: endAt };
  for (const [field, max] of [
    ['count', MAX_16],
    ['length', MAX_32],
    ['start', MAX_32],
  ] as const) {
    if (short[field] !== place[field] && short[field] !== max) throw ambiguous(`two end records differ in ${field}`);
    if (large === null && short[field] === max) throw malformed('the zip64 end record is missing');
  }
  if (place.count > MAX_ENTRIES) throw new DossierError('zip-limit', `${place.count} entries`);
  if (place.length > MAX_DIRECTORY_BYTES) throw new DossierError('zip-limit', `a directory of ${place.length} bytes`);
  if (place.start + place.length !== place.end)
    throw ambiguous('the directory does not end where the end records begin');
  return place;
}

/** The zip64 end record, where its locator stands before the end record. */
async function readEnd64(window: ZipWindow, endAt: number): Promise<(DirectoryPlace & { end: number }) | null> {
  const locatorAt = endAt - LENGTH.locator64;
  if (locatorAt < LENGTH.end64) return null;
  const locator = new RecordReader(await window.read(locatorAt, LENGTH.locator64));
  if (locator.u32() !== SIGNATURE.locator64) return null;
  const disk = locator.u32();
  const recordAt = locator.u64();
  if (disk !== 0 || locator.u32() !== 1) throw malformed('is one part of several');
  // No room for an extensible data sector: what it could mean is not fixed.
  if (recordAt !== locatorAt - LENGTH.end64) throw ambiguous('the zip64 end record is not where it must be');
  const record = new RecordReader(await window.read(recordAt, LENGTH.end64));
  if (record.u32() !== SIGNATURE.end64 || record.u64() !== LENGTH.end64 - 12) throw malformed('a zip64 end record');
  record.u32();
  const disks = [record.u32(), record.u32()];
  const counts = [record.u64(), record.u64()] as const;
  if (disks.some((other) => other !== 0) || counts[0] !== counts[1]) throw malformed('is one part of several');
  return { count: counts[0], length: record.u64(), start: record.u64(), end: recordAt };
}

/**
 * The entries of the directory, exactly as many and as long as the end record says.
 * @throws DossierError for anything unsafe, ambiguous, compressed or encrypted
 */
export async function readDirectory(window: ZipWindow, place: DirectoryPlace): Promise<CentralEntry[]> {
  const entries: CentralEntry[] = [];
  const names = new Set<string>();
  const end = place.start + place.length;
  let at = place.start;
  while (at < end) {
    if (end - at < LENGTH.central || entries.length === place.count) throw malformed('the directory is too long');
    const header = await window.read(at, LENGTH.central);
    const lengths = new RecordReader(header.subarray(28));
    const variable = lengths.u16() + lengths.u16() + lengths.u16();
    if (at + LENGTH.central + variable > end) throw malformed('an entry reaches out of the directory');
    const entry = parseCentral(await window.read(at, LENGTH.central + variable));
    if (names.has(entry.path)) throw ambiguous(`${quoted(entry.path)} is there twice`);
    names.add(entry.path);
    entries.push(entry);
    at += LENGTH.central + variable;
  }
  if (entries.length !== place.count) throw malformed('the directory is too short');
  return entries;
}

function parseCentral(bytes: Uint8Array): CentralEntry {
  const record = new RecordReader(bytes);
  if (record.u32() !== SIGNATURE.central) throw malformed('an entry of the directory');
  const madeBy = record.u16() >> 8;
  record.u16();
  const flags = record.u16();
  const method = record.u16();
  const [time, date, crc32] = [record.u16(), record.u16(), record.u32()];
  const sizes = [record.u32(), record.u32()] as const;
  const lengths = { name: record.u16(), extra: record.u16(), comment: record.u16() };
  const disk = record.u16();
  record.u16();
  const attributes = record.u32();
  const shortOffset = record.u32();
  const name = record.raw(lengths.name);
  const extra = record.raw(lengths.extra);
  const path = pathOf(name, flags);
  refuseUnsupported(path, flags, method);
  if (disk !== 0 || lengths.comment !== 0) throw ambiguous(`${quoted(path)} has a comment or is on another disk`);
  const [packed, sizeBytes, offset] = resolveZip64(path, extra, [...sizes, shortOffset]);
  if (packed !== sizeBytes) throw malformed(`${quoted(path)} is stored, and has two sizes`);
  const kind = kindOf(path, madeBy, attributes);
  if (kind === 'folder' && sizeBytes !== 0) throw malformed(`${quoted(path)} is a folder with content`);
  return { path, name, flags, time, date, crc32, sizeBytes, offset, kind };
}

function pathOf(name: Uint8Array, flags: number): string {
  let path: string;
  try {
    path = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(name);
  } catch (cause) {
    throw new DossierError('path-unsafe', 'a name is not UTF-8', { cause });
  }
  // Without the flag a name is in a code page nobody states (APPNOTE appendix D): only ASCII is the same in all.
  if ((flags & FLAG.utf8) === 0 && name.some((byte) => byte > 0x7f))
    throw ambiguous(`${quoted(path)}: the encoding of the name is not stated`);
  const problem = pathProblem(path.replace(/\/$/, ''));
  if (problem !== null) throw new DossierError('path-unsafe', `${quoted(path)} ${problem}`);
  return path;
}

function refuseUnsupported(path: string, flags: number, method: number): void {
  if ((flags & FLAG.encrypted) !== 0) throw new DossierError('zip-unsupported', `${quoted(path)} is encrypted`);
  if ((flags & ~FLAGS_KNOWN) !== 0)
    throw new DossierError('zip-unsupported', `${quoted(path)} has flags ${flags.toString(16)}`);
  if (method !== STORE)
    throw new DossierError(
      'zip-unsupported',
      `${quoted(path)} is compressed (method ${method}); unpack it and check the folder`,
    );
}

/** The three values, each from the zip64 field where the short one says so, in the order of APPNOTE 4.5.3. */
function resolveZip64(
  path: string,
  extra: Uint8Array,
  short: readonly [number, number, number],
): [number, number, number] {
  const field = zip64Field(path, extra);
  const reader = field === null ? null : new RecordReader(field);
  // In the field the size comes before the packed size, in the header it is the other way.
  const [packed, size, offset] = short;
  const take = (value: number): number => {
    if (value !== MAX_32) return value;
    if (reader === null || reader.remaining < 8) throw malformed(`${quoted(path)}: a zip64 field is missing`);
    return reader.u64();
  };
  const [largeSize, largePacked, largeOffset] = [take(size), take(packed), take(offset)];
  if (reader !== null && reader.remaining > 0)
    throw ambiguous(`${quoted(path)}: a zip64 field says more than is asked`);
  return [largePacked, largeSize, largeOffset];
}

/**
 * The zip64 field among the extra fields.
 * @throws DossierError when fields do not fill their room, come twice, or give a second name
 */
export function zip64Field(path: string, extra: Uint8Array): Uint8Array | null {
  const reader = new RecordReader(extra);
  let found: Uint8Array | null = null;
  while (reader.remaining > 0) {
    if (reader.remaining < 4) throw malformed(`${quoted(path)}: extra fields`);
    const id = reader.u16();
    const length = reader.u16();
    if (length > reader.remaining) throw malformed(`${quoted(path)}: an extra field reaches out of the record`);
    const value = reader.raw(length);
    if (id === UNICODE_PATH_FIELD) throw ambiguous(`${quoted(path)} has a second name`);
    if (id !== ZIP64_FIELD) continue;
    if (found !== null) throw ambiguous(`${quoted(path)} has two zip64 fields`);
    found = value;
  }
  return found;
}

const MADE_BY = { unix: 3, macOs: 19 } as const;
const FILE_TYPE = { mask: 0o170000, file: 0o100000, folder: 0o040000, link: 0o120000 } as const;

function kindOf(path: string, madeBy: number, attributes: number): CentralEntry['kind'] {
  if (path.endsWith('/')) return 'folder';
  if (madeBy !== MADE_BY.unix && madeBy !== MADE_BY.macOs) return 'file';
  const type = (attributes >>> 16) & FILE_TYPE.mask;
  if (type === FILE_TYPE.link) return 'link';
  return type === 0 || type === FILE_TYPE.file ? 'file' : 'special';
}

export function quoted(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}

export function malformed(what: string): DossierError {
  return new DossierError('zip-malformed', `not a zip file that can be relied on: ${what}`);
}

export function ambiguous(what: string): DossierError {
  return new DossierError('zip-ambiguous', `readers would differ: ${what}`);
}
