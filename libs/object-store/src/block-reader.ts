import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { ArchiveError } from '#domain';
import { errnoOf, onDisk } from './disk.js';
import type { BlockReader } from './object-store.js';

/**
 * Reads a file past the page cache (O_DIRECT) where that is allowed: what comes back is what the disk holds and not
 * what memory remembers of the write, and a recording read once does not push out what is in use.
 * @throws ArchiveError `object-missing` when there is no such file
 */
export async function readFileBlocks(path: string, sizeBytes: number, signal?: AbortSignal): Promise<BlockReader> {
  const file = await onDisk('open object', () => open(path, 'r'));
  // Linux alone has it.
  const direct =
    process.platform === 'linux'
      ? await open(`/proc/self/fd/${file.fd}`, constants.O_RDONLY | constants.O_DIRECT).catch(() => null)
      : null;
  let at = 0;
  return {
    read: async (into) => {
      let filled = 0;
      const wanted = Math.min(into.length, sizeBytes - at);
      while (filled < wanted) {
        signal?.throwIfAborted();
        const room = into.subarray(filled);
        const bytesRead = await onDisk('read object', () => readAt(direct, file, room, at));
        if (bytesRead === 0) throw new ArchiveError('object-altered', `file ends at ${at}, expected ${sizeBytes}`);
        filled = Math.min(filled + bytesRead, wanted);
        at += bytesRead;
      }
      return filled;
    },
    close: async () => {
      await direct?.close();
      await file.close();
    },
  };
}

/** Direct reads must begin, in the file and in memory, on a page: after a short one the rest comes through the cache. */
async function readAt(direct: FileHandle | null, file: FileHandle, into: Buffer, at: number): Promise<number> {
  if (direct !== null) {
    try {
      return (await direct.read(into, 0, into.length, at)).bytesRead;
    } catch (error) {
      if (errnoOf(error) !== 'EINVAL') throw error;
    }
  }
  return (await file.read(into, 0, into.length, at)).bytesRead;
}

/** Blocks of a stream that ends after the right number of bytes or fails. */
export function streamBlocks(stream: Readable): BlockReader {
  const chunks = stream.iterator({ destroyOnReturn: true })[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  return {
    read: async (into) => {
      let filled = 0;
      while (filled < into.length) {
        if (rest.length === 0) {
          const next = await chunks.next();
          if (next.done === true) break;
          rest = next.value;
        }
        const copied = rest.copy(into, filled);
        rest = rest.subarray(copied);
        filled += copied;
      }
      return filled;
    },
    close: async () => {
      stream.destroy();
    },
  };
}
