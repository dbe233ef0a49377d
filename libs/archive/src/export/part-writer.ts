import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { keys, type ObjectStore } from '#object-store';
import type { PlannedFile } from './dossier-plan.js';

const FLUSH_BYTES = 1_048_576;

/** Writes the files that are made for a dossier into the media area, and knows what each hashes to. */
export class PartWriter {
  readonly #store: ObjectStore;
  readonly #dossierId: string;
  readonly #dir: string;
  /** All so far, in the order they were added: each has its key by its number. */
  readonly files: PlannedFile[] = [];
  #number = 0;

  private constructor(store: ObjectStore, dossierId: string, dir: string) {
    this.#store = store;
    this.#dossierId = dossierId;
    this.#dir = dir;
  }

  /** Lists of events may be large: they pass through a file in `scratchDir`, which is gone afterwards. */
  static async with<T>(
    store: ObjectStore,
    { dossierId, scratchDir }: { readonly dossierId: string; readonly scratchDir: string },
    write: (writer: PartWriter) => Promise<T>,
  ): Promise<T> {
    await mkdir(scratchDir, { recursive: true });
    const dir = await mkdtemp(join(scratchDir, 'dossier-'));
    try {
      return await write(new PartWriter(store, dossierId, dir));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  async add(path: string, content: string | Uint8Array): Promise<PlannedFile> {
    const digests = new PartDigests();
    const bytes = Buffer.from(content as string);
    digests.update(bytes);
    return await this.#keep(path, digests, bytes);
  }

  /** Several files at once, as the lists of events and proofs are written line beside line. */
  async addTogether(paths: readonly string[], pieces: AsyncIterable<readonly string[]>): Promise<void> {
    const drafts = await Promise.all(paths.map((path) => PartDraft.open(path, join(this.#dir, `${this.#number++}`))));
    try {
      for await (const texts of pieces) for (const [i, text] of texts.entries()) await drafts[i]?.write(text);
      for (const draft of drafts) {
        await draft.end();
        await this.#keep(draft.path, draft.digests, createReadStream(draft.file));
      }
    } finally {
      for (const draft of drafts) await draft.close();
    }
  }

  async #keep(
    path: string,
    digests: PartDigests,
    source: Buffer | ReturnType<typeof createReadStream>,
  ): Promise<PlannedFile> {
    const key = keys.dossierFile(this.#dossierId, this.files.length);
    const object = await this.#store.put('media', key, source, digests.sizeBytes);
    const file = { path, object, ...digests.done() };
    this.files.push(file);
    return file;
  }
}

class PartDigests {
  readonly #sha256: Hash = createHash('sha256');
  readonly #sm3: Hash = createHash('sm3');
  #crc32 = 0;
  sizeBytes = 0;

  update(bytes: Buffer): void {
    this.#sha256.update(bytes);
    this.#sm3.update(bytes);
    this.#crc32 = crc32(bytes, this.#crc32);
    this.sizeBytes += bytes.length;
  }

  done(): { sizeBytes: number; sha256: string; sm3: string; crc32: number } {
    const [sha256, sm3] = [this.#sha256.digest('hex'), this.#sm3.digest('hex')];
    return { sizeBytes: this.sizeBytes, sha256, sm3, crc32: this.#crc32 };
  }
}

class PartDraft {
  readonly digests = new PartDigests();
  readonly path: string;
  readonly file: string;
  readonly #handle: Awaited<ReturnType<typeof open>>;
  #waiting: string[] = [];
  #waitingLength = 0;
  #isOpen = true;

  private constructor(path: string, file: string, handle: Awaited<ReturnType<typeof open>>) {
    this.path = path;
    this.file = file;
    this.#handle = handle;
  }

  static async open(path: string, file: string): Promise<PartDraft> {
    return new PartDraft(path, file, await open(file, 'wx'));
  }

  async write(text: string): Promise<void> {
    this.#waiting.push(text);
    this.#waitingLength += text.length;
    if (this.#waitingLength >= FLUSH_BYTES) await this.#flush();
  }

  async end(): Promise<void> {
    await this.#flush();
    await this.close();
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#waiting.join(''));
    [this.#waiting, this.#waitingLength] = [[], 0];
    this.digests.update(bytes);
    await this.#handle.writeFile(bytes);
  }
}
