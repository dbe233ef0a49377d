import { createHash, type Hash, timingSafeEqual } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type Actor, ArchiveError, type Id, isArchiveError } from '#domain';
import { type TailState, type UploadPartRecord, type UploadRecord, uploadRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import type { ActiveUploads, Claim } from './active-uploads.js';
import { BlockIntake } from './block-intake.js';
import type { BlockPool } from './block-pool.js';
import type { FinishUpload } from './finish-upload.js';
import { Journal } from './journal.js';
import { requireUpload, settleOwn, toStatus, type UploadStatus } from './upload-status.js';

/** Pieces with a checksum count only whole and matching; they are kept this small so that little is ever sent twice. */
export const MAX_CHECKED_PIECE_BYTES = 64 * 1_048_576;

export interface UploadPiece {
  readonly offsetBytes: number;
  readonly body: Readable;
  /** Bytes announced for this piece, or null when the request does not say. */
  readonly pieceBytes: number | null;
  /** Total length, when this request is the one that says it (tus creation-defer-length). */
  readonly lengthBytes: number | null;
  readonly checksum: { readonly algorithm: 'sha1' | 'sha256'; readonly digest: Buffer } | null;
  /** Called once, when nothing speaks against taking the bytes and they are wanted (HTTP 100 Continue). */
  readonly onWanted?: () => void;
}

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'clock' | 'settings' | 'threads' | 'log'>;

/**
 * Takes the bytes of one request (tus PATCH). Whatever happens, the record in the database names only bytes that are
 * durable: a part is stored first, then recorded; a crash between the two costs sending that part again.
 */
export class WriteUpload {
  readonly #parts: Needs;
  readonly #active: ActiveUploads;
  readonly #pool: BlockPool;
  readonly #finish: FinishUpload;

  constructor(parts: Needs, shared: { active: ActiveUploads; pool: BlockPool; finish: FinishUpload }) {
    this.#parts = parts;
    this.#active = shared.active;
    this.#pool = shared.pool;
    this.#finish = shared.finish;
  }

  /**
   * @throws ArchiveError `upload-offset-mismatch`, `upload-finished`, `upload-expired`, `upload-too-large`,
   *   `upload-checksum-mismatch`, `upload-length-conflict`, `upload-interrupted` (what came is kept),
   *   `upload-taken-over`, `storage-full`, `storage-unavailable`
   */
  async run(actor: Actor, assetId: Id, piece: UploadPiece): Promise<UploadStatus> {
    const claim = await this.#claim(actor, assetId, piece.offsetBytes);
    try {
      const upload = await this.#takeOver(actor, assetId, piece);
      claim.follow(() => upload.storedBytes);
      if (upload.storedBytes === upload.lengthBytes) return await this.#finishWhole(upload, piece);
      return await this.#write(upload, piece, claim);
    } finally {
      claim.end();
    }
  }

  /**
   * Takes the place of a request that is writing here already, but only one that goes on just where that one stands:
   * the same piece sent twice at once must not cut itself off. A client that has lost its connection asks with HEAD
   * first, which stops the old request.
   */
  async #claim(actor: Actor, assetId: Id, offsetBytes: number): Promise<Claim> {
    const writerAt = this.#active.offsetOf(assetId);
    if (writerAt !== null && writerAt !== offsetBytes) {
      const { reader } = this.#parts.database;
      await requireUpload(reader, actor, assetId, await uploadRepository.find(reader, assetId));
      throw new ArchiveError('upload-offset-mismatch', `offset ${offsetBytes}, another request is at ${writerAt}`, {
        details: { offsetBytes: writerAt },
      });
    }
    await settleOwn(this.#parts, this.#active, { actor, assetId });
    return await this.#active.claim(assetId);
  }

  async #takeOver(actor: Actor, assetId: Id, piece: UploadPiece): Promise<UploadRecord> {
    return await this.#parts.database.transaction(async (tx) => {
      const upload = await requireUpload(tx, actor, assetId, await uploadRepository.takeOver(tx, assetId));
      if (upload.state === 'finished') throw new ArchiveError('upload-finished', `upload ${assetId} is finished`);
      if (upload.storedBytes !== piece.offsetBytes) {
        throw new ArchiveError('upload-offset-mismatch', `offset ${piece.offsetBytes}, stored ${upload.storedBytes}`, {
          details: { offsetBytes: upload.storedBytes },
        });
      }
      const lengthBytes = this.#lengthOf(upload, piece);
      checkFits(lengthBytes, piece, this.#parts.settings.maxUploadBytes);
      // "…the uploaded chunk MUST be discarded, and the upload … MUST NOT be updated": a length that comes with a
      // checked piece counts only once the piece does.
      if (lengthBytes !== upload.lengthBytes && piece.checksum === null)
        await uploadRepository.setLength(tx, assetId, lengthBytes ?? 0);
      return { ...upload, lengthBytes };
    });
  }

  #lengthOf(upload: UploadRecord, piece: UploadPiece): number | null {
    if (piece.lengthBytes === null) return upload.lengthBytes;
    if (upload.lengthBytes !== null && upload.lengthBytes !== piece.lengthBytes) {
      throw new ArchiveError('upload-length-conflict', 'the length was given before', {
        details: { lengthBytes: upload.lengthBytes },
      });
    }
    if (piece.lengthBytes < upload.storedBytes) {
      throw new ArchiveError('upload-length-conflict', 'more bytes are stored already', {
        details: { offsetBytes: upload.storedBytes },
      });
    }
    return piece.lengthBytes;
  }

  /** All bytes are here, only the finish was cut off, or the sender says just now that this was all. */
  async #finishWhole(upload: UploadRecord, piece: UploadPiece): Promise<UploadStatus> {
    const { database } = this.#parts;
    piece.onWanted?.();
    for await (const chunk of chunksOf(piece.body)) {
      if (chunk.length > 0) throw beyond(upload.lengthBytes ?? 0);
    }
    if (piece.checksum) assertChecksum(createHash(piece.checksum.algorithm), piece.checksum.digest);
    if (piece.checksum && piece.lengthBytes !== null) await this.#keepLength(upload);
    const parts = await uploadRepository.parts(database.reader, upload.assetId);
    return await this.#finish.run({ upload, parts, tail: upload.tail });
  }

  async #keepLength(upload: UploadRecord): Promise<void> {
    await this.#parts.database.transaction(async (tx) => {
      const current = await uploadRepository.lock(tx, upload.assetId);
      if (current?.epoch !== upload.epoch) throw new ArchiveError('upload-taken-over', 'another writer has this upload');
      if (current.lengthBytes === null && upload.lengthBytes !== null)
        await uploadRepository.setLength(tx, upload.assetId, upload.lengthBytes);
    });
  }

  async #write(upload: UploadRecord, piece: UploadPiece, claim: Claim): Promise<UploadStatus> {
    const { database, store, threads } = this.#parts;
    const parts = upload.parts > 0 ? await uploadRepository.parts(database.reader, upload.assetId) : [];
    const lease = await this.#pool.lease(upload.intake.partBlocks + 2, claim.signal);
    const journal = new Journal(this.#parts, upload, parts, piece.checksum !== null);
    const intake = await BlockIntake.open(
      { intake: upload.intake, parts },
      { store, threads, lease, onPart: (part) => journal.add(part) },
    );
    try {
      if (upload.tail !== null) {
        for await (const chunk of await store.readTail(upload.intake, upload.tail)) await intake.take(chunk as Buffer);
      }
      if (intake.offsetBytes !== upload.storedBytes)
        throw new ArchiveError('object-missing', 'the stored tail is not whole');
      const received = await this.#receive(intake, upload, piece, { claim, journal });
      const tail = await intake.flush(intake.offsetBytes === upload.lengthBytes);
      return await this.#conclude(upload, { journal, tail, endBytes: intake.offsetBytes, received });
    } catch (error) {
      await intake.abandon();
      await journal.settle();
      throw error;
    } finally {
      lease.end();
    }
  }

  /** Reads the body to its end, or to where it breaks off; throws only when what came must not count. */
  async #receive(
    intake: BlockIntake,
    upload: UploadRecord,
    piece: UploadPiece,
    running: { claim: Claim; journal: Journal },
  ): Promise<{ interruption: unknown }> {
    const limitBytes = Math.min(
      upload.lengthBytes ?? this.#parts.settings.maxUploadBytes,
      this.#parts.settings.maxUploadBytes,
    );
    const checksum = piece.checksum === null ? null : createHash(piece.checksum.algorithm);
    const stop = (): void =>
      void piece.body.destroy(new ArchiveError('upload-taken-over', 'another request goes on with this upload'));
    running.claim.signal.addEventListener('abort', stop);
    if (running.claim.signal.aborted) stop();
    try {
      for await (const chunk of piece.body as AsyncIterable<Buffer>) {
        if (intake.offsetBytes + chunk.length > limitBytes)
          throw new ArchiveError('upload-too-large', 'more bytes than announced', {
            details: { maxBytes: limitBytes },
          });
        if (checksum && intake.offsetBytes + chunk.length > upload.storedBytes + MAX_CHECKED_PIECE_BYTES)
          throw tooLargeForChecksum();
        checksum?.update(chunk);
        await intake.take(chunk);
        running.journal.throwIfFailed();
      }
    } catch (error) {
      // A cut connection is no fault of the bytes that came before it; with a checksum they count only whole.
      if (checksum !== null || !isInterruption(error, piece.body)) throw error;
      return { interruption: error };
    } finally {
      running.claim.signal.removeEventListener('abort', stop);
    }
    if (piece.checksum && checksum) assertChecksum(checksum, piece.checksum.digest);
    return { interruption: null };
  }

  async #conclude(
    upload: UploadRecord,
    end: { journal: Journal; tail: TailState | null; endBytes: number; received: { interruption: unknown } },
  ): Promise<UploadStatus> {
    const { journal, tail, endBytes } = end;
    if (endBytes === upload.lengthBytes) {
      // The finish records everything at once: no need to record the last parts first.
      await journal.settle();
      journal.throwIfFailed();
      return await this.#finish.run({ upload, parts: journal.parts, tail });
    }
    await journal.record(tail, endBytes);
    if (upload.tail?.key && upload.tail.key !== tail?.key)
      await this.#parts.store.dropTail(upload.intake, upload.tail).catch(() => undefined);
    if (end.received.interruption !== null) {
      if (isArchiveError(end.received.interruption)) throw end.received.interruption;
      throw new ArchiveError('upload-interrupted', `cut at ${endBytes}`, {
        cause: end.received.interruption,
        details: { offsetBytes: endBytes },
      });
    }
    return toStatus({ ...upload, storedBytes: endBytes, expiresAt: journal.expiresAt() });
  }
}

/** Records durable parts as they come, in order, behind the intake; refused when another writer has taken over. */
class Journal {
  readonly parts: UploadPartRecord[];
  readonly #needs: Needs;
  readonly #upload: UploadRecord;
  readonly #holdsBack: boolean;
  readonly #owed: UploadPartRecord[] = [];
  #running: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  constructor(needs: Needs, upload: UploadRecord, parts: readonly UploadPartRecord[], holdsBack: boolean) {
    this.#needs = needs;
    this.#upload = upload;
    this.parts = [...parts];
    this.#holdsBack = holdsBack;
  }

  add(part: UploadPartRecord): void {
    this.parts.push(part);
    this.#owed.push(part);
    if (!this.#holdsBack) this.#running = this.#running.then(() => this.#recordParts());
  }

  /** Records all that is owed, and what lies beyond the last part. */
  async record(tail: TailState | null, storedBytes: number): Promise<void> {
    this.#running = this.#running.then(() => this.#record(this.#owed.splice(0), tail, storedBytes));
    await this.settle();
    this.throwIfFailed();
  }

  async settle(): Promise<void> {
    await this.#running;
  }

  throwIfFailed(): void {
    if (this.#failure) throw this.#failure;
  }

  expiresAt(): Date {
    return new Date(this.#needs.clock.now().getTime() + this.#needs.settings.uploadExpiresMs);
  }

  async #recordParts(): Promise<void> {
    const parts = this.#owed.splice(0);
    const last = parts.at(-1);
    if (last) await this.#record(parts, null, last.offsetBytes + last.sizeBytes);
  }

  async #record(parts: readonly UploadPartRecord[], tail: TailState | null, storedBytes: number): Promise<void> {
    if (this.#failure) return;
    const partCount = this.parts.length - this.#owed.length;
    const progress = { parts, partCount, storedBytes, tail, expiresAt: this.expiresAt(), at: this.#needs.clock.now() };
    try {
      const isOurs = await this.#needs.database.transaction((tx) =>
        uploadRepository.record(tx, this.#upload, progress),
      );
      if (!isOurs) this.#failure = new ArchiveError('upload-taken-over', 'another writer has this upload');
    } catch (error) {
      this.#failure = error;
    }
  }
}

function checkFits(lengthBytes: number | null, piece: UploadPiece, maxUploadBytes: number): void {
  const limitBytes = Math.min(lengthBytes ?? maxUploadBytes, maxUploadBytes);
  if ((lengthBytes ?? 0) > maxUploadBytes || piece.offsetBytes + (piece.pieceBytes ?? 0) > limitBytes) {
    throw new ArchiveError('upload-too-large', 'beyond the announced or allowed length', {
      details: { maxBytes: limitBytes },
    });
  }
  if (piece.checksum && (piece.pieceBytes ?? 0) > MAX_CHECKED_PIECE_BYTES) throw tooLargeForChecksum();
}

function tooLargeForChecksum(): ArchiveError {
  return new ArchiveError('upload-too-large', 'a piece with a checksum is at most 64 MiB', {
    details: { maxBytes: MAX_CHECKED_PIECE_BYTES },
  });
}

function assertChecksum(hash: Hash, expected: Buffer): void {
  const actual = hash.digest();
  if (actual.length === expected.length && timingSafeEqual(actual, expected)) return;
  throw new ArchiveError('upload-checksum-mismatch', 'the piece does not match its checksum');
}

/** The body itself broke off, or was stopped for another request; anything else is a failure of ours or a refusal. */
function isInterruption(error: unknown, body: Readable): boolean {
  if (isArchiveError(error)) return error.code === 'upload-taken-over' && body.destroyed;
  const code = (error as { code?: string } | null)?.code ?? '';
  return [
    'ECONNRESET',
    'ERR_STREAM_PREMATURE_CLOSE',
    'ABORT_ERR',
    'EPIPE',
    'ETIMEDOUT',
    'HPE_INVALID_CHUNK_SIZE',
  ].includes(code);
}
