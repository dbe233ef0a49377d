import type { BlockReader } from '#object-store';
import { GrowingTree } from '#tlog';
import { sha256 } from '../ledger/canonical.js';
import { type DigestStream, type DigestThreads, newSlab, type Slab } from './digest-threads.js';

export interface BlockDigests {
  readonly sizeBytes: number;
  readonly blockRoot: Uint8Array;
  /** 32 bytes a block. */
  readonly leaves: Buffer;
}

export interface FileDigests extends BlockDigests {
  readonly sha256: Uint8Array;
  readonly sm3: Uint8Array;
}

/** In flight between reading and hashing: enough that neither waits for the other. */
const SLABS = 4;
/** Blocks that go to the threads at once: a message for each would cost a tenth of the time of SM3. */
const BLOCKS_IN_SLAB = 4;

interface DigestOptions {
  readonly signal?: AbortSignal;
  readonly onRead?: (bytes: number) => void;
}

/**
 * Reads an object once, closes it, and computes SHA-256, SM3 and the block root, all on other threads. Memory is bounded
 * by the slabs, whatever the size.
 */
export async function digestFile(
  threads: DigestThreads,
  source: BlockReader,
  signal?: AbortSignal,
): Promise<FileDigests> {
  return await digestAll(threads, source, { ...given(signal), streams: [] });
}

/** CRC-32, as zip files have it. */
export interface Zipped {
  readonly crc32: number;
}

/** The blocks, with the CRC that a zip file needs, told how far it is. */
export async function digestBlocksForZip(
  threads: DigestThreads,
  source: BlockReader,
  options: DigestOptions,
): Promise<BlockDigests & Zipped> {
  return await withCrc(threads, (crc) => readOnce(threads, source, { ...options, streams: [crc] }));
}

/** All digests, with the CRC that a zip file needs. */
export async function digestFileForZip(
  threads: DigestThreads,
  source: BlockReader,
  options: DigestOptions,
): Promise<FileDigests & Zipped> {
  return await withCrc(threads, (crc) => digestAll(threads, source, { ...options, streams: [crc] }));
}

async function withCrc<T>(threads: DigestThreads, digest: (crc: DigestStream) => Promise<T>): Promise<T & Zipped> {
  const crc = threads.openStream('crc32');
  try {
    const digests = await digest(crc);
    return { ...digests, crc32: Buffer.from(await crc.digest()).readUInt32BE(0) };
  } catch (error) {
    crc.drop();
    throw error;
  }
}

type StreamedOptions = DigestOptions & { readonly streams: readonly DigestStream[] };

async function digestAll(
  threads: DigestThreads,
  source: BlockReader,
  { streams, ...options }: StreamedOptions,
): Promise<FileDigests> {
  // SM3 takes four to five times as long as SHA-256: it gets a thread to itself, the two SHA-256 share another.
  const sm3 = threads.openStream('sm3');
  const whole = threads.openStream('sha256');
  try {
    const blocks = await readOnce(threads, source, { ...options, streams: [sm3, whole, ...streams] });
    return { ...blocks, sha256: await whole.digest(), sm3: await sm3.digest() };
  } catch (error) {
    sm3.drop();
    whole.drop();
    throw error;
  }
}

/** The blocks alone: a sixth of the work, and any difference shows all the same, by its block. */
export async function digestBlocks(
  threads: DigestThreads,
  source: BlockReader,
  signal?: AbortSignal,
): Promise<BlockDigests> {
  return await readOnce(threads, source, { ...given(signal), streams: [] });
}

function given(signal: AbortSignal | undefined): DigestOptions {
  return signal === undefined ? {} : { signal };
}

async function readOnce(
  threads: DigestThreads,
  source: BlockReader,
  { streams, ...options }: StreamedOptions,
): Promise<BlockDigests> {
  const run = new DigestRun(threads, streams);
  try {
    await run.read(source, options);
    return await run.finish();
  } finally {
    await source.close();
  }
}

class DigestRun {
  readonly #threads: DigestThreads;
  readonly #streams: readonly DigestStream[];
  readonly #free: Slab[] = Array.from({ length: SLABS }, () => newSlab(BLOCKS_IN_SLAB));
  readonly #leaves: Promise<Uint8Array>[] = [];
  readonly #waiting: (() => void)[] = [];
  #sizeBytes = 0;
  #inFlight = 0;
  #failure: unknown = null;

  constructor(threads: DigestThreads, streams: readonly DigestStream[]) {
    this.#threads = threads;
    this.#streams = streams;
  }

  /** Reads to the end. */
  async read(source: BlockReader, { signal, onRead }: DigestOptions): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const slab = await this.#slab();
      const length = await source.read(slab.buffer);
      if (length === 0) return;
      this.#sizeBytes += length;
      onRead?.(length);
      this.#send(slab, length);
    }
  }

  async finish(): Promise<BlockDigests> {
    const leaves = Buffer.concat(await Promise.all(this.#leaves));
    while (this.#inFlight > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#failure) throw this.#failure;
    const tree = new GrowingTree(sha256);
    for (let at = 0; at < leaves.length; at += 32) tree.append(leaves.subarray(at, at + 32));
    return { sizeBytes: this.#sizeBytes, blockRoot: tree.root(), leaves };
  }

  #send(slab: Slab, length: number): void {
    const leaves = this.#threads.leaves(slab, length);
    this.#leaves.push(leaves);
    leaves.catch(() => undefined);
    this.#inFlight += 1;
    Promise.all([leaves, ...this.#streams.map((stream) => stream.update(slab, length))])
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
