import { pathProblem } from '../bag/bag-path.js';
import { DossierError } from '../dossier-error.js';
import { type Crc32Of, crc32Of } from './crc32.js';
import { directoryBytes, localHeader, type Written } from './write-zip.js';
import { ambiguous, malformed, quoted } from './zip-directory.js';
import { FLAG, LENGTH, MAX_32, RecordReader, SIGNATURE, STORE } from './zip-records.js';

/** Where one file goes. */
export interface FilePlace {
  /** How many of its first bytes are there from an earlier try, and their CRC: they need not come again. */
  readonly had: { readonly sizeBytes: number; readonly crc32: number };
  /** The bytes are the caller's again when it resolves, or at once. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** After the last byte, before it is known whether the CRC is right. */
  end(): Promise<void>;
}

export interface FilePlaces {
  /** @param path safe, in the folder that all of the zip file is in */
  open(path: string, sizeBytes: number): Promise<FilePlace>;
}

interface ArrivingFile {
  readonly path: string;
  readonly place: FilePlace;
  readonly crc32: number;
  crc: number;
  left: number;
}

/**
 * Takes a zip file of a dossier apart while it comes, so that it never lies anywhere as a whole. Only the very bytes that
 * `ZipLayout` gives are taken: headers are compared with those written anew from what they say, and the directory with the
 * one that follows from the headers. So nothing is put anywhere that another reader would see differently.
 *
 * Content is written as it comes and its CRC known at its end, so the files are whole when `isWhole` says so, not before.
 */
export class ArrivingZip {
  readonly #places: FilePlaces;
  readonly #top: string;
  readonly #crc32: Crc32Of;
  readonly #written: Written[] = [];
  readonly #paths = new Set<string>();
  #gathered: Uint8Array = new Uint8Array(0);
  #file: ArrivingFile | null = null;
  #directory: ExpectedBytes | null = null;
  #at = 0;

  /** @param top the one folder in it, `/` at its end */
  constructor(places: FilePlaces, top: string, crc32: Crc32Of = crc32Of) {
    this.#places = places;
    this.#top = top;
    this.#crc32 = crc32;
  }

  /** Offset of the byte that is wanted next: it jumps ahead over what is there already. */
  get at(): number {
    return this.#at;
  }

  get isWhole(): boolean {
    return this.#directory?.isAllThere ?? false;
  }

  /**
   * Takes the bytes from `at` on. What it jumps over is left out of them, as far as they reach.
   * @throws DossierError `zip-malformed`, `zip-ambiguous`, `zip-unsupported`, `path-unsafe`, `zip-content-altered`, and
   *   what the places throw: nothing more is to be given then
   */
  async take(bytes: Uint8Array): Promise<void> {
    const end = this.#at + bytes.length;
    while (this.#at < end) {
      const rest = bytes.subarray(bytes.length - (end - this.#at));
      if (this.#directory !== null) this.#takeDirectory(this.#directory, rest);
      else if (this.#file !== null) await this.#takeContent(this.#file, rest);
      else await this.#takeHeader(rest);
    }
  }

  async #takeContent(file: ArrivingFile, rest: Uint8Array): Promise<void> {
    const content = rest.subarray(0, file.left);
    file.crc = this.#crc32(content, file.crc);
    const written = file.place.write(content);
    if (written !== undefined) await written;
    file.left -= content.length;
    this.#at += content.length;
    if (file.left === 0) await this.#endFile(file);
  }

  async #endFile({ path, place, crc, crc32 }: ArrivingFile): Promise<void> {
    this.#file = null;
    await place.end();
    if (crc !== crc32)
      throw new DossierError('zip-content-altered', `${quoted(path)}: the CRC-32 is not the one recorded`);
  }

  /** A header is gathered piece by piece; how long it is says what came of it so far. */
  async #takeHeader(rest: Uint8Array): Promise<void> {
    const had = this.#gathered;
    const taken = rest.subarray(0, headerLength(had) - had.length);
    this.#gathered = Uint8Array.of(...had, ...taken);
    this.#at += taken.length;
    if (!isHeader(this.#gathered)) this.#beginDirectory();
    else if (this.#gathered.length === headerLength(this.#gathered)) await this.#begin(this.#gathered);
  }

  async #begin(header: Uint8Array): Promise<void> {
    this.#gathered = new Uint8Array(0);
    const written = readHeader(header, this.#at - header.length);
    const path = this.#pathOf(written.name);
    const { sizeBytes, crc32 } = written;
    this.#written.push(written);
    const place = await this.#places.open(path, sizeBytes);
    const { had } = place;
    this.#at += had.sizeBytes;
    const file = { path, place, crc32, crc: had.crc32, left: sizeBytes - had.sizeBytes };
    this.#file = file;
    if (file.left === 0) await this.#endFile(file);
  }

  #pathOf(name: Uint8Array): string {
    const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(name);
    const problem = whole.startsWith(this.#top) ? pathProblem(whole) : 'is not in the one folder';
    if (problem !== null) throw new DossierError('path-unsafe', `${quoted(whole)} ${problem}`);
    const path = whole.slice(this.#top.length);
    if (this.#paths.has(path)) throw ambiguous(`${quoted(path)} is there twice`);
    this.#paths.add(path);
    return path;
  }

  /** What was gathered is the beginning of it. */
  #beginDirectory(): void {
    const begun = this.#gathered;
    const start = this.#at - begun.length;
    this.#gathered = new Uint8Array(0);
    this.#directory = new ExpectedBytes(directoryBytes(this.#written, start));
    this.#directory.compare(begun);
  }

  #takeDirectory(directory: ExpectedBytes, rest: Uint8Array): void {
    directory.compare(rest);
    this.#at += rest.length;
  }
}

/** Bytes that are known before they come, piece by piece. */
class ExpectedBytes {
  readonly #records: Iterator<Uint8Array>;
  #expected: Uint8Array | null;

  constructor(records: Iterator<Uint8Array>) {
    this.#records = records;
    this.#expected = this.#next();
  }

  get isAllThere(): boolean {
    return this.#expected === null;
  }

  compare(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#expected === null) throw ambiguous('bytes follow the end of the directory');
      const length = Math.min(this.#expected.length, bytes.length - at);
      if (!isSame(bytes.subarray(at, at + length), this.#expected.subarray(0, length)))
        throw ambiguous('the directory is not the one that follows from the entries');
      this.#expected = this.#expected.subarray(length);
      if (this.#expected.length === 0) this.#expected = this.#next();
      at += length;
    }
  }

  #next(): Uint8Array | null {
    const { done, value } = this.#records.next();
    return done === true ? null : value;
  }
}

function isHeader(gathered: Uint8Array): boolean {
  return gathered.length < SIGNATURE_BYTES || new RecordReader(gathered).u32() === SIGNATURE.local;
}

const SIGNATURE_BYTES = 4;

/** As far as what came of it tells. */
function headerLength(gathered: Uint8Array): number {
  if (gathered.length < SIGNATURE_BYTES) return SIGNATURE_BYTES;
  if (gathered.length < LENGTH.local) return LENGTH.local;
  const lengths = new RecordReader(gathered.subarray(26));
  return LENGTH.local + lengths.u16() + lengths.u16();
}

/** @throws DossierError unless it is, byte by byte, the header that we write */
function readHeader(header: Uint8Array, offset: number): Written {
  const record = new RecordReader(header);
  record.u32();
  record.u16();
  const flags = record.u16();
  if (record.u16() !== STORE || flags !== FLAG.utf8)
    throw new DossierError(
      'zip-unsupported',
      `the entry at ${offset} is compressed, encrypted, or has its CRC after it`,
    );
  const [time, date, crc32, size] = [record.u16(), record.u16(), record.u32(), record.u32()];
  record.u32();
  const lengths = { name: record.u16(), extra: record.u16() };
  const name = record.raw(lengths.name);
  const extra = new RecordReader(record.raw(lengths.extra));
  let sizeBytes = size;
  if (size === MAX_32) {
    if (lengths.extra !== ZIP64_EXTRA_BYTES) throw malformed(`the entry at ${offset} has no size`);
    extra.u32();
    sizeBytes = extra.u64();
  }
  const written = { name, flags, time, date, sizeBytes, offset, crc32 };
  if (!Number.isSafeInteger(sizeBytes) || !isSame(header, localHeader(written)))
    throw ambiguous(`the header at ${offset} is not spelled as dossiers are`);
  return written;
}

const ZIP64_EXTRA_BYTES = 20;

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
