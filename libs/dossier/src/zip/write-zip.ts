import { pathProblem } from '../bag/bag-path.js';
import { DossierError } from '../dossier-error.js';
import { Crc32 } from './crc32.js';
import { FLAG, LENGTH, MAX_16, MAX_32, RecordWriter, SIGNATURE, STORE, ZIP64_FIELD } from './zip-records.js';

export interface ZipInput {
  /** Relative, `/` between names. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Kept to two seconds, in UTC, from 1980 to 2107. */
  readonly modifiedAt: Date;
  /** Where it is known already; else it is computed on the way and follows the content. */
  readonly crc32?: number;
  content(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Nothing of the writer's machine or user goes in: a plain file, readable by all, "made by" Unix for the mode. */
const MADE_BY_UNIX = 3 << 8;
const MODE = 0o100644 << 16;
const VERSION = { plain: 20, zip64: 45 } as const;

export interface Written {
  readonly name: Uint8Array;
  readonly flags: number;
  readonly time: number;
  readonly date: number;
  readonly sizeBytes: number;
  readonly offset: number;
  crc32: number;
}

/**
 * A zip file as a stream of bytes, for files of any size and number: stored, not compressed, since recordings are
 * compressed already and a stored file can be read and checked in place. The same input gives the same bytes. Only the
 * directory is kept in memory, some 200 bytes an entry. zip64 records appear where, and only where, they are needed.
 *
 * @throws DossierError `path-unsafe` (also for a path that comes twice), `content-differs` when content is not of the
 *   size or CRC that was said: the bytes given so far are then no zip file
 */
export async function* writeZip(entries: AsyncIterable<ZipInput> | Iterable<ZipInput>): AsyncGenerator<Uint8Array> {
  const directory: Written[] = [];
  const paths = new Set<string>();
  let offset = 0;
  for await (const entry of entries) {
    const problem = pathProblem(entry.path) ?? (paths.has(entry.path) ? 'comes twice' : null);
    if (problem !== null) throw new DossierError('path-unsafe', `${JSON.stringify(entry.path)} ${problem}`);
    paths.add(entry.path);
    const written = planEntry(entry, offset);
    directory.push(written);
    for await (const bytes of entryBytes(entry, written)) {
      offset += bytes.length;
      yield bytes;
    }
  }
  yield* directoryBytes(directory, offset);
}

export function planEntry({ path, sizeBytes, modifiedAt, crc32 }: Omit<ZipInput, 'content'>, offset: number): Written {
  const name = new TextEncoder().encode(path);
  if (name.length > MAX_16) throw new DossierError('path-unsafe', `${JSON.stringify(path)} is too long for a zip file`);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0)
    throw new DossierError('content-differs', `${path}: no size: ${sizeBytes}`);
  const flags = FLAG.utf8 | (crc32 === undefined ? FLAG.descriptor : 0);
  return { name, flags, ...dosTime(modifiedAt), sizeBytes, offset, crc32: crc32 ?? 0 };
}

/** Local header, content, and the CRC after it where it was not known before (APPNOTE 4.3.7, 4.3.9). */
async function* entryBytes(entry: ZipInput, written: Written): AsyncGenerator<Uint8Array> {
  yield localHeader(written);
  const crc = new Crc32();
  let sizeBytes = 0;
  for await (const chunk of entry.content()) {
    sizeBytes += chunk.length;
    if (sizeBytes > entry.sizeBytes) break;
    crc.update(chunk);
    yield chunk;
  }
  if (sizeBytes !== entry.sizeBytes)
    throw new DossierError('content-differs', `${entry.path}: not the ${entry.sizeBytes} bytes that were said`);
  if (entry.crc32 !== undefined && entry.crc32 !== crc.value)
    throw new DossierError('content-differs', `${entry.path}: not the CRC that was said`);
  written.crc32 = crc.value;
  if (entry.crc32 === undefined) yield descriptor(written);
}

export function localHeader(entry: Written): Uint8Array {
  const { name, flags, time, date, sizeBytes } = entry;
  const isLarge = sizeBytes >= MAX_32;
  const isLater = (flags & FLAG.descriptor) !== 0;
  const size = isLater ? 0 : sizeBytes;
  const record = new RecordWriter(LENGTH.local + name.length + (isLarge ? 20 : 0))
    .u32(SIGNATURE.local)
    .u16(isLarge ? VERSION.zip64 : VERSION.plain, flags, STORE, time, date)
    .u32(isLater ? 0 : entry.crc32, isLarge ? MAX_32 : size, isLarge ? MAX_32 : size)
    .u16(name.length, isLarge ? 20 : 0)
    .raw(name);
  // The field must be there, for readers to know that the descriptor has sizes of 64 bits (APPNOTE 4.3.9.2).
  if (isLarge) record.u16(ZIP64_FIELD, 16).u64(size, size);
  return record.done();
}

function descriptor({ crc32, sizeBytes }: Written): Uint8Array {
  const isLarge = sizeBytes >= MAX_32;
  const record = new RecordWriter(isLarge ? 24 : 16).u32(SIGNATURE.descriptor, crc32);
  return (isLarge ? record.u64(sizeBytes, sizeBytes) : record.u32(sizeBytes, sizeBytes)).done();
}

/** Central directory and the records that end the file (APPNOTE 4.3.12 to 4.3.16). */
export function* directoryBytes(directory: readonly Written[], start: number): Generator<Uint8Array> {
  let length = 0;
  for (const entry of directory) {
    const record = centralHeader(entry);
    length += record.length;
    yield record;
  }
  const count = directory.length;
  if (count >= MAX_16 || start >= MAX_32 || length >= MAX_32) {
    yield new RecordWriter(LENGTH.end64 + LENGTH.locator64)
      .u32(SIGNATURE.end64)
      .u64(LENGTH.end64 - 12)
      .u16(MADE_BY_UNIX | VERSION.zip64, VERSION.zip64)
      .u32(0, 0)
      .u64(count, count, length, start)
      .u32(SIGNATURE.locator64, 0)
      .u64(start + length)
      .u32(1)
      .done();
  }
  yield new RecordWriter(LENGTH.end)
    .u32(SIGNATURE.end)
    .u16(0, 0, Math.min(count, MAX_16), Math.min(count, MAX_16))
    .u32(Math.min(length, MAX_32), Math.min(start, MAX_32))
    .u16(0)
    .done();
}

function centralHeader({ name, flags, time, date, crc32, sizeBytes, offset }: Written): Uint8Array {
  const isLarge = sizeBytes >= MAX_32;
  const isFar = offset >= MAX_32;
  const extra = [...(isLarge ? [sizeBytes, sizeBytes] : []), ...(isFar ? [offset] : [])];
  const extraLength = extra.length === 0 ? 0 : 4 + 8 * extra.length;
  const version = extraLength > 0 ? VERSION.zip64 : VERSION.plain;
  const record = new RecordWriter(LENGTH.central + name.length + extraLength)
    .u32(SIGNATURE.central)
    .u16(MADE_BY_UNIX | version, version, flags, STORE, time, date)
    .u32(crc32, isLarge ? MAX_32 : sizeBytes, isLarge ? MAX_32 : sizeBytes)
    .u16(name.length, extraLength, 0, 0, 0)
    .u32(MODE, isFar ? MAX_32 : offset)
    .raw(name);
  if (extra.length > 0) record.u16(ZIP64_FIELD, 8 * extra.length).u64(...extra);
  return record.done();
}

/** MS-DOS date and time (APPNOTE 4.4.6). They have no zone; UTC, so that the machine's does not change the bytes. */
function dosTime(at: Date): { readonly time: number; readonly date: number } {
  const year = at.getUTCFullYear();
  if (!(year >= 1980 && year <= 2107))
    throw new DossierError('text-invalid', 'a zip file holds times from 1980 to 2107');
  return {
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
    date: ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
  };
}
