import { type BagFile, type BagFiles, bagInside, openZip, type RandomAccess } from '#dossier';

const CHUNK_BYTES = 4_194_304;
const READ_AHEAD = 4;

export interface ChosenDossier {
  readonly name: string;
  readonly files: BagFiles;
}

/** A folder as its files came from the browser: each with its path below the folder that was chosen. */
export class ChosenFiles implements BagFiles {
  readonly #files: ReadonlyMap<string, File>;

  constructor(files: ReadonlyMap<string, File>) {
    this.#files = files;
  }

  async *list(): AsyncGenerator<BagFile> {
    for (const [path, { size }] of this.#files) yield { path, sizeBytes: size, kind: 'file' };
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    const file = this.#files.get(path);
    if (file === undefined) throw new Error(`${path} was not chosen`);
    yield* chunksOf(file);
  }
}

/** Reads ahead, so that disk and hashing work at the same time; memory is four chunks, whatever the size of the file. */
export async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array> {
  const coming: Promise<ArrayBuffer>[] = [];
  let at = 0;
  const begin = (): void => {
    if (at >= blob.size) return;
    const bytes = blob.slice(at, at + CHUNK_BYTES).arrayBuffer();
    // Its turn may never come: then nobody would catch it.
    bytes.catch(() => undefined);
    coming.push(bytes);
    at += CHUNK_BYTES;
  };
  for (let n = 0; n < READ_AHEAD; n++) begin();
  for (let next = coming.shift(); next !== undefined; next = coming.shift()) {
    const chunk = new Uint8Array(await next);
    begin();
    yield chunk;
  }
}

/** A zip file where it lies; what is read in order is read ahead. */
export class BlobAccess implements RandomAccess {
  readonly #blob: Blob;
  #windows: { readonly at: number; readonly bytes: Promise<ArrayBuffer> }[] = [];

  constructor(blob: Blob) {
    this.#blob = blob;
  }

  get sizeBytes(): number {
    return this.#blob.size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const first = Math.floor(offset / CHUNK_BYTES);
    const last = Math.floor((offset + Math.max(length, 1) - 1) / CHUNK_BYTES);
    // What is larger than two windows is read for itself.
    if (last - first > 1) return new Uint8Array(await this.#blob.slice(offset, offset + length).arrayBuffer());
    const parts: Uint8Array[] = [];
    for (let n = first; n <= last; n++) {
      const bytes = new Uint8Array(await this.#window(n));
      const from = Math.max(offset - n * CHUNK_BYTES, 0);
      parts.push(bytes.subarray(from, Math.min(offset + length - n * CHUNK_BYTES, bytes.length)));
    }
    const [only, ...more] = parts;
    if (only !== undefined && more.length === 0) return only;
    return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  }

  async #window(n: number): Promise<ArrayBuffer> {
    const bytes = this.#begin(n);
    for (let ahead = n + 1; ahead < n + READ_AHEAD; ahead++)
      if (ahead * CHUNK_BYTES < this.#blob.size) this.#begin(ahead).catch(() => undefined);
    return await bytes;
  }

  #begin(n: number): Promise<ArrayBuffer> {
    const at = n * CHUNK_BYTES;
    const known = this.#windows.find((window) => window.at === at);
    if (known !== undefined) return known.bytes;
    const bytes = this.#blob.slice(at, at + CHUNK_BYTES).arrayBuffer();
    this.#windows = [...this.#windows.slice(-READ_AHEAD), { at, bytes }];
    return bytes;
  }
}

/** @throws DossierError when the zip file is none, or one that two readers could read differently */
export async function dossierInZip(file: File): Promise<ChosenDossier> {
  return { name: file.name, files: await bagInside(await openZip(new BlobAccess(file))) };
}

/** Files below one chosen folder, by paths that begin with its name. */
export function dossierInFolder(name: string, files: readonly (readonly [path: string, file: File])[]): ChosenDossier {
  return {
    name,
    files: new ChosenFiles(new Map(files.map(([path, file]) => [path.slice(path.indexOf('/') + 1), file]))),
  };
}

export async function sizeOf(files: BagFiles): Promise<{ readonly bytes: number; readonly isBag: boolean }> {
  let [bytes, isBag] = [0, false];
  for await (const { path, sizeBytes } of files.list()) {
    bytes += sizeBytes;
    isBag ||= path === 'bagit.txt';
  }
  return { bytes, isBag };
}
