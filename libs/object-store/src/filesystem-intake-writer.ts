import { ArchiveError } from '#domain';
import { BLOCK_BYTES } from '#tlog';
import type { BlockFile } from './block-file.js';
import { fromDisk } from './disk.js';
import { BlockOrder } from './intake-shape.js';
import type { FlushOptions, IntakeWriter, IntakeWriterOptions, StoredTail } from './object-store.js';

/** Enough to keep the disk busy while the next block is being received; more only costs memory. */
const WRITES_IN_FLIGHT = 4;

export interface FilesystemIntakeTarget {
  readonly file: BlockFile;
  /** First byte this writer puts down: the end of the last stored part. */
  readonly offsetBytes: number;
  readonly nextPart: number;
  /** Bytes between two background fdatasyncs. */
  readonly syncBytes: number;
  readonly onClosed: () => void;
}

/**
 * Writes blocks into the intake file and makes them durable in runs. Writeback starts early, so that the last
 * fdatasync of `flush` is short. A failed fdatasync is never tried again: the kernel may have dropped the pages
 * and answer "fine" the second time. The next writer puts the bytes down anew.
 */
export class FilesystemIntakeWriter implements IntakeWriter {
  readonly #target: FilesystemIntakeTarget;
  readonly #options: IntakeWriterOptions;
  readonly #order = new BlockOrder();
  readonly #writes = new Set<Promise<void>>();
  /** Ends of writes given out and not yet below `#landed`, in order; true once the write is down. */
  readonly #ends = new Map<number, boolean>();
  #given: number;
  #landed: number;
  #reported: number;
  #nextPart: number;
  #syncing: Promise<void> | null = null;
  #failure: ArchiveError | null = null;
  /** Set by the first `flush` or `abandon`; settles when the file is closed. Never rejects. */
  #closing: Promise<void> | null = null;

  constructor(target: FilesystemIntakeTarget, options: IntakeWriterOptions) {
    this.#target = target;
    this.#options = options;
    this.#given = target.offsetBytes;
    this.#landed = target.offsetBytes;
    this.#reported = target.offsetBytes;
    this.#nextPart = target.nextPart;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#assertUsable();
    this.#order.check(bytes);
    const offset = this.#given;
    this.#given += bytes.length;
    this.#ends.set(this.#given, false);
    const write = this.#put(bytes, offset);
    this.#writes.add(write);
    void write.then(() => this.#writes.delete(write));
    while (this.#writes.size >= WRITES_IN_FLIGHT) await Promise.race(this.#writes);
    if (this.#failure !== null) throw this.#failure;
  }

  async flush({ last = false }: FlushOptions = {}): Promise<StoredTail | null> {
    this.#assertUsable();
    const flushed = this.#flush(last);
    this.#closing = this.#closeAfter(flushed);
    await this.#closing;
    return flushed;
  }

  async abandon(): Promise<void> {
    this.#closing ??= this.#closeAfter(Promise.resolve());
    await this.#closing;
  }

  async #flush(last: boolean): Promise<StoredTail | null> {
    await this.#settle();
    if (this.#failure !== null) throw this.#failure;
    if (this.#landed === this.#reported) return null;
    await this.#target.file.datasync().catch((error: unknown) => {
      throw fromDisk(error, 'store upload');
    });
    return this.#reportEnd(last);
  }

  async #closeAfter(work: Promise<unknown>): Promise<void> {
    await work.catch(() => undefined);
    await this.#settle();
    await this.#target.file.close().catch(() => undefined);
    this.#target.onClosed();
  }

  async #settle(): Promise<void> {
    await Promise.all(this.#writes);
    await this.#syncing;
  }

  #assertUsable(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#closing !== null) throw new ArchiveError('internal', 'intake writer used after it was closed');
  }

  /** Never rejects: a failure is kept and thrown by the next call. */
  async #put(bytes: Buffer, offset: number): Promise<void> {
    try {
      await this.#target.file.write(bytes, offset);
      this.#ends.set(offset + bytes.length, true);
      this.#advance();
    } catch (error) {
      this.#failure ??= fromDisk(error, 'store upload');
    } finally {
      this.#options.onReleased(bytes);
    }
  }

  #advance(): void {
    for (const [end, down] of this.#ends) {
      if (!down) break;
      this.#landed = end;
      this.#ends.delete(end);
    }
    if (this.#syncing !== null || this.#landed - this.#reported < this.#target.syncBytes) return;
    this.#syncing = this.#sync(wholeBlocks(this.#landed)).finally(() => {
      this.#syncing = null;
    });
  }

  async #sync(end: number): Promise<void> {
    try {
      await this.#target.file.datasync();
      this.#report(end);
    } catch (error) {
      this.#failure ??= fromDisk(error, 'store upload');
    }
  }

  #report(end: number): void {
    if (end === this.#reported) return;
    const part = { number: this.#nextPart, offsetBytes: this.#reported, sizeBytes: end - this.#reported, etag: '' };
    this.#nextPart += 1;
    this.#reported = end;
    this.#options.onPart(part);
  }

  #reportEnd(last: boolean): StoredTail | null {
    this.#report(last ? this.#landed : wholeBlocks(this.#landed));
    const rest = this.#landed - this.#reported;
    return rest === 0 ? null : { offsetBytes: this.#reported, sizeBytes: rest, key: '' };
  }
}

function wholeBlocks(bytes: number): number {
  return bytes - (bytes % BLOCK_BYTES);
}
