import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { access, chmod, constants, open, rename, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { ArchiveError } from '#domain';
import { BLOCK_BYTES } from '#tlog';
import { BlockFile } from './block-file.js';
import { readFileBlocks } from './block-reader.js';
import { rangeWithin } from './byte-range.js';
import {
  DurableFolders,
  errnoOf,
  fromDisk,
  onDisk,
  readFileRange,
  removeFile,
  sizeOnDisk,
  syncFolder,
  walkFiles,
  writeWhole,
} from './disk.js';
import { takePlace } from './filesystem-beside.js';
import { finishFileIntake } from './filesystem-finish.js';
import { dropLeftovers, proveHardLinks, unfinishedFiles } from './filesystem-incoming.js';
import { FilesystemIntakeWriter } from './filesystem-intake-writer.js';
import { readMark, readOrLeaveMark } from './folder-mark.js';
import { endOfParts } from './intake-shape.js';
import { checkKey, checkPrefix, isKey } from './keys.js';
import type {
  Area,
  BlockReader,
  ByteRange,
  Intake,
  IntakeProgress,
  IntakeWriter,
  IntakeWriterOptions,
  ObjectStore,
  ObjectVersion,
  Retention,
  StoredObject,
  StoredPart,
  StoredTail,
} from './object-store.js';
import { chunksOf } from './source.js';

export interface FilesystemStoreConfig {
  /** Folder that holds vault/, staging/ and media/. May be moved while nothing runs: no path is stored. */
  readonly root: string;
}

const AREAS: readonly Area[] = ['vault', 'staging', 'media'];
/** Unfinished files live in here, beside the finished ones, so that a rename stays on one file system. */
const INCOMING = '.incoming';
const PART = '.part';
/** Background fdatasync every 32 MiB: shorter ones slow the disk, longer ones lengthen the last. */
const SYNC_BYTES = 32 * BLOCK_BYTES;
const UNLOCKED: Retention = { mode: 'none', until: null };

/**
 * Objects as files. Finished originals are read-only files in vault/; there is no lock, and whoever owns the disk
 * can alter them, which sealing, scrubbing and the ledger then show.
 */
export class FilesystemObjectStore implements ObjectStore {
  readonly kind = 'filesystem';
  readonly #root: string;
  readonly #folders = new DurableFolders();
  #mark: string | null = null;
  /**
   * The open writer of each upload. An open file outlives a changed mode and a rename, so a request that hangs
   * could still write into a finished original: whoever goes on, finishes or aborts closes it first.
   */
  readonly #writers = new Map<string, IntakeWriter>();

  constructor(config: FilesystemStoreConfig) {
    this.#root = resolve(config.root);
  }

  async prepare(): Promise<void> {
    await onDisk('prepare store', async () => {
      for (const area of AREAS) await this.#folders.ensure(this.#root, join(this.#root, area, INCOMING));
      await proveHardLinks(join(this.#root, 'staging', INCOMING), join(this.#root, 'vault', INCOMING));
      for (const area of AREAS) await dropLeftovers(join(this.#root, area, INCOMING));
      this.#mark = await readOrLeaveMark(this.#root);
    });
  }

  identity(): string | null {
    return this.#mark;
  }

  async check(): Promise<void> {
    await onDisk('reach store', async () => {
      for (const area of AREAS) await access(join(this.#root, area), constants.R_OK | constants.W_OK);
      if (this.#mark !== null && (await readMark(this.#root)) !== this.#mark) throw notTheSame();
    }).catch((error: unknown) => {
      throw new ArchiveError('storage-unavailable', 'the store folder cannot be reached', { cause: error });
    });
  }

  async freeBytes(): Promise<number | null> {
    const { bavail, bsize } = await onDisk('ask for free space', () => statfs(this.#root));
    return bavail * bsize;
  }

  async beginIntake(key: string, _expectedSizeBytes: number | null): Promise<Intake> {
    const incoming = this.#incomingPath(key);
    await onDisk('begin upload', async () => {
      if ((await sizeOnDisk(this.#path('vault', key))) !== null) throw exists(key);
      await this.#folders.ensure(this.#root, dirname(incoming));
      const file = await open(incoming, 'wx', 0o600);
      await file.close();
      // The name must outlive a crash before the first byte is acknowledged; nothing else syncs this folder.
      await syncFolder(dirname(incoming));
    });
    return { key, handle: '', partBlocks: 1 };
  }

  /** Overwrites from the end of the last part and cuts nothing off: a tail acknowledged before stays whole. */
  async resumeIntake(
    intake: Intake,
    parts: readonly StoredPart[],
    options: IntakeWriterOptions,
  ): Promise<IntakeWriter> {
    const offsetBytes = endOfParts(parts);
    await this.#closeWriter(intake.key);
    const file = await this.#openIncoming(intake.key, parts, offsetBytes);
    const writer = new FilesystemIntakeWriter(
      {
        file: await BlockFile.over(file),
        offsetBytes,
        nextPart: parts.length + 1,
        syncBytes: SYNC_BYTES,
        onClosed: () => this.#forgetWriter(intake.key, writer),
      },
      options,
    );
    this.#writers.set(intake.key, writer);
    return writer;
  }

  async readTail(intake: Intake, tail: StoredTail): Promise<Readable> {
    const range = { start: tail.offsetBytes, end: tail.offsetBytes + tail.sizeBytes };
    return readFileRange(this.#incomingPath(intake.key), range);
  }

  /** Nothing to drop: the tail lies in the intake file and is overwritten in place. */
  async dropTail(_intake: Intake, _tail: StoredTail): Promise<void> {}

  async finishIntake(intake: Intake, progress: IntakeProgress): Promise<StoredObject> {
    const incoming = this.#incomingPath(intake.key);
    const vault = this.#path('vault', intake.key);
    await this.#closeWriter(intake.key);
    const sizeBytes = await onDisk('finish upload', async () => {
      await this.#folders.ensure(this.#root, dirname(vault));
      return finishFileIntake({ incoming, vault }, progress);
    });
    return { area: 'vault', key: intake.key, versionId: null, sizeBytes };
  }

  async *unfinishedIntakes(before: Date): AsyncIterable<Intake> {
    const names = await onDisk('list uploads', () => unfinishedFiles(join(this.#root, 'staging', INCOMING), before));
    for (const name of names) {
      const key = name.slice(0, -PART.length).replaceAll('~', '/');
      if (isKey(key)) yield { key, handle: '', partBlocks: 1 };
    }
  }

  async abortIntake(intake: Intake, _tail: StoredTail | null): Promise<void> {
    const incoming = this.#incomingPath(intake.key);
    await this.#closeWriter(intake.key);
    await onDisk('abort upload', async () => {
      if (await removeFile(incoming)) await syncFolder(dirname(incoming));
    });
  }

  async read(object: StoredObject, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    const path = this.#pathOf(object);
    if (object.sizeBytes === 0) await this.stat(object);
    return readFileRange(path, rangeWithin(object, range), signal);
  }

  async readBlocks(object: StoredObject, signal?: AbortSignal): Promise<BlockReader> {
    return readFileBlocks(this.#pathOf(object), object.sizeBytes, signal);
  }

  async stat(object: StoredObject): Promise<{ readonly sizeBytes: number }> {
    const path = this.#pathOf(object);
    const sizeBytes = await onDisk('look at object', () => sizeOnDisk(path));
    if (sizeBytes === null) throw missing(object.key);
    return { sizeBytes };
  }

  async listVersions(area: Area, key: string): Promise<ObjectVersion[]> {
    const path = this.#path(area, key);
    const sizeBytes = await onDisk('look at object', () => sizeOnDisk(path));
    if (sizeBytes === null) return [];
    return [{ key, versionId: null, isLatest: true, isDeleteMarker: false, sizeBytes }];
  }

  async withLocalFile<T>(object: StoredObject, _scratchDir: string, use: (path: string) => Promise<T>): Promise<T> {
    await this.stat(object);
    return use(this.#pathOf(object));
  }

  async lock(object: StoredObject, _until: Date): Promise<Retention> {
    return this.retention(object);
  }

  async retention(object: StoredObject): Promise<Retention> {
    await this.stat(object);
    return UNLOCKED;
  }

  async testLock(): Promise<null> {
    return null;
  }

  /** What a crash leaves: a temporary file; a second name of what is still in its place; or all of it done. */
  async putBeside(
    key: string,
    source: Readable,
    sizeBytes: number,
    aside: (n: number) => string,
  ): Promise<StoredObject> {
    const path = this.#path('vault', key);
    const temporary = join(this.#root, 'vault', INCOMING, `${randomUUID()}.tmp`);
    const chunks = chunksOf(source);
    try {
      await onDisk('store object', () => this.#folders.ensure(this.#root, dirname(temporary)));
      await writeWhole(temporary, chunks, sizeBytes);
      await onDisk('store object', async () => {
        await chmod(temporary, 0o444);
        await this.#folders.ensure(this.#root, dirname(path));
        await takePlace({
          temporary,
          path,
          aside: (n) => this.#path('vault', aside(n)),
          ensureFolder: (folder) => this.#folders.ensure(this.#root, folder),
        });
        await syncFolder(dirname(path));
      });
    } finally {
      await removeFile(temporary).catch(() => undefined);
    }
    return { area: 'vault', key, versionId: null, sizeBytes };
  }

  async put(
    area: Exclude<Area, 'vault'>,
    key: string,
    source: Readable | Buffer,
    sizeBytes: number,
  ): Promise<StoredObject> {
    const path = this.#path(area, key);
    const temporary = join(this.#root, area, INCOMING, `${randomUUID()}.tmp`);
    const chunks = chunksOf(source);
    try {
      await onDisk('store object', async () => {
        await this.#folders.ensure(this.#root, dirname(temporary));
        await this.#folders.ensure(this.#root, dirname(path));
      });
      await writeWhole(temporary, chunks, sizeBytes);
      await onDisk('store object', async () => {
        await rename(temporary, path);
        await syncFolder(dirname(path));
      });
    } catch (error) {
      await removeFile(temporary).catch(() => undefined);
      throw error;
    }
    return { area, key, versionId: null, sizeBytes };
  }

  async remove(area: Exclude<Area, 'vault'>, key: string): Promise<void> {
    const path = this.#path(area, key);
    await onDisk('remove object', () => removeFile(path));
  }

  async *list(area: Area, prefix: string): AsyncIterable<{ readonly key: string; readonly sizeBytes: number }> {
    checkPrefix(prefix);
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    try {
      for await (const found of walkFiles(join(this.#root, area, folder), folder)) {
        if (found.key.startsWith(prefix)) yield found;
      }
    } catch (error) {
      throw error instanceof ArchiveError
        ? error
        : new ArchiveError('storage-unavailable', 'list objects', { cause: error });
    }
  }

  #path(area: Area, key: string): string {
    checkKey(key);
    return join(this.#root, area, key);
  }

  #pathOf(object: StoredObject): string {
    if (object.versionId !== null) throw missing(object.key);
    return this.#path(object.area, object.key);
  }

  /** `~` cannot occur in a key, so two keys never share a file. */
  #incomingPath(key: string): string {
    checkKey(key);
    return join(this.#root, 'staging', INCOMING, `${key.replaceAll('/', '~')}${PART}`);
  }

  async #openIncoming(key: string, parts: readonly StoredPart[], offsetBytes: number): Promise<FileHandle> {
    const file = await this.#openForWriting(key);
    try {
      const { nlink, size } = await onDisk('resume upload', () => file.stat());
      // Two names: finishIntake was cut short after the link, and this file is the finished original.
      if (nlink !== 1) throw exists(key);
      if (size < offsetBytes) throw shorterThanParts(parts, size);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async #openForWriting(key: string): Promise<FileHandle> {
    const incoming = this.#incomingPath(key);
    try {
      return await open(incoming, 'r+');
    } catch (error) {
      if ((await sizeOnDisk(this.#path('vault', key))) !== null) throw exists(key);
      if (errnoOf(error) !== 'EACCES') throw fromDisk(error, 'resume upload');
    }
    // A finishIntake that failed before the link left it read-only.
    return onDisk('resume upload', async () => {
      await chmod(incoming, 0o600);
      return open(incoming, 'r+');
    });
  }

  async #closeWriter(key: string): Promise<void> {
    await this.#writers.get(key)?.abandon();
  }

  #forgetWriter(key: string, writer: IntakeWriter): void {
    if (this.#writers.get(key) === writer) this.#writers.delete(key);
  }
}

function exists(key: string): ArchiveError {
  return new ArchiveError('object-exists', `an object or upload is already at ${key}`);
}

function notTheSame(): ArchiveError {
  return new ArchiveError('storage-unavailable', 'the store folder is not the one that was prepared: not mounted?');
}

function missing(key: string): ArchiveError {
  return new ArchiveError('object-missing', `no object at ${key}`);
}

function shorterThanParts(parts: readonly StoredPart[], sizeBytes: number): ArchiveError {
  const bad = parts.find((part) => part.offsetBytes + part.sizeBytes > sizeBytes);
  const details = { firstBadPart: bad?.number ?? parts.length + 1 };
  return new ArchiveError('conflict', `the upload file holds ${sizeBytes} bytes, fewer than recorded`, { details });
}
