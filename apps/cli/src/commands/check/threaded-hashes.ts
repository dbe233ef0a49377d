import { Worker } from 'node:worker_threads';
import type { Hasher, HasherFactory } from '#dossier';
import { nodeHasherOf } from './node-hashes.js';

/** Plain JavaScript in the text: a thread begins from a file otherwise, and there would be one for build and tests each. */
const THREAD = `
const { createHash } = require('node:crypto');
const { parentPort } = require('node:worker_threads');
const streams = new Map();
parentPort.on('message', ({ stream, algorithm, chunk }) => {
  if (!streams.has(stream)) streams.set(stream, createHash(algorithm));
  if (chunk) {
    streams.get(stream).update(chunk);
    parentPort.postMessage({ stream });
    return;
  }
  parentPort.postMessage({ stream, digest: streams.get(stream).digest('hex') });
  streams.delete(stream);
});
`;

/** Chunks under way at most: each is copied. */
const MAX_WAITING = 4;
/** What comes in smaller pieces is not worth the way. */
const LARGE_BYTES = 524_288;

/**
 * SM3 takes four to five times as long as SHA-256: of large files it is computed on a thread of its own, while the rest
 * goes on here. `close` ends the thread.
 */
export class ThreadedHashes {
  #worker: Worker | null = null;
  readonly #waiting = new Map<number, (answer: { digest?: string }) => void>();
  #streams = 0;
  #failure: Error | null = null;

  readonly hasherOf: HasherFactory = (algorithm) => {
    const local = nodeHasherOf(algorithm);
    return algorithm === 'sm3' && local !== null ? this.#large(local) : local;
  };

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #large(local: Hasher): Hasher {
    let remote: RemoteStream | null = null;
    let isBegun = false;
    return {
      update: (chunk) => {
        if (!isBegun && chunk.length >= LARGE_BYTES) remote = this.#open();
        isBegun = true;
        return remote === null ? local.update(chunk) : remote.update(chunk);
      },
      digestHex: () => (remote === null ? local.digestHex() : remote.digestHex()),
    };
  }

  #open(): RemoteStream {
    const stream = ++this.#streams;
    const worker = this.#start();
    let waiting = 0;
    let wake: (() => void) | null = null;
    let finish: ((digest: string | Error) => void) | null = null;
    this.#waiting.set(stream, ({ digest }) => {
      const done = digest ?? this.#failure;
      if (done !== null) finish?.(done);
      else waiting -= 1;
      wake?.();
    });
    return {
      update: (chunk) => {
        if (this.#failure) throw this.#failure;
        worker.postMessage({ stream, algorithm: 'sm3', chunk });
        waiting += 1;
        if (waiting < MAX_WAITING) return;
        return new Promise((resolve) => {
          wake = resolve;
        });
      },
      digestHex: () =>
        new Promise((resolve, reject) => {
          if (this.#failure) reject(this.#failure);
          finish = (digest) => {
            this.#waiting.delete(stream);
            if (typeof digest === 'string') resolve(digest);
            else reject(digest);
          };
          worker.postMessage({ stream, algorithm: 'sm3' });
        }),
    };
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(THREAD, { eval: true });
    worker.unref();
    worker.on('message', (answer: { stream: number; digest?: string }) => this.#waiting.get(answer.stream)?.(answer));
    worker.on('error', (error) => {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      for (const listener of this.#waiting.values()) listener({});
    });
    this.#worker = worker;
    return worker;
  }
}

interface RemoteStream {
  update(chunk: Uint8Array): void | Promise<void>;
  digestHex(): Promise<string>;
}
