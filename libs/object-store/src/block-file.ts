import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf, writeAt } from './disk.js';

/** What direct writes must be aligned to, in the file and in memory; on no disk in use is it more. */
const ALIGNMENT_BYTES = 4096;

/**
 * A file received in blocks. Whole blocks go past the page cache (O_DIRECT) where kernel, file system and memory allow
 * it: a recording is not read again soon, and copying it into cache pages costs more than all else the disk side does,
 * pushes out what is in use, and leaves the last fdatasync with everything still to write. Short ends, and everything
 * where direct writes are refused (tmpfs, buffers that do not begin on a page), go through the cache as usual.
 */
export class BlockFile {
  readonly #file: FileHandle;
  readonly #direct: FileHandle | null;

  private constructor(file: FileHandle, direct: FileHandle | null) {
    this.#file = file;
    this.#direct = direct;
  }

  /** @param file open for writing; closed with this one */
  static async over(file: FileHandle): Promise<BlockFile> {
    return new BlockFile(file, await openDirect(file));
  }

  async write(bytes: Buffer, offset: number): Promise<void> {
    const isAligned = bytes.length % ALIGNMENT_BYTES === 0 && offset % ALIGNMENT_BYTES === 0;
    if (this.#direct !== null && isAligned) {
      try {
        return await writeAt(this.#direct, bytes, offset);
      } catch (error) {
        if (errnoOf(error) !== 'EINVAL') throw error;
      }
    }
    await writeAt(this.#file, bytes, offset);
  }

  /** Covers direct writes too: the disk's own cache and the file's length and place are the file's, however written. */
  async datasync(): Promise<void> {
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#direct?.close();
    await this.#file.close();
  }
}

/** The same file opened once more, by its descriptor: a path could name another by now. */
async function openDirect(file: FileHandle): Promise<FileHandle | null> {
  // Linux alone has both.
  if (process.platform !== 'linux') return null;
  return open(`/proc/self/fd/${file.fd}`, constants.O_WRONLY | constants.O_DIRECT).catch(() => null);
}
