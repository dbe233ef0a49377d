import { Worker } from 'node:worker_threads';
import { ArchiveError } from '#domain';
import { BLOCK_BYTES } from '#tlog';

/** Memory for one block or several that threads can see; `buffer` is a view of all of it. */
export interface Slab {
  readonly shared: SharedArrayBuffer;
  readonly buffer: Buffer;
}

/** Memory that could grow begins on a page, which lets a disk take it as it is (O_DIRECT); other memory does not. */
export function newSlab(blocks = 1): Slab {
  const bytes = blocks * BLOCK_BYTES;
  const options: SharedBufferOptions = { maxByteLength: bytes };
  const shared: SharedArrayBuffer = Reflect.construct(SharedArrayBuffer, [bytes, options]);
  return { shared, buffer: Buffer.from(shared) };
}

/** ES2024; the type library of ES2023 does not know it yet. */
interface SharedBufferOptions {
  readonly maxByteLength: number;
}

export type StreamAlgorithm = 'sha256' | 'sm3' | 'crc32';

/** A whole-file hash that grows block by block on one thread. */
export interface DigestStream {
  /** Resolves when the bytes were taken in and the slab may be used again. */
  update(slab: Slab, length: number): Promise<void>;
  digest(): Promise<Uint8Array>;
  /** Forgets an unfinished stream. */
  drop(): void;
}

interface Waiting {
  readonly resolve: (digest: Uint8Array | null) => void;
  readonly reject: (error: Error) => void;
}

/** Threads that hash shared memory. One serves many uploads; a seal uses two, since SM3 alone fills one. */
export class DigestThreads {
  readonly #threads: Thread[];
  #turn = 0;
  #streams = 0;

  constructor(count: number) {
    this.#threads = Array.from({ length: count }, () => new Thread());
  }

  /** RFC 6962 leaves of the blocks in a slab, SHA-256(0x00 ‖ bytes) each, 32 bytes a block. */
  async leaves(slab: Slab, length: number): Promise<Uint8Array> {
    const request = { op: 'leaves', bytes: slab.shared, length, blockBytes: BLOCK_BYTES };
    const leaves = await this.#leastBusy().ask(request);
    if (leaves === null) throw new ArchiveError('internal', 'the hash thread gave no leaves');
    return leaves;
  }

  openStream(algorithm: StreamAlgorithm): DigestStream {
    const thread = this.#next();
    const stream = ++this.#streams;
    return {
      update: async (slab, length) => {
        await thread.ask({ op: 'update', stream, algorithm, bytes: slab.shared, length });
      },
      digest: async () => {
        const digest = await thread.ask({ op: 'digest', stream, algorithm });
        if (digest === null) throw new ArchiveError('internal', 'the hash thread gave no digest');
        return digest;
      },
      drop: () => thread.tell({ op: 'drop', stream }),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #leastBusy(): Thread {
    return this.#threads.reduce((best, thread) => (thread.waiting < best.waiting ? thread : best), this.#next());
  }

  #next(): Thread {
    const thread = this.#threads[this.#turn++ % this.#threads.length];
    if (!thread) throw new ArchiveError('internal', 'no hash thread');
    return thread;
  }
}

class Thread {
  readonly #worker = new Worker(new URL('./digest-worker.js', import.meta.url));
  readonly #waiting = new Map<number, Waiting>();
  #ids = 0;
  #failure: Error | null = null;

  constructor() {
    this.#worker.unref();
    this.#worker.on('message', (message: { id: number; digest?: Uint8Array | null; error?: string }) =>
      this.#take(message),
    );
    this.#worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#fail(new Error('the hash thread ended')));
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  ask(request: Record<string, unknown>): Promise<Uint8Array | null> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id });
    });
  }

  tell(request: Record<string, unknown>): void {
    if (!this.#failure) this.#worker.postMessage(request);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(message: { id: number; digest?: Uint8Array | null; error?: string }): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.digest ?? null);
    else waiting?.reject(new ArchiveError('internal', `hash thread: ${message.error}`));
  }

  #fail(error: Error): void {
    this.#failure = new ArchiveError('internal', 'the hash thread failed', { cause: error });
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure);
    this.#waiting.clear();
  }
}
