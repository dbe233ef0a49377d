import { type Actor, ArchiveError, type Id, isArchiveError } from '#domain';
import { type TailState, type UploadRecord, uploadRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { type ActiveUploads, type Claim, offsetMismatch } from './active-uploads.js';
import { BlockIntake } from './block-intake.js';
import type { BlockLease, BlockPool } from './block-pool.js';
import type { FinishUpload } from './finish-upload.js';
import { Journal } from './journal.js';
import { beyondLength, checkFits, PieceCheck, readBody, toInterruption, type UploadPiece } from './piece.js';
import { requireOwnIfActive, requireUpload, toStatus, type UploadStatus } from './upload-status.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'clock' | 'settings' | 'threads' | 'log'>;

/** One request's writing: everything it needs beside the use case's own parts. */
interface Writing {
  readonly upload: UploadRecord;
  readonly piece: UploadPiece;
  readonly claim: Claim;
  readonly intake: BlockIntake;
  readonly journal: Journal;
}

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
   *   `upload-checksum-mismatch`, `upload-length-conflict`, `upload-interrupted` (what came is kept, unless it has a
   *   checksum), `upload-taken-over`, `storage-full`, `storage-unavailable`
   */
  async run(actor: Actor, assetId: Id, piece: UploadPiece): Promise<UploadStatus> {
    await requireOwnIfActive(this.#parts, this.#active, { actor, assetId });
    const claim = await this.#active.claim(assetId, piece.offsetBytes);
    try {
      const upload = await this.#takeOver(actor, assetId, piece);
      claim.follow(() => upload.storedBytes);
      if (upload.storedBytes === upload.lengthBytes) return await this.#finishWhole(upload, piece, claim);
      return await this.#write(upload, piece, claim);
    } finally {
      claim.end();
    }
  }

  async #takeOver(actor: Actor, assetId: Id, piece: UploadPiece): Promise<UploadRecord> {
    const { database, settings } = this.#parts;
    if (piece.lengthBytes === null) {
      const of = { assetId, accountId: actor.accountId, offsetBytes: piece.offsetBytes };
      const taken = await uploadRepository.takeOverAt(database.reader, of);
      if (taken !== null) {
        checkFits(taken.lengthBytes, piece, settings.maxUploadBytes);
        return taken;
      }
    }
    return await database.transaction(async (tx) => {
      const upload = await requireUpload(tx, actor, assetId, await uploadRepository.takeOver(tx, assetId));
      if (upload.state === 'finished') throw new ArchiveError('upload-finished', `upload ${assetId} is finished`);
      if (upload.storedBytes !== piece.offsetBytes) throw offsetMismatch(piece.offsetBytes, upload.storedBytes);
      const lengthBytes = lengthOf(upload, piece);
      checkFits(lengthBytes, piece, settings.maxUploadBytes);
      // "…the uploaded chunk MUST be discarded, and the upload and its offset MUST NOT be updated": a length that comes
      // with a checked piece counts once the piece does.
      if (lengthBytes !== null && upload.lengthBytes === null && piece.checksum === null)
        await uploadRepository.setLength(tx, assetId, lengthBytes);
      return { ...upload, lengthBytes };
    });
  }

  /** All bytes are here already: only the finish was cut off, or the sender says just now that this was all. */
  async #finishWhole(upload: UploadRecord, piece: UploadPiece, claim: Claim): Promise<UploadStatus> {
    const check = new PieceCheck(piece.checksum);
    const cut = await readBody(piece, claim.signal, (chunk) => {
      if (chunk.length > 0) throw beyondLength(upload.storedBytes);
    });
    if (cut !== null) throw toInterruption(cut, upload.storedBytes);
    check.assert();
    await this.#keepLength(upload, piece);
    const parts = await uploadRepository.parts(this.#parts.database.reader, upload.assetId);
    return await this.#finish.run({ upload, parts, tail: upload.tail });
  }

  async #write(upload: UploadRecord, piece: UploadPiece, claim: Claim): Promise<UploadStatus> {
    const lease = await this.#pool.lease(upload.intake.partBlocks + 2, claim.signal);
    try {
      return await this.#writeBlocks(upload, piece, { claim, lease });
    } catch (error) {
      throw await this.#explain(error, upload);
    } finally {
      lease.end();
    }
  }

  async #writeBlocks(
    upload: UploadRecord,
    piece: UploadPiece,
    held: { claim: Claim; lease: BlockLease },
  ): Promise<UploadStatus> {
    const { database, store, threads } = this.#parts;
    const parts = upload.parts > 0 ? await uploadRepository.parts(database.reader, upload.assetId) : [];
    const journal = new Journal(this.#parts, { upload, parts, holdsBack: piece.checksum !== null });
    const intake = await BlockIntake.open(
      { intake: upload.intake, parts },
      { store, threads, lease: held.lease, onPart: (part) => journal.add(part) },
    );
    try {
      if (upload.tail !== null) {
        for await (const chunk of await store.readTail(upload.intake, upload.tail)) await intake.take(chunk as Buffer);
      }
      if (intake.offsetBytes !== upload.storedBytes)
        throw new ArchiveError('object-missing', 'the stored tail is not whole');
      held.claim.follow(() => intake.offsetBytes);
      const writing = { upload, piece, claim: held.claim, intake, journal };
      const interruption = await this.#receive(writing);
      const tail = await intake.flush(intake.offsetBytes === upload.lengthBytes);
      return await this.#conclude(writing, tail, interruption);
    } catch (error) {
      await intake.abandon();
      await journal.settle();
      throw error;
    }
  }

  /**
   * Reads the body to its end, or to where it breaks off; throws only when what came must not count.
   * @returns why it broke off, or null
   */
  async #receive({ upload, piece, claim, intake, journal }: Writing): Promise<ArchiveError | null> {
    const { maxUploadBytes } = this.#parts.settings;
    const limitBytes = Math.min(upload.lengthBytes ?? maxUploadBytes, maxUploadBytes);
    const check = new PieceCheck(piece.checksum);
    const cut = await readBody(piece, claim.signal, async (chunk) => {
      if (intake.offsetBytes + chunk.length > limitBytes) throw beyondLength(limitBytes);
      check.add(chunk);
      await intake.take(chunk);
      journal.throwIfFailed();
    });
    // A cut connection is no fault of the bytes that came before it; with a checksum they count only whole.
    if (cut !== null && piece.checksum !== null) throw toInterruption(cut, upload.storedBytes);
    if (cut !== null) return toInterruption(cut, intake.offsetBytes);
    check.assert();
    await this.#keepLength(upload, piece);
    return null;
  }

  async #conclude(
    { upload, intake, journal }: Writing,
    tail: TailState | null,
    interruption: ArchiveError | null,
  ): Promise<UploadStatus> {
    const endBytes = intake.offsetBytes;
    if (endBytes === upload.lengthBytes) {
      // Recorded before the object is made: after a crash in between, and against a writer who comes late, it is
      // settled which bytes the object is of.
      await journal.recordWhole();
      return await this.#finish.run({ upload, parts: journal.parts, tail });
    }
    await journal.record(tail, endBytes);
    if (upload.tail?.key && upload.tail.key !== tail?.key)
      await this.#parts.store.dropTail(upload.intake, upload.tail).catch(() => undefined);
    if (interruption !== null) throw interruption;
    return toStatus({ ...upload, storedBytes: endBytes, expiresAt: journal.expiresAt() });
  }

  /** Records the length that came with a checked piece, now that the piece matches. */
  async #keepLength(upload: UploadRecord, piece: UploadPiece): Promise<void> {
    const { lengthBytes } = piece;
    if (piece.checksum === null || lengthBytes === null) return;
    await this.#parts.database.transaction(async (tx) => {
      const current = await uploadRepository.lock(tx, upload.assetId);
      if (current?.epoch !== upload.epoch) throw overtaken();
      if (current.lengthBytes === null) await uploadRepository.setLength(tx, upload.assetId, lengthBytes);
    });
  }

  /** A store that no longer knows the upload of a writer who was overtaken is not at fault. */
  async #explain(error: unknown, upload: UploadRecord): Promise<unknown> {
    const isOfStore = ['object-missing', 'object-exists', 'conflict'].some(
      (code) => isArchiveError(error) && error.code === code,
    );
    if (!isOfStore) return error;
    const current = await uploadRepository.find(this.#parts.database.reader, upload.assetId).catch(() => upload);
    return current?.state === 'open' && current.epoch === upload.epoch ? error : overtaken(error);
  }
}

/** @throws ArchiveError `upload-length-conflict` */
function lengthOf(upload: UploadRecord, piece: UploadPiece): number | null {
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

function overtaken(cause?: unknown): ArchiveError {
  return new ArchiveError('upload-taken-over', 'another writer has this upload', { cause });
}
