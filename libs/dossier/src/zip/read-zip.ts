import type { BagFile, BagFiles } from '../bag/bag-files.js';
import { DossierError } from '../dossier-error.js';
import { type Crc32Of, crc32Of } from './crc32.js';
import {
  ambiguous,
  type CentralEntry,
  findDirectory,
  malformed,
  quoted,
  readDirectory,
  zip64Field,
} from './zip-directory.js';
import { FLAG, LENGTH, MAX_32, RecordReader, SIGNATURE, STORE } from './zip-records.js';
import { type RandomAccess, readExactly, ZipWindow } from './zip-window.js';

const CHUNK_BYTES = 1_048_576;

interface PlacedEntry extends CentralEntry {
  readonly dataAt: number;
}

/**
 * Opens a zip file of stored entries for reading in any order, and refuses whatever two readers could read differently:
 * every byte of the file must belong to exactly one entry or record, in the order of offsets, and local headers must
 * say what the directory says. Only then is "the files of this dossier" the same for everyone.
 *
 * @throws DossierError with the reason (`zip-…`, `path-unsafe`); what `source.read` throws passes through
 */
export async function openZip(source: RandomAccess, crc32: Crc32Of = crc32Of): Promise<ZipFiles> {
  const window = new ZipWindow(source);
  const place = await findDirectory(window);
  const entries = await readDirectory(window, place);
  const placed: PlacedEntry[] = [];
  let at = 0;
  const byOffset = [...entries].sort((a, b) => a.offset - b.offset);
  for (const [i, entry] of byOffset.entries()) {
    const next = byOffset[i + 1]?.offset ?? place.start;
    if (entry.offset !== at) throw ambiguous(`${quoted(entry.path)} does not begin where the one before ends`);
    placed.push({ ...entry, dataAt: await checkEntry(window, entry, next) });
    at = next;
  }
  if (at !== place.start) throw ambiguous('bytes belong to no entry');
  return new ZipFiles(source, placed, crc32);
}

/** The files of a zip file, as a bag is read; folders are left out. */
export class ZipFiles implements BagFiles {
  readonly #source: RandomAccess;
  readonly #entries: ReadonlyMap<string, PlacedEntry>;
  readonly #crc32: Crc32Of;

  /** Made by `openZip`, which has checked the entries. */
  constructor(source: RandomAccess, entries: readonly PlacedEntry[], crc32: Crc32Of) {
    this.#source = source;
    this.#crc32 = crc32;
    this.#entries = new Map(entries.map((entry) => [entry.path, entry]));
  }

  async *list(): AsyncGenerator<BagFile> {
    for (const { path, sizeBytes, kind } of this.#entries.values())
      if (kind !== 'folder') yield { path, sizeBytes, kind };
  }

  /** @throws DossierError `entry-missing`; `zip-content-altered` after the last byte, when the CRC is another */
  async *read(path: string): AsyncGenerator<Uint8Array> {
    const entry = this.#entries.get(path);
    if (entry === undefined) throw new DossierError('entry-missing', `${quoted(path)} is not in the zip file`);
    let crc = 0;
    for (let at = 0; at < entry.sizeBytes; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, entry.sizeBytes - at);
      const chunk = await readExactly(this.#source, entry.dataAt + at, length);
      crc = this.#crc32(chunk, crc);
      yield chunk;
    }
    if (crc !== entry.crc32) throw new DossierError('zip-content-altered', 'the CRC-32 is not the one recorded');
  }
}

/**
 * Compares the local header and descriptor with the directory, and that the entry fills the room up to `end`.
 * @returns where its content begins
 */
async function checkEntry(window: ZipWindow, entry: CentralEntry, end: number): Promise<number> {
  const { offset, path, flags, sizeBytes } = entry;
  if (offset + LENGTH.local > end) throw ambiguous(`${quoted(path)} overlaps another`);
  const header = new RecordReader(await window.read(offset, LENGTH.local));
  const differs = (what: string): DossierError => ambiguous(`${quoted(path)}: header and directory differ in ${what}`);
  if (header.u32() !== SIGNATURE.local) throw malformed(`no entry at ${offset}`);
  header.u16();
  if (header.u16() !== flags) throw differs('flags');
  if (header.u16() !== STORE) throw differs('method');
  if (header.u16() !== entry.time || header.u16() !== entry.date) throw differs('time');
  const crc32 = header.u32();
  const sizes = [header.u32(), header.u32()] as const;
  const nameLength = header.u16();
  const variable = nameLength + header.u16();
  const dataAt = offset + LENGTH.local + variable;
  if (dataAt + sizeBytes > end) throw ambiguous(`${quoted(path)} overlaps another`);
  const rest = await window.read(offset + LENGTH.local, variable);
  const name = rest.subarray(0, nameLength);
  if (name.length !== entry.name.length || name.some((byte, i) => byte !== entry.name[i])) throw differs('name');
  const large = zip64Sizes(path, rest.subarray(nameLength), sizes);
  const isLater = (flags & FLAG.descriptor) !== 0;
  // With a descriptor the header may leave both open (APPNOTE 4.4.4); it must not say something else.
  const fits = (value: number, known: number): boolean => value === known || (isLater && value === 0);
  if (!fits(crc32, entry.crc32)) throw differs('CRC');
  if (!(large ?? sizes).every((size) => fits(size, sizeBytes))) throw differs('size');
  await checkDescriptor(window, entry, dataAt + sizeBytes, end, large !== null);
  return dataAt;
}

function zip64Sizes(
  path: string,
  extra: Uint8Array,
  sizes: readonly [number, number],
): readonly [number, number] | null {
  const field = zip64Field(path, extra);
  if (field === null) return null;
  // In a local header the field holds both sizes or is not there (APPNOTE 4.5.3).
  if (field.length !== 16) throw malformed(`${quoted(path)}: a zip64 field of ${field.length} bytes`);
  if (sizes.some((size) => size !== MAX_32)) throw ambiguous(`${quoted(path)}: sizes in the header and a zip64 field`);
  const reader = new RecordReader(field);
  return [reader.u64(), reader.u64()];
}

/** What lies between the content and the next entry: nothing, or one descriptor that says what the directory says. */
async function checkDescriptor(
  window: ZipWindow,
  { path, flags, crc32, sizeBytes }: CentralEntry,
  at: number,
  end: number,
  isLarge: boolean,
): Promise<void> {
  const hasDescriptor = (flags & FLAG.descriptor) !== 0;
  const bare = isLarge ? 20 : 12;
  const length = end - at;
  const lengths = hasDescriptor ? [bare, bare + 4] : [0];
  if (!lengths.includes(length)) throw ambiguous(`${length} bytes after ${quoted(path)} belong to no entry`);
  if (!hasDescriptor) return;
  const reader = new RecordReader(await window.read(at, length));
  const isRight =
    (length === bare || reader.u32() === SIGNATURE.descriptor) &&
    reader.u32() === crc32 &&
    (isLarge ? reader.u64() : reader.u32()) === sizeBytes &&
    (isLarge ? reader.u64() : reader.u32()) === sizeBytes;
  if (!isRight) throw ambiguous(`${quoted(path)}: descriptor and directory differ`);
}
