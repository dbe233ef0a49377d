import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type { BlockReader } from '#object-store';
import { digestFile, type FileDigests } from '../digest/digest-file.js';
import type { DigestThreads } from '../digest/digest-threads.js';

/** Read and not yet taken by whoever stores it. */
const AHEAD_BYTES = 8 * 1_048_576;

export interface CheckedSource {
  readonly source: BlockReader;
  /** Throws for digests that are not the right ones. */
  readonly check: (digests: FileDigests) => void;
  readonly onRead?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What is read, as a stream that is hashed on the way and comes to its end only when the digests are the right ones: a
 * store that shows nothing before the end then never shows anything else.
 */
export function checkedStream(threads: DigestThreads, { source, check, onRead, signal }: CheckedSource): Readable {
  const stream = new PassThrough({ readableHighWaterMark: AHEAD_BYTES, writableHighWaterMark: AHEAD_BYTES });
  const closed = new AbortController();
  // Also when whoever stores it gives up: then nobody drains it any more.
  stream.once('close', () => closed.abort());
  const stop = signal === undefined ? closed.signal : AbortSignal.any([closed.signal, signal]);
  const tee: BlockReader = {
    read: async (into) => {
      const length = await source.read(into);
      onRead?.(length);
      // A copy: the memory is hashed and used again.
      const isFull = length > 0 && !stream.write(Buffer.from(into.subarray(0, length)));
      if (isFull) await once(stream, 'drain', { signal: stop });
      return length;
    },
    close: () => source.close(),
  };
  digestFile(threads, tee, stop)
    .then((digests) => {
      check(digests);
      stream.end();
    })
    .catch((error) => stream.destroy(error));
  return stream;
}
