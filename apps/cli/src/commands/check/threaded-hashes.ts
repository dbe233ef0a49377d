import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Hasher, HasherFactory } from '#dossier';
import { nodeHasherOf } from './node-hashes.js';

/** Plain JavaScript in the text: a thread begins from a file otherwise, and there would be one for build and tests each. */
const THREAD = `
const { createHash } = require('node:crypto');
const { parentPort } = require('node:worker_threads');
const streams = new Map();
parentPort.on('message', ({ stream, algorithm, shared, length }) => {
  if (!streams.has(stream)) streams.set(stream, createHash(algorithm));
  if (shared) {
    streams.get(stream).update(new Uint8Array(shared, 0, length));
    parentPort.postMessage({ stream });
    return;
  }
  parentPort.postMessage({ stream, digest: streams.get(stream).digest('hex') });
  streams.delete(stream);
});
`;

/**
 * Pieces under way at most, a thread: enough that neither side waits for the other on a busy machine. They are copied into
 * memory that is used again and again.
 */
const SLABS = 8;
const SLAB_BYTES = 1_048_576;
/** What comes in smaller pieces is not worth the way. */
const LARGE_BYTES = 524_288;

/**
 * SM3 takes four to five times as long as SHA-256: of large files it is computed on threads of their own, as many as there
 * are processors, while the rest goes on here. `close` ends the threads.
 */
export class ThreadedHashes {
  readonly #threads: HashThread[] = [];
  /** Files that are worth being checked at the same time. */
  readonly atOnce = availableParallelism();

  readonly hasherOf: HasherFactory = (algorithm) => {
    const local = nodeHasherOf(algorithm);
    return algorithm === 'sm3' && local !== null ? this.#large(local) : local;
  };

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #large(local: Hasher): Hasher {
    let thread: HashThread | null = null;
    let stream = 0;
    let isBegun = false;
    return {
      update: (chunk) => {
        if (!isBegun && chunk.length >= LARGE_BYTES) {
          thread = this.#thread();
          stream = thread.open();
        }
        isBegun = true;
        return thread === null ? local.update(chunk) : thread.update(stream, chunk);
      },
      digestHex: () => (thread === null ? local.digestHex() : thread.digestHex(stream)),
    };
  }

  /** One that has nothing to do, or one more, or that with the least to do. */
  #thread(): HashThread {
    const [first, ...others] = this.#threads;
    const least = others.reduce((best, thread) => (best && thread.waiting < best.waiting ? thread : best), first);
    if (least !== undefined && (least.waiting === 0 || this.#threads.length >= this.atOnce)) return least;
    const thread = new HashThread();
    this.#threads.push(thread);
    return thread;
  }
}

/**
 * Hashes of several files at a time. Of one that could not be read to its end nothing stays but the state of its hash;
 * the memory it was copied into is the thread's.
 */
class HashThread {
  readonly #worker = new Worker(THREAD, { eval: true });
  readonly #free = Array.from({ length: SLABS }, () => new SharedArrayBuffer(SLAB_BYTES));
  /** What was asked, in the order in which it is answered. */
  readonly #asked: { readonly slab: SharedArrayBuffer | null; answer(digest: string | undefined): void }[] = [];
  readonly #waiting: (() => void)[] = [];
  #streams = 0;
  #failure: Error | null = null;

  constructor() {
    this.#worker.unref();
    this.#worker.on('message', ({ digest }: { readonly digest?: string }) => this.#take(digest));
    this.#worker.on('error', (error) => {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      for (const { answer } of this.#asked.splice(0)) answer(undefined);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  get waiting(): number {
    return this.#asked.length;
  }

  open(): number {
    return ++this.#streams;
  }

  /** A promise only when the memory is taken: the bytes are the caller's again when they were copied. */
  update(stream: number, chunk: Uint8Array): void | Promise<void> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#failure !== null) throw this.#failure;
      const slab = this.#free.pop();
      const rest = chunk.subarray(at);
      if (slab === undefined) return this.#slabIsFree().then(() => this.update(stream, rest));
      const piece = rest.subarray(0, SLAB_BYTES);
      new Uint8Array(slab).set(piece);
      this.#worker.postMessage({ stream, algorithm: 'sm3', shared: slab, length: piece.length });
      this.#asked.push({ slab, answer: () => undefined });
      at += piece.length;
    }
  }

  async digestHex(stream: number): Promise<string> {
    if (this.#failure !== null) throw this.#failure;
    this.#worker.postMessage({ stream, algorithm: 'sm3' });
    const digest = await new Promise<string | undefined>((answer) => this.#asked.push({ slab: null, answer }));
    if (digest === undefined) throw this.#failure ?? new Error('the hash thread gave no digest');
    return digest;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(digest: string | undefined): void {
    const asked = this.#asked.shift();
    if (asked?.slab) this.#free.push(asked.slab);
    asked?.answer(digest);
    this.#waiting.shift()?.();
  }

  async #slabIsFree(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
