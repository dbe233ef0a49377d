import { ArchiveError } from '#domain';
import type { Intake, IntakeWriter, ObjectStore, StoredPart } from '#object-store';
import type { TailState, UploadPartRecord } from '#persistence';
import { BLOCK_BYTES } from '#tlog';
import type { DigestThreads, Slab } from '../digest/digest-threads.js';
import type { BlockLease } from './block-pool.js';

/** What the store already holds of an upload. */
export interface IntakeStart {
  readonly intake: Intake;
  readonly parts: readonly UploadPartRecord[];
}

export interface BlockIntakeOptions {
  readonly store: ObjectStore;
  readonly threads: DigestThreads;
  readonly lease: BlockLease;
  /** A part is durable and its leaves are known; called in order. The intake goes on meanwhile. */
  readonly onPart: (part: UploadPartRecord) => void;
}

/**
 * Cuts a byte stream into blocks of 1 MiB, hashes each on another thread and hands it to the store; every byte passes
 * once. A block's memory goes back when both are done with it.
 */
export class BlockIntake {
  readonly #options: BlockIntakeOptions;
  readonly #startBytes: number;
  readonly #slabs = new Map<Buffer, { readonly slab: Slab; users: number }>();
  readonly #leaves: Promise<Uint8Array>[] = [];
  #writer: IntakeWriter | null = null;
  #current: Slab | null = null;
  #filled = 0;
  /** A short last block is counted as what it holds. */
  #sentBytes = 0;
  #partsEndBytes: number;
  #reported: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  private constructor(startBytes: number, options: BlockIntakeOptions) {
    this.#startBytes = startBytes;
    this.#partsEndBytes = startBytes;
    this.#options = options;
  }

  static async open(start: IntakeStart, options: BlockIntakeOptions): Promise<BlockIntake> {
    const last = start.parts.at(-1);
    const intake = new BlockIntake(last ? last.offsetBytes + last.sizeBytes : 0, options);
    intake.#writer = await options.store.resumeIntake(start.intake, start.parts, {
      onPart: (part) => intake.#report(part),
      onReleased: (bytes) => intake.#release(bytes),
    });
    return intake;
  }

  /** Bytes taken so far, those before this intake included. */
  get offsetBytes(): number {
    return this.#startBytes + this.#sentBytes + this.#filled;
  }

  async take(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#failure) throw this.#failure;
      const slab = this.#current ?? (await this.#options.lease.take());
      this.#current = slab;
      const copied = chunk.copy(slab.buffer, this.#filled, at, Math.min(chunk.length, at + BLOCK_BYTES - this.#filled));
      this.#filled += copied;
      at += copied;
      if (this.#filled === BLOCK_BYTES) await this.#send();
    }
  }

  /**
   * Makes all of it durable. All parts were reported when it resolves.
   * @param isLast no more bytes will follow: nothing is kept back as a tail
   */
  async flush(isLast: boolean): Promise<TailState | null> {
    const endBytes = this.offsetBytes;
    if (this.#filled > 0) await this.#send();
    const tail = await this.#open().flush({ last: isLast });
    await this.#reported;
    if (this.#failure) throw this.#failure;
    const coveredBytes = tail === null ? this.#partsEndBytes : tail.offsetBytes + tail.sizeBytes;
    if (coveredBytes !== endBytes) throw new ArchiveError('internal', `stored ${coveredBytes} of ${endBytes} bytes`);
    if (tail === null) return null;
    const leaves = await this.#leavesOf(tail.offsetBytes, tail.sizeBytes);
    return {
      offsetBytes: tail.offsetBytes,
      sizeBytes: tail.sizeBytes,
      key: tail.key,
      leaves: leaves.toString('base64'),
    };
  }

  /** Gives up what is not durable. All memory has gone back when it resolves. Never throws. */
  async abandon(): Promise<void> {
    await this.#writer?.abandon();
    await this.#reported.catch(() => undefined);
    await Promise.allSettled(this.#leaves);
    // A block the writer refused to take is not its to release.
    for (const { slab } of this.#slabs.values()) this.#options.lease.give(slab);
    this.#slabs.clear();
    if (this.#current) this.#options.lease.give(this.#current);
    this.#current = null;
  }

  async #send(): Promise<void> {
    const slab = this.#current;
    if (!slab) throw new ArchiveError('internal', 'no block to send');
    const length = this.#filled;
    const bytes = length === BLOCK_BYTES ? slab.buffer : slab.buffer.subarray(0, length);
    this.#current = null;
    this.#filled = 0;
    this.#sentBytes += length;
    this.#slabs.set(bytes, { slab, users: 2 });
    const leaf = this.#options.threads.leaves(slab, length);
    leaf.then(
      () => this.#release(bytes),
      (error) => {
        this.#failure ??= error;
        this.#release(bytes);
      },
    );
    this.#leaves.push(leaf);
    await this.#open().write(bytes);
  }

  #release(bytes: Buffer): void {
    const held = this.#slabs.get(bytes);
    if (!held) return;
    held.users -= 1;
    if (held.users > 0) return;
    this.#slabs.delete(bytes);
    this.#options.lease.give(held.slab);
  }

  #report(part: StoredPart): void {
    this.#partsEndBytes = part.offsetBytes + part.sizeBytes;
    this.#reported = this.#reported
      .then(async () => {
        const leaves = await this.#leavesOf(part.offsetBytes, part.sizeBytes);
        this.#options.onPart({ ...part, leaves });
      })
      .catch((error) => {
        this.#failure ??= error;
      });
  }

  async #leavesOf(offsetBytes: number, sizeBytes: number): Promise<Buffer> {
    const first = (offsetBytes - this.#startBytes) / BLOCK_BYTES;
    return Buffer.concat(await Promise.all(this.#leaves.slice(first, first + Math.ceil(sizeBytes / BLOCK_BYTES))));
  }

  #open(): IntakeWriter {
    if (!this.#writer) throw new ArchiveError('internal', 'the intake is not open');
    return this.#writer;
  }
}
