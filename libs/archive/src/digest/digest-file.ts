import type { Readable } from 'node:stream';
import { ArchiveError } from '#domain';
import { BLOCK_BYTES, GrowingTree } from '#tlog';
import { sha256 } from '../ledger/canonical.js';
import { type DigestStream, type DigestThreads, newSlab, type Slab } from './digest-threads.js';

export interface FileDigests {
  readonly sizeBytes: number;
  readonly sha256: Uint8Array;
  readonly sm3: Uint8Array;
  readonly blockRoot: Uint8Array;
  /** 32 bytes a block. */
  readonly leaves: Buffer;
}

/** Blocks in flight between reading and hashing: enough that neither waits for the other. */
const SLABS = 12;

/**
 * Reads a stream once and computes SHA-256, SM3 and the block root, all on other threads. Memory is bounded by the
 * slabs, whatever the size.
 */
export async function digestFile(threads: DigestThreads, source: Readable, signal?: AbortSignal): Promise<FileDigests> {
  // SM3 takes four to five times as long as SHA-256: it gets a thread to itself, the two SHA-256 share another.
  const sm3 = threads.openStream('sm3');
  const whole = threads.openStream('sha256');
  const run = new DigestRun(threads, [sm3, whole]);
  try {
    for await (const chunk of source) {
      signal?.throwIfAborted();
      await run.take(chunk as Buffer);
    }
    return await run.finish(whole, sm3);
  } catch (error) {
    source.destroy();
    sm3.drop();
    whole.drop();
    throw error;
  }
}

class DigestRun {
  readonly #threads: DigestThreads;
  readonly #streams: readonly DigestStream[];
  readonly #free: Slab[] = Array.from({ length: SLABS }, newSlab);
  readonly #leaves: Promise<Uint8Array>[] = [];
  readonly #waiting: (() => void)[] = [];
  #current: Slab | null = null;
  #filled = 0;
  #sizeBytes = 0;
  #inFlight = 0;
  #failure: unknown = null;

  constructor(threads: DigestThreads, streams: readonly DigestStream[]) {
    this.#threads = threads;
    this.#streams = streams;
  }

  async take(chunk: Buffer): Promise<void> {
    this.#sizeBytes += chunk.length;
    for (let at = 0; at < chunk.length; ) {
      const slab = this.#current ?? (await this.#slab());
      this.#current = slab;
      const copied = chunk.copy(slab.buffer, this.#filled, at, Math.min(chunk.length, at + BLOCK_BYTES - this.#filled));
      this.#filled += copied;
      at += copied;
      if (this.#filled === BLOCK_BYTES) this.#send();
    }
  }

  async finish(whole: DigestStream, sm3: DigestStream): Promise<FileDigests> {
    if (this.#filled > 0) this.#send();
    const leaves = Buffer.concat(await Promise.all(this.#leaves));
    while (this.#inFlight > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#failure) throw this.#failure;
    const tree = new GrowingTree(sha256);
    for (let at = 0; at < leaves.length; at += 32) tree.append(leaves.subarray(at, at + 32));
    return {
      sizeBytes: this.#sizeBytes,
      sha256: await whole.digest(),
      sm3: await sm3.digest(),
      blockRoot: tree.root(),
      leaves,
    };
  }

  #send(): void {
    const slab = this.#current;
    if (!slab) throw new ArchiveError('internal', 'no block to send');
    const length = this.#filled;
    this.#current = null;
    this.#filled = 0;
    const leaf = this.#threads.leaf(slab, length);
    this.#leaves.push(leaf);
    leaf.catch(() => undefined);
    this.#inFlight += 1;
    Promise.all([leaf, ...this.#streams.map((stream) => stream.update(slab, length))])
      .catch((error) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#inFlight -= 1;
        this.#free.push(slab);
        this.#waiting.shift()?.();
      });
  }

  async #slab(): Promise<Slab> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      const slab = this.#free.pop();
      if (slab) return slab;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
