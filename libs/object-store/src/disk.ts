import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import type { ErrorCode } from '#domain';
import { ArchiveError } from '#domain';
import { BLOCK_BYTES } from '#tlog';

/** Node's disk primitives made durable, their errors translated. Paths are absolute and already checked. */

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'object-missing',
  EEXIST: 'object-exists',
  ENOSPC: 'storage-full',
  EDQUOT: 'storage-full',
  // A key that is both an object and a folder of others: our keys never are.
  ENOTDIR: 'invalid-input',
  EISDIR: 'invalid-input',
};

/** Runs disk work; whatever it throws leaves as an ArchiveError. */
export async function onDisk<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fromDisk(error, what);
  }
}

export function fromDisk(error: unknown, what: string): ArchiveError {
  if (error instanceof ArchiveError) return error;
  const errno = errnoOf(error);
  const reason = errno ?? String(error);
  return new ArchiveError(CODES[errno ?? ''] ?? 'storage-unavailable', `${what}: ${reason}`, { cause: error });
}

/** Told by its shape: an error made in another realm (a test's, a worker's) is no `instanceof Error` here. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Makes names created, renamed or removed in the folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Creates a folder below `root` and makes every name on the way durable. Folders are remembered, so that
 * the price is paid once in the life of a process.
 */
export class DurableFolders {
  readonly #known = new Map<string, Promise<void>>();

  ensure(root: string, path: string): Promise<void> {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const made = this.#make(root, path);
    this.#known.set(path, made);
    made.catch(() => this.#known.delete(path));
    return made;
  }

  async #make(root: string, path: string): Promise<void> {
    if (path !== root && path.startsWith(root + sep)) await this.ensure(root, dirname(path));
    await mkdir(path, { recursive: true, mode: 0o700 });
    await syncFolder(dirname(path));
  }
}

/** pwrite until all bytes are down: near a full disk the kernel takes less than it was given. */
export async function writeAt(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}

/**
 * A new file of exactly these bytes, durable. The source's own errors are passed on as they are.
 * @throws ArchiveError `invalid-input` when the source holds more or fewer than `sizeBytes`; the file is left to the caller
 */
export async function writeWhole(
  path: string,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  sizeBytes: number,
): Promise<void> {
  const file = await onDisk('store object', () => open(path, 'wx', 0o600));
  try {
    let at = 0;
    for await (const bytes of chunks) {
      if (at + bytes.length > sizeBytes) throw wrongLength(sizeBytes);
      await onDisk('store object', () => writeAt(file, bytes, at));
      at += bytes.length;
    }
    if (at !== sizeBytes) throw wrongLength(sizeBytes);
    await onDisk('store object', () => file.datasync());
  } finally {
    await file.close();
  }
}

export async function sizeOnDisk(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** @returns false when there was nothing to remove */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}

/**
 * Streams bytes [start, end) of a file. Opens it before answering, so that a missing object is an error of the
 * call and not of the stream; fails with `object-altered` when the file ends early.
 */
export async function readFileRange(
  path: string,
  range: { readonly start: number; readonly end: number },
  signal?: AbortSignal,
): Promise<Readable> {
  const file = await onDisk('open object', () => open(path, 'r'));
  let at = range.start;
  const stream = new Readable({
    highWaterMark: BLOCK_BYTES,
    read() {
      const wanted = Math.min(BLOCK_BYTES, range.end - at);
      if (wanted <= 0) {
        this.push(null);
        return;
      }
      file.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, at).then(
        ({ bytesRead, buffer }) => {
          at += bytesRead;
          if (bytesRead > 0) this.push(buffer.subarray(0, bytesRead));
          else this.destroy(new ArchiveError('object-altered', `file ends at ${at}, expected ${range.end}`));
        },
        (error: unknown) => this.destroy(fromDisk(error, 'read object')),
      );
    },
    destroy(error, done) {
      file.close().then(
        () => done(error),
        () => done(error),
      );
    },
  });
  return signal === undefined ? stream : addAbortSignal(signal, stream);
}

/** Files below a folder with their keys, in key order; hidden names are ours and left out. */
export async function* walkFiles(
  folder: string,
  keyPrefix: string,
): AsyncIterable<{ readonly key: string; readonly sizeBytes: number }> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  });
  // A folder sorts as its name and a slash: keys come in byte order, as S3 lists them.
  const named = entries
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => ({ entry, order: entry.isDirectory() ? `${entry.name}/` : entry.name }))
    .sort((a, b) => (a.order < b.order ? -1 : 1));
  for (const { entry, order } of named) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      yield* walkFiles(path, keyPrefix + order);
      continue;
    }
    const sizeBytes = await sizeOnDisk(path);
    if (sizeBytes !== null) yield { key: keyPrefix + order, sizeBytes };
  }
}

function wrongLength(sizeBytes: number): ArchiveError {
  return new ArchiveError('invalid-input', `the source does not hold the ${sizeBytes} bytes announced`);
}
