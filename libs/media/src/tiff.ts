import { type FileHandle, open } from 'node:fs/promises';
import { ArchiveError } from '#domain';

/**
 * TIFF 6.0 and BigTIFF, as far as telling pages apart and cutting one out. ffmpeg reads the first page only, and the
 * tools that split pages are leaving Debian, so the page is copied into a TIFF of its own, strips as they are; nothing
 * is decoded here. All offsets come from a stranger: each is checked against the file before it is followed.
 */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly compression: number;
  readonly photometric: number;
  /** EXIF orientation 1–8. */
  readonly orientation: number;
  readonly rowsPerStrip: number;
  /** Where the picture's bytes lie, as strips from the top (tiles are kept in `isTiled` pages). */
  readonly pieces: readonly { readonly offset: number; readonly sizeBytes: number }[];
  readonly isTiled: boolean;
  readonly jpegTables: Buffer | null;
  /** Directory entries to copy, without those that point at pieces. */
  readonly entries: readonly TiffEntry[];
  readonly isBigEndian: boolean;
}

interface TiffEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly bytes: Buffer;
}

export const JPEG_COMPRESSION = 7;

const TYPE_BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  16: 8,
  17: 8,
  18: 8,
};
const MAX_ENTRIES = 512;
const MAX_ENTRY_BYTES = 4 * 1024 * 1024;
const SHORT = 3;
const LONG = 4;
const TAG = {
  subfile: 254,
  width: 256,
  height: 257,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  orientation: 274,
  rowsPerStrip: 278,
  stripBytes: 279,
  tileOffsets: 324,
  tileBytes: 325,
  jpegTables: 347,
} as const;
// What points to bytes elsewhere in the file and is not needed to see the page: sub-directories, EXIF, GPS, vendors' blobs.
const LEFT_OUT = new Set<number>([
  TAG.stripOffsets,
  TAG.stripBytes,
  TAG.tileOffsets,
  TAG.tileBytes,
  330,
  513,
  514,
  34_665,
  34_853,
  40_965,
  37_724,
]);

/** Pages in order, without the small copies some scanners add. Throws `media-undecodable` when the structure is broken. */
export async function readTiffPages(path: string, maxPages: number): Promise<TiffPage[]> {
  const file = await open(path, 'r');
  try {
    const reader = await TiffReader.of(file);
    const pages: TiffPage[] = [];
    const seen = new Set<number>();
    let at = reader.firstDirectory;
    while (at !== 0 && !seen.has(at) && pages.length < maxPages && seen.size < 4 * maxPages) {
      seen.add(at);
      const { entries, next } = await reader.directory(at);
      const page = pageOf(entries, reader);
      if (page !== null) pages.push(page);
      at = next;
    }
    return pages;
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw new ArchiveError('media-undecodable', 'TIFF structure is broken', { cause: error });
  } finally {
    await file.close();
  }
}

class TiffReader {
  private constructor(
    private readonly file: FileHandle,
    readonly sizeBytes: number,
    readonly isBigEndian: boolean,
    private readonly isBig: boolean,
    readonly firstDirectory: number,
  ) {}

  static async of(file: FileHandle): Promise<TiffReader> {
    const { size } = await file.stat();
    const head = Buffer.alloc(16);
    await file.read(head, 0, 16, 0);
    const isBigEndian = head.toString('latin1', 0, 2) === 'MM';
    const isBig = number(head, 2, 2, isBigEndian) === 43;
    return new TiffReader(
      file,
      size,
      isBigEndian,
      isBig,
      isBig ? number(head, 8, 8, isBigEndian) : number(head, 4, 4, isBigEndian),
    );
  }

  async directory(at: number): Promise<{ entries: TiffEntry[]; next: number }> {
    const [countBytes, entryBytes, offsetBytes] = this.isBig ? [8, 20, 8] : [2, 12, 4];
    const count = number(await this.bytes(at, countBytes), 0, countBytes, this.isBigEndian);
    if (count > MAX_ENTRIES) throw broken(`${count} entries in a directory`);
    const table = await this.bytes(at + countBytes, count * entryBytes + offsetBytes);
    const entries: TiffEntry[] = [];
    for (let i = 0; i < count; i++) {
      const entry = await this.entry(table.subarray(i * entryBytes, (i + 1) * entryBytes), offsetBytes);
      if (entry !== null) entries.push(entry);
    }
    return { entries, next: number(table, count * entryBytes, offsetBytes, this.isBigEndian) };
  }

  private async entry(slot: Buffer, offsetBytes: number): Promise<TiffEntry | null> {
    const tag = number(slot, 0, 2, this.isBigEndian);
    const type = number(slot, 2, 2, this.isBigEndian);
    const count = number(slot, 4, offsetBytes, this.isBigEndian);
    const sizeBytes = (TYPE_BYTES[type] ?? 0) * count;
    if (sizeBytes === 0 || sizeBytes > MAX_ENTRY_BYTES) return null;
    const value = slot.subarray(4 + offsetBytes);
    const bytes =
      sizeBytes <= offsetBytes
        ? Buffer.from(value.subarray(0, sizeBytes))
        : await this.bytes(number(value, 0, offsetBytes, this.isBigEndian), sizeBytes);
    return { tag, type, count, bytes };
  }

  private async bytes(at: number, sizeBytes: number): Promise<Buffer> {
    if (at < 0 || at + sizeBytes > this.sizeBytes) throw broken('an offset points outside the file');
    const buffer = Buffer.alloc(sizeBytes);
    const { bytesRead } = await this.file.read(buffer, 0, sizeBytes, at);
    if (bytesRead !== sizeBytes) throw broken('the file ended early');
    return buffer;
  }
}

function pageOf(entries: readonly TiffEntry[], reader: TiffReader): TiffPage | null {
  const values = (tag: number) =>
    entryNumbers(
      entries.find((entry) => entry.tag === tag),
      reader.isBigEndian,
    );
  const first = (tag: number, otherwise: number) => values(tag)[0] ?? otherwise;
  if ((first(TAG.subfile, 0) & 1) === 1) return null;
  const isTiled = values(TAG.tileOffsets).length > 0;
  const offsets = values(isTiled ? TAG.tileOffsets : TAG.stripOffsets);
  const sizes = values(isTiled ? TAG.tileBytes : TAG.stripBytes);
  const pieces = offsets.map((offset, i) => ({ offset, sizeBytes: sizes[i] ?? reader.sizeBytes - offset }));
  const width = first(TAG.width, 0);
  const height = first(TAG.height, 0);
  if (width === 0 || height === 0 || pieces.length === 0) throw broken('a page without size or content');
  if (pieces.some(({ offset, sizeBytes }) => sizeBytes < 0 || offset + sizeBytes > reader.sizeBytes))
    throw broken('a page beyond the end');
  return {
    width,
    height,
    compression: first(TAG.compression, 1),
    photometric: first(TAG.photometric, 0),
    orientation: first(TAG.orientation, 1),
    rowsPerStrip: Math.min(height, first(TAG.rowsPerStrip, height)),
    pieces,
    isTiled,
    jpegTables: entries.find((entry) => entry.tag === TAG.jpegTables)?.bytes ?? null,
    entries: entries.filter((entry) => !LEFT_OUT.has(entry.tag)),
    isBigEndian: reader.isBigEndian,
  };
}

/** Writes one page as a classic TIFF: pieces, then values, then the directory. At most `maxBytes`, else `media-limit`. */
export async function writeTiffPage(path: string, page: TiffPage, outPath: string, maxBytes: number): Promise<void> {
  const total = page.pieces.reduce((sum, piece) => sum + piece.sizeBytes, 0);
  if (total > maxBytes)
    throw new ArchiveError('media-limit', `TIFF page of ${total} bytes`, { details: { limitBytes: maxBytes } });
  const source = await open(path, 'r');
  const target = await open(outPath, 'w', 0o644);
  try {
    let at = 8;
    const placed: number[] = [];
    for (const piece of page.pieces) {
      placed.push(at);
      const bytes = Buffer.alloc(piece.sizeBytes);
      await source.read(bytes, 0, piece.sizeBytes, piece.offset);
      await target.write(bytes, 0, bytes.length, at);
      at += piece.sizeBytes + (piece.sizeBytes % 2);
    }
    const directory = directoryBytes(page, placed, at);
    await target.write(directory, 0, directory.length, at);
    const directoryAt = at + valuesBytes(page, placed);
    const head = Buffer.from(page.isBigEndian ? 'MM\0*\0\0\0\0' : 'II*\0\0\0\0\0', 'latin1');
    put(head, directoryAt, 4, 4, page.isBigEndian);
    await target.write(head, 0, 8, 0);
  } finally {
    await source.close();
    await target.close();
  }
}

function pageEntries(page: TiffPage, placed: readonly number[]): TiffEntry[] {
  const longs = (tag: number, values: readonly number[]): TiffEntry => {
    const bytes = Buffer.alloc(values.length * 4);
    values.forEach((value, i) => {
      put(bytes, value, i * 4, 4, page.isBigEndian);
    });
    return { tag, type: LONG, count: values.length, bytes };
  };
  const sizes = page.pieces.map((piece) => piece.sizeBytes);
  const pointers = [
    longs(page.isTiled ? TAG.tileOffsets : TAG.stripOffsets, placed),
    longs(page.isTiled ? TAG.tileBytes : TAG.stripBytes, sizes),
  ];
  return [...page.entries, ...pointers].sort((a, b) => a.tag - b.tag);
}

function valuesBytes(page: TiffPage, placed: readonly number[]): number {
  return pageEntries(page, placed).reduce(
    (sum, entry) => sum + (entry.bytes.length > 4 ? entry.bytes.length + (entry.bytes.length % 2) : 0),
    0,
  );
}

/** Values that do not fit their entry, then the directory; to be written at `at`. */
function directoryBytes(page: TiffPage, placed: readonly number[], at: number): Buffer {
  const entries = pageEntries(page, placed);
  const table = Buffer.alloc(2 + entries.length * 12 + 4);
  put(table, entries.length, 0, 2, page.isBigEndian);
  const values: Buffer[] = [];
  let valueAt = at;
  entries.forEach((entry, i) => {
    const slot = 2 + i * 12;
    put(table, entry.tag, slot, 2, page.isBigEndian);
    put(table, entry.type, slot + 2, 2, page.isBigEndian);
    put(table, entry.count, slot + 4, 4, page.isBigEndian);
    if (entry.bytes.length <= 4) {
      entry.bytes.copy(table, slot + 8);
      return;
    }
    put(table, valueAt, slot + 8, 4, page.isBigEndian);
    const padded = entry.bytes.length % 2 === 0 ? entry.bytes : Buffer.concat([entry.bytes, Buffer.alloc(1)]);
    values.push(padded);
    valueAt += padded.length;
  });
  return Buffer.concat([...values, table]);
}

function entryNumbers(entry: TiffEntry | undefined, isBigEndian: boolean): number[] {
  if (entry === undefined) return [];
  const step = entry.type === SHORT ? 2 : entry.type === LONG ? 4 : entry.type === 16 ? 8 : 1;
  return Array.from({ length: Math.floor(entry.bytes.length / step) }, (_, i) =>
    number(entry.bytes, i * step, step, isBigEndian),
  );
}

function number(bytes: Buffer, at: number, size: number, isBigEndian: boolean): number {
  if (size < 8) return isBigEndian ? bytes.readUIntBE(at, size) : bytes.readUIntLE(at, size);
  const value = Number(isBigEndian ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at));
  if (!Number.isSafeInteger(value)) throw broken('a number beyond reason');
  return value;
}

function put(bytes: Buffer, value: number, at: number, size: number, isBigEndian: boolean): void {
  if (isBigEndian) bytes.writeUIntBE(value, at, size);
  else bytes.writeUIntLE(value, at, size);
}

function broken(message: string): ArchiveError {
  return new ArchiveError('media-undecodable', `TIFF: ${message}`);
}
