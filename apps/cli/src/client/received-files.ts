import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ArrivingZip, type FilePlace, type FilePlaces } from '#dossier';
import type { Receiver } from './download.js';

/** What is written at once. The memory is used again and again: taking fresh pages costs more than the copy. */
const PIECE_BYTES = 4_194_304;
/** What direct writes must be aligned to, in the file and in memory; on no disk in use is it more. */
const PAGE_BYTES = 4096;
/** Fewer bytes of an earlier try come again sooner than they are asked around. */
const WORTH_KEEPING_BYTES = 8_388_608;

/** Bytes into one file, after those it has. */
export class ReceivedFile implements Receiver {
  readonly #file: WrittenFile;
  #at: number;

  private constructor(file: WrittenFile, at: number) {
    this.#file = file;
    this.#at = at;
  }

  static async open(path: string): Promise<ReceivedFile> {
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    return new ReceivedFile(await WrittenFile.open(path, size), size);
  }

  get at(): number {
    return this.#at;
  }

  async take(bytes: Uint8Array): Promise<void> {
    await this.#file.write(bytes);
    this.#at += bytes.length;
  }

  /** What came is in the file, also when it was cut. */
  async close(): Promise<void> {
    await this.#file.close();
  }
}

/**
 * The files of a dossier's zip file into a folder, checked as they come; the zip file itself is nowhere. Run again over a
 * folder that was begun, large files go on where they were, after what is there was read for its CRC.
 */
export class ReceivedFolder implements Receiver {
  readonly #zip: ArrivingZip;
  readonly #places: FolderPlaces;

  /** @param top name of the one folder in the zip file */
  constructor(folder: string, top: string) {
    this.#places = new FolderPlaces(folder);
    this.#zip = new ArrivingZip(this.#places, `${top}/`, crc32);
  }

  get at(): number {
    return this.#zip.at;
  }

  /** All files are there, and the directory of the zip file says so. */
  get isWhole(): boolean {
    return this.#zip.isWhole;
  }

  /** @throws DossierError when it is not the zip file of a dossier */
  async take(bytes: Uint8Array): Promise<void> {
    await this.#zip.take(bytes);
  }

  async close(): Promise<void> {
    await this.#places.close();
  }
}

class FolderPlaces implements FilePlaces {
  readonly #folder: string;
  readonly #made = new Set<string>();
  #open: WrittenFile | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(path: string, sizeBytes: number): Promise<FilePlace> {
    const full = join(this.#folder, ...path.split('/'));
    const parent = dirname(full);
    if (!this.#made.has(parent)) await mkdir(parent, { recursive: true });
    this.#made.add(parent);
    const had = await keptOf(full, sizeBytes);
    const file = await WrittenFile.open(full, had.sizeBytes);
    this.#open = file;
    return {
      had,
      write: (bytes) => file.write(bytes),
      end: async () => {
        this.#open = null;
        await file.close();
      },
    };
  }

  async close(): Promise<void> {
    await this.#open?.close();
  }
}

/** What an earlier try has left of a file, as far as it is worth keeping. */
async function keptOf(path: string, wantedBytes: number): Promise<FilePlace['had']> {
  const nothing = { sizeBytes: 0, crc32: 0 };
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size < WORTH_KEEPING_BYTES || size > wantedBytes) return nothing;
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    let crc = 0;
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, at);
      if (bytesRead === 0) return nothing;
      crc = crc32(piece.subarray(0, bytesRead), crc);
      at += bytesRead;
    }
    return { sizeBytes: size, crc32: crc };
  } finally {
    await file.close();
  }
}

/**
 * Gathers what comes and writes it piece by piece, one piece while the next one comes. Whole pieces go past the page cache
 * (O_DIRECT) where that is allowed: filling fresh pages with recordings costs more than all else here.
 */
class WrittenFile {
  readonly #handle: FileHandle;
  #direct: FileHandle | null;
  #at: number;
  #filling = newPiece();
  #spare = newPiece();
  #filled = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(handle: FileHandle, direct: FileHandle | null, at: number) {
    this.#handle = handle;
    this.#direct = direct;
    this.#at = at;
  }

  /** Made where it is not there, and cut off at `at`. */
  static async open(path: string, at: number): Promise<WrittenFile> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
    const handle = await open(path, flags, 0o644);
    try {
      await handle.truncate(at);
      return new WrittenFile(handle, at % PAGE_BYTES === 0 ? await openDirect(handle) : null, at);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** A promise only when what came before is still being written. @throws of the disk, also later */
  write(bytes: Uint8Array): void | Promise<void> {
    const room = PIECE_BYTES - this.#filled;
    if (bytes.length < room) {
      this.#filling.set(bytes, this.#filled);
      this.#filled += bytes.length;
      return;
    }
    this.#filling.set(bytes.subarray(0, room), this.#filled);
    this.#filled = PIECE_BYTES;
    return this.#flush().then(() => this.write(bytes.subarray(room)));
  }

  async close(): Promise<void> {
    try {
      await this.#flush();
      await this.#writing;
    } finally {
      await this.#direct?.close();
      await this.#handle.close();
    }
  }

  /** Waits for the piece before, and not for this one. */
  async #flush(): Promise<void> {
    await this.#writing;
    const [piece, length, at] = [this.#filling, this.#filled, this.#at];
    [this.#filling, this.#spare] = [this.#spare, this.#filling];
    this.#filled = 0;
    this.#at += length;
    this.#writing = this.#writePiece(piece.subarray(0, length), at);
    // Whoever waits for it is told.
    this.#writing.catch(() => undefined);
  }

  async #writePiece(piece: Buffer, at: number): Promise<void> {
    if (this.#direct !== null && piece.length === PIECE_BYTES) {
      try {
        return await writeAll(this.#direct, piece, at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
        await this.#direct.close();
        this.#direct = null;
      }
    }
    await writeAll(this.#handle, piece, at);
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

/** The same file opened once more, by its descriptor; Linux alone has both. */
async function openDirect(handle: FileHandle): Promise<FileHandle | null> {
  if (process.platform !== 'linux') return null;
  return await open(`/proc/self/fd/${handle.fd}`, constants.O_WRONLY | constants.O_DIRECT).catch(() => null);
}

/** Memory that could grow begins on a page, as direct writes ask; other memory does not. */
function newPiece(): Buffer {
  const shared: SharedArrayBuffer = Reflect.construct(SharedArrayBuffer, [PIECE_BYTES, { maxByteLength: PIECE_BYTES }]);
  return Buffer.from(shared);
}
