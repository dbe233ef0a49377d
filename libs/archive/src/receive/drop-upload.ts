import { type Actor, ArchiveError, type Id } from '#domain';
import { type UploadRecord, uploadRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, by, bySystem, type EventSource } from '../ledger/append-events.js';
import type { ActiveUploads } from './active-uploads.js';
import type { FinishWholeUpload } from './finish-upload.js';
import { requireOwnIfActive, requireUpload } from './upload-status.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'queue' | 'clock' | 'log'>;

/** Gives an unfinished upload up, at the sender's wish (tus termination). A finished one is evidence and stays. */
export class DropUpload {
  readonly #parts: Needs;
  readonly #active: ActiveUploads;
  readonly #finish: FinishWholeUpload;

  constructor(parts: Needs, active: ActiveUploads, finish: FinishWholeUpload) {
    this.#parts = parts;
    this.#active = active;
    this.#finish = finish;
  }

  /** @throws ArchiveError `upload-finished`, `upload-expired`, `not-found` */
  async run(actor: Actor, assetId: Id): Promise<void> {
    await requireOwnIfActive(this.#parts, this.#active, { actor, assetId });
    await this.#active.settle(assetId);
    const { database, clock } = this.#parts;
    const upload = await database.transaction(async (tx) =>
      requireUpload(tx, actor, assetId, await uploadRepository.takeOver(tx, assetId)),
    );
    // Whole, but its finish was cut off: its object may be in the vault already, where nothing is taken back.
    if (upload.state === 'open' && isWhole(upload)) await this.#finish.run(assetId);
    if (upload.state === 'finished' || isWhole(upload))
      throw new ArchiveError('upload-finished', `upload ${assetId} is finished`);
    await dropUpload(this.#parts, upload, by(actor, clock.now()), 'sender');
  }
}

/**
 * The sweep: drops uploads nobody has continued in time, and finishes those that are whole but whose finish was cut
 * off. Works from our own table only; what is in the vault is never its business.
 */
export class SweepUploads {
  readonly #parts: Needs;
  readonly #finish: FinishWholeUpload;

  constructor(parts: Needs, finish: FinishWholeUpload) {
    this.#parts = parts;
    this.#finish = finish;
  }

  async run(): Promise<{ readonly dropped: number; readonly finished: number }> {
    const { database, clock, log } = this.#parts;
    const now = clock.now();
    let finished = 0;
    for (const upload of await uploadRepository.unfinishedButWhole(
      database.reader,
      new Date(now.getTime() - 60_000),
      100,
    )) {
      try {
        await this.#finish.run(upload.assetId);
        finished += 1;
      } catch (error) {
        log.error({ assetId: upload.assetId, err: error }, 'a whole upload could not be finished');
      }
    }
    let dropped = 0;
    for (const upload of await uploadRepository.expired(database.reader, now, 100)) {
      try {
        if (await this.#dropExpired(upload.assetId, now)) dropped += 1;
      } catch (error) {
        log.error({ assetId: upload.assetId, err: error }, 'an expired upload could not be dropped');
      }
    }
    return { dropped, finished };
  }

  /** @returns false when it was continued, or finished, since we looked */
  async #dropExpired(assetId: Id, now: Date): Promise<boolean> {
    const taken = await this.#parts.database.transaction((tx) => uploadRepository.takeOver(tx, assetId));
    if (taken?.state !== 'open' || taken.expiresAt > now || isWhole(taken)) return false;
    await dropUpload(this.#parts, taken, bySystem(now), 'expired');
    return true;
  }
}

function isWhole(upload: UploadRecord): boolean {
  return upload.storedBytes === upload.lengthBytes;
}

async function dropUpload(
  parts: Needs,
  upload: UploadRecord,
  source: EventSource,
  why: 'sender' | 'expired',
): Promise<void> {
  // First the record, then the bytes: a crash between leaves bytes nobody names, never a record of bytes that are gone.
  await parts.database.transaction(async (tx) => {
    const current = await uploadRepository.lock(tx, upload.assetId);
    if (current?.state !== 'open' || current.epoch !== upload.epoch)
      throw new ArchiveError('conflict', 'the upload moved on');
    await appendEvents(tx, source, [
      { type: 'asset.dropped', chain: `asset:${upload.assetId}`, public: { why, stored_bytes: upload.storedBytes } },
    ]);
    await uploadRepository.drop(tx, upload.assetId);
  });
  await parts.store.abortIntake(upload.intake, upload.tail).catch((error) => {
    parts.log.warn({ assetId: upload.assetId, err: error }, 'bytes of a dropped upload could not be removed');
  });
}
