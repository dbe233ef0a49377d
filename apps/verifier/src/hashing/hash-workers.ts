import { toHex } from '#domain';
import type { Hasher } from '#dossier';
import type { FromWorker, StreamAlgorithm, ToWorker } from './hash-worker.js';

/** What may wait at one worker before reading pauses: enough to keep it busy, little enough for a phone. */
const MAX_WAITING_BYTES = 33_554_432;

const MAX_SPARE = 8;

interface Stream {
  readonly finish: (digest: Uint8Array) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Threads that hash. A stream stays with one of them, since its bytes must come in order; two streams of one file (SHA-256
 * and SM3) get two threads.
 */
export class HashWorkers {
  readonly #threads: Thread[];
  #streams = 0;

  /** @param start makes one worker */
  constructor(count: number, start: () => Worker) {
    this.#threads = Array.from({ length: count }, () => new Thread(start()));
  }

  stream(algorithm: StreamAlgorithm): Hasher {
    const thread = this.#idlest();
    const digest = thread.open(++this.#streams, algorithm);
    const stream = this.#streams;
    return {
      update: (chunk) => thread.give(stream, chunk),
      digestHex: async () => {
        thread.end(stream);
        return toHex(await digest);
      },
    };
  }

  /** SHA-256(0x00 ‖ block), where the platform has no SHA-256 of its own. */
  async leaf(block: Uint8Array): Promise<Uint8Array> {
    return await this.#idlest().leaf(++this.#streams, block);
  }

  close(): void {
    for (const thread of this.#threads) thread.close();
  }

  #idlest(): Thread {
    return this.#threads.reduce((best, thread) => (thread.load < best.load ? thread : best));
  }
}

class Thread {
  readonly #worker: Worker;
  readonly #streams = new Map<number, Stream>();
  /** Memory that has been there and back: new memory costs as much as the copy. */
  readonly #spare: ArrayBuffer[] = [];
  #waitingBytes = 0;
  #wake: (() => void)[] = [];
  #error: Error | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data);
    worker.onerror = (event) => this.#break(new Error(`a hashing thread ended: ${event.message}`));
  }

  get load(): number {
    return this.#streams.size;
  }

  open(stream: number, algorithm: StreamAlgorithm): Promise<Uint8Array> {
    this.#post({ kind: 'open', stream, algorithm });
    const digest = this.#answer(stream);
    // Whoever gives up a file half-way asks for no digest.
    digest.catch(() => undefined);
    return digest;
  }

  /** The chunk is copied at once, so its owner may go on; the promise is for when too much waits. */
  give(stream: number, chunk: Uint8Array): void | Promise<void> {
    if (this.#error !== null) throw this.#error;
    const bytes = this.#copyOf(chunk);
    this.#waitingBytes += bytes.length;
    this.#post({ kind: 'bytes', stream, bytes }, [bytes.buffer]);
    if (this.#waitingBytes > MAX_WAITING_BYTES) return new Promise((done) => this.#wake.push(done));
  }

  end(stream: number): void {
    this.#post({ kind: 'end', stream });
  }

  leaf(stream: number, block: Uint8Array): Promise<Uint8Array> {
    const bytes = block.slice();
    this.#post({ kind: 'leaf', stream, bytes }, [bytes.buffer]);
    return this.#answer(stream);
  }

  close(): void {
    this.#worker.terminate();
    this.#break(new Error('closed'));
  }

  #copyOf(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
    const at = this.#spare.findIndex(({ byteLength }) => byteLength >= chunk.length);
    const [memory = new ArrayBuffer(chunk.length)] = at === -1 ? [] : this.#spare.splice(at, 1);
    const copy = new Uint8Array(memory, 0, chunk.length);
    copy.set(chunk);
    return copy;
  }

  #answer(stream: number): Promise<Uint8Array> {
    return new Promise((finish, fail) => {
      if (this.#error !== null) fail(this.#error);
      else this.#streams.set(stream, { finish, fail });
    });
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #take(message: FromWorker): void {
    if (message.kind === 'digest') {
      this.#streams.get(message.stream)?.finish(message.digest);
      this.#streams.delete(message.stream);
      return;
    }
    this.#waitingBytes -= message.bytes.length;
    if (this.#spare.length < MAX_SPARE) this.#spare.push(message.bytes.buffer);
    if (this.#waitingBytes > MAX_WAITING_BYTES / 2) return;
    for (const done of this.#wake.splice(0)) done();
  }

  #break(error: Error): void {
    this.#error = error;
    for (const { fail } of this.#streams.values()) fail(error);
    this.#streams.clear();
    for (const done of this.#wake.splice(0)) done();
  }
}
