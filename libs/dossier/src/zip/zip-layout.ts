import { pathProblem } from '../bag/bag-path.js';
import { DossierError } from '../dossier-error.js';
import { directoryBytes, localHeader, planEntry, type Written, type ZipInput } from './write-zip.js';

/** A file whose content is known to the last byte before the first is sent. */
export type PlannedEntry = Omit<ZipInput, 'content'> & { readonly crc32: number };

/** A run of bytes of a zip file: given, or to be had from the content of an entry (`from` up to, without, `to`). */
export type ZipPiece =
  | { readonly bytes: Uint8Array }
  | { readonly entry: number; readonly from: number; readonly to: number };

/**
 * The zip file that `writeZip` makes of the same entries, laid out beforehand: its size is known, and any range of it
 * can be given without the bytes before. Memory is some 200 bytes an entry.
 */
export class ZipLayout {
  readonly sizeBytes: number;
  readonly #entries: readonly Written[];
  readonly #directoryAt: number;

  /** @throws DossierError `path-unsafe` (also for a path that comes twice), `content-differs` for what is no size */
  constructor(entries: Iterable<PlannedEntry>) {
    const planned: Written[] = [];
    const paths = new Set<string>();
    let offset = 0;
    for (const entry of entries) {
      const problem = pathProblem(entry.path) ?? (paths.has(entry.path) ? 'comes twice' : null);
      if (problem !== null) throw new DossierError('path-unsafe', `${JSON.stringify(entry.path)} ${problem}`);
      paths.add(entry.path);
      const written = planEntry(entry, offset);
      planned.push(written);
      offset += localHeader(written).length + entry.sizeBytes;
    }
    this.#entries = planned;
    this.#directoryAt = offset;
    let sizeBytes = offset;
    for (const record of directoryBytes(planned, offset)) sizeBytes += record.length;
    this.sizeBytes = sizeBytes;
  }

  /** The bytes from `start` up to, without, `end`, piece by piece. */
  *pieces(start = 0, end = this.sizeBytes): Generator<ZipPiece> {
    for (let i = this.#entryAt(start); i < this.#entries.length; i++) {
      const written = this.#entries[i] as Written;
      if (written.offset >= end) return;
      const header = localHeader(written);
      yield* within(header, written.offset, { start, end });
      const dataAt = written.offset + header.length;
      const from = Math.max(start - dataAt, 0);
      const to = Math.min(end - dataAt, written.sizeBytes);
      if (from < to) yield { entry: i, from, to };
    }
    let at = this.#directoryAt;
    for (const record of directoryBytes(this.#entries, this.#directoryAt)) {
      if (at >= end) return;
      yield* within(record, at, { start, end });
      at += record.length;
    }
  }

  /** The entry that the byte belongs to; their number when it is of the directory. */
  #entryAt(offset: number): number {
    if (offset >= this.#directoryAt) return this.#entries.length;
    let [low, high] = [0, this.#entries.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#entries[middle] as Written).offset <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function* within(bytes: Uint8Array, at: number, range: { start: number; end: number }): Generator<ZipPiece> {
  const from = Math.max(range.start - at, 0);
  const to = Math.min(range.end - at, bytes.length);
  if (from < to) yield { bytes: bytes.subarray(from, to) };
}
