import { ArchiveError } from '#domain';
import { BLOCK_BYTES } from '#tlog';
import type { FlightBudget } from './flight-budget.js';
import { BlockOrder, MAX_PARTS } from './intake-shape.js';
import { keys } from './keys.js';
import type {
  Area,
  FlushOptions,
  Intake,
  IntakeWriter,
  IntakeWriterOptions,
  StoredPart,
  StoredTail,
} from './object-store.js';
import type { S3Connection } from './s3-connection.js';
import { fromS3 } from './s3-errors.js';

export interface S3IntakeTarget {
  readonly connection: S3Connection;
  readonly intake: Intake;
  readonly area: Area;
  readonly offsetBytes: number;
  readonly nextPart: number;
  readonly partsInFlight: number;
  readonly budget: FlightBudget;
}

interface Piece {
  readonly number: number;
  readonly offsetBytes: number;
  sizeBytes: number;
  /** Emptied when the buffers have gone back to the caller. */
  bytes: Buffer[];
}

/**
 * Collects blocks into parts and sends several at once. A part's buffers are kept until the server has it, so that
 * it can be sent again; memory is the budget of the process and one part being filled per writer.
 */
export class S3IntakeWriter implements IntakeWriter {
  readonly #target: S3IntakeTarget;
  readonly #options: IntakeWriterOptions;
  readonly #order = new BlockOrder();
  readonly #stop = new AbortController();
  readonly #sending = new Set<Promise<void>>();
  readonly #held = new Set<Piece>();
  /** Parts that are stored while an earlier one is not: told in order, later. */
  readonly #ahead = new Map<number, StoredPart>();
  #filling: Piece;
  #nextToTell: number;
  #failure: ArchiveError | null = null;
  #closed = false;

  constructor(target: S3IntakeTarget, options: IntakeWriterOptions) {
    this.#target = target;
    this.#options = options;
    this.#nextToTell = target.nextPart;
    this.#filling = emptyPiece(target.nextPart, target.offsetBytes);
  }

  async write(bytes: Buffer): Promise<void> {
    this.#assertUsable();
    this.#order.check(bytes);
    if (this.#filling.number > MAX_PARTS) {
      throw new ArchiveError('upload-too-large', `more than ${MAX_PARTS} parts of ${this.#partBytes()} bytes`);
    }
    this.#filling.bytes.push(bytes);
    this.#filling.sizeBytes += bytes.length;
    if (this.#filling.sizeBytes === this.#partBytes()) await this.#sendFilled();
  }

  async flush({ last = false }: FlushOptions = {}): Promise<StoredTail | null> {
    this.#assertUsable();
    if (last && this.#filling.sizeBytes > 0) await this.#sendFilled();
    this.#closed = true;
    const rest = this.#takeFilling();
    const [tail] = await Promise.all([this.#storeTail(rest), ...this.#sending]);
    if (this.#failure !== null) throw this.#failure;
    return tail;
  }

  async abandon(): Promise<void> {
    this.#closed = true;
    this.#failure ??= new ArchiveError('internal', 'the upload was given up');
    this.#stop.abort();
    this.#held.add(this.#takeFilling());
    await Promise.all(this.#sending);
    for (const piece of this.#held) this.#release(piece);
  }

  #partBytes(): number {
    return this.#target.intake.partBlocks * BLOCK_BYTES;
  }

  #assertUsable(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#closed) throw new ArchiveError('internal', 'intake writer used after it was closed');
  }

  #takeFilling(): Piece {
    const piece = this.#filling;
    this.#filling = emptyPiece(piece.number + 1, piece.offsetBytes + piece.sizeBytes);
    return piece;
  }

  async #sendFilled(): Promise<void> {
    const piece = this.#takeFilling();
    this.#held.add(piece);
    while (this.#sending.size >= this.#target.partsInFlight) await Promise.race(this.#sending);
    await this.#target.budget.take(piece.sizeBytes);
    if (this.#failure !== null) {
      this.#target.budget.give(piece.sizeBytes);
      this.#release(piece);
      throw this.#failure;
    }
    const sending = this.#send(piece);
    this.#sending.add(sending);
    void sending.then(() => this.#sending.delete(sending));
  }

  /** Never rejects: a failure is kept and thrown by the next call. */
  async #send(piece: Piece): Promise<void> {
    const { connection, intake, area } = this.#target;
    const query = { uploadId: intake.handle, partNumber: String(piece.number) };
    try {
      const request = { area, key: intake.key, query, signal: this.#stop.signal };
      const { etag } = await connection.putBytes(request, piece.bytes);
      const { number, offsetBytes, sizeBytes } = piece;
      this.#ahead.set(number, { number, offsetBytes, sizeBytes, etag });
      this.#tell();
    } catch (error) {
      this.#failure ??= fromS3(error, 'store part');
    } finally {
      this.#release(piece);
      this.#target.budget.give(piece.sizeBytes);
    }
  }

  #tell(): void {
    for (let part = this.#ahead.get(this.#nextToTell); part !== undefined; part = this.#ahead.get(this.#nextToTell)) {
      this.#ahead.delete(this.#nextToTell);
      this.#nextToTell += 1;
      this.#options.onPart(part);
    }
  }

  /** A crash after this leaves an object in staging that nobody knows; finishing or aborting drops it. */
  async #storeTail(piece: Piece): Promise<StoredTail | null> {
    if (piece.sizeBytes === 0) return null;
    const { connection, intake } = this.#target;
    const { offsetBytes, sizeBytes } = piece;
    const key = keys.tail(intake.key, offsetBytes);
    try {
      await connection.putBytes({ area: 'staging', key, signal: this.#stop.signal }, piece.bytes);
      return { offsetBytes, sizeBytes, key };
    } catch (error) {
      this.#failure ??= fromS3(error, 'store the end of what arrived');
      return null;
    } finally {
      this.#release(piece);
    }
  }

  #release(piece: Piece): void {
    const { bytes } = piece;
    piece.bytes = [];
    this.#held.delete(piece);
    for (const buffer of bytes) this.#options.onReleased(buffer);
  }
}

function emptyPiece(number: number, offsetBytes: number): Piece {
  return { number, offsetBytes, sizeBytes: 0, bytes: [] };
}
