import { DossierError } from '../dossier-error.js';

/** Any part of a file can be read: `File.slice` in a browser, a file handle in Node. */
export interface RandomAccess {
  readonly sizeBytes: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

const WINDOW_BYTES = 65_536;

/** Reads ahead, so that many small records do not each cost a call; the directory of 100,000 files is some 150 calls. */
export class ZipWindow {
  readonly #source: RandomAccess;
  #start = 0;
  #bytes = new Uint8Array(0);

  constructor(source: RandomAccess) {
    this.#source = source;
  }

  get sizeBytes(): number {
    return this.#source.sizeBytes;
  }

  /** @throws DossierError `zip-truncated` when the bytes are not there */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset < this.#start || offset + length > this.#start + this.#bytes.length) {
      const ahead = Math.min(Math.max(length, WINDOW_BYTES), this.sizeBytes - offset);
      this.#bytes = new Uint8Array(await readExactly(this.#source, offset, Math.max(length, ahead)));
      this.#start = offset;
    }
    return this.#bytes.subarray(offset - this.#start, offset - this.#start + length);
  }
}

/** @throws DossierError `zip-truncated` for a place outside the file, or when fewer bytes come than are asked for */
export async function readExactly(source: RandomAccess, offset: number, length: number): Promise<Uint8Array> {
  if (!(offset >= 0 && length >= 0 && offset + length <= source.sizeBytes))
    throw new DossierError('zip-truncated', `bytes ${offset} to ${offset + length} of ${source.sizeBytes}`);
  const bytes = await source.read(offset, length);
  if (bytes.length !== length) throw new DossierError('zip-truncated', `${bytes.length} of ${length} bytes read`);
  return bytes;
}
