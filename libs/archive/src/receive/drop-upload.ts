import { type Actor, ArchiveError, type Id, isArchiveError } from '#domain';
import { keys } from '#object-store';
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

export interface UploadSweep {
  /** Whole, their finish cut off: finished now. */
  readonly finished: number;
  /** Given up: not continued in time, or not to be finished any more. */
  readonly dropped: number;
  /** Unfinished bytes in the store that no record names, removed. */
  readonly cleared: number;
}

/** Between the first trace of an upload in the store and its record lie moments; this is on the safe side. */
const UNRECORDED_MS = 24 * 60 * 60 * 1000;
const BATCH = 100;

/**
 * The sweep: drops uploads nobody has continued in time, finishes those that are whole but whose finish was cut off,
 * and clears unfinished bytes a process that died left in the store. What is in the vault is never its business.
 */
export class SweepUploads {
  readonly #parts: Needs;
  readonly #finish: FinishWholeUpload;

  constructor(parts: Needs, finish: FinishWholeUpload) {
    this.#parts = parts;
    this.#finish = finish;
  }

  async run(): Promise<UploadSweep> {
    const now = this.#parts.clock.now();
    const whole = await this.#finishWhole(now);
    const dropped = await this.#dropAllExpired(now);
    return { finished: whole.finished, dropped: whole.dropped + dropped, cleared: await this.#clearUnrecorded(now) };
  }

  async #finishWhole(now: Date): Promise<{ finished: number; dropped: number }> {
    const { database, log } = this.#parts;
    const done = { finished: 0, dropped: 0 };
    const before = new Date(now.getTime() - 60_000);
    for (const upload of await uploadRepository.unfinishedButWhole(database.reader, before, BATCH)) {
      try {
        await this.#finish.run(upload.assetId);
        done.finished += 1;
      } catch (error) {
        log.error({ assetId: upload.assetId, err: error }, 'a whole upload could not be finished');
        // The store can never make an object of what it holds; its sender was told to begin anew.
        if (isArchiveError(error, 'upload-expired') && (await this.#dropUnfinishable(upload, now))) done.dropped += 1;
      }
    }
    return done;
  }

  async #dropUnfinishable(upload: UploadRecord, now: Date): Promise<boolean> {
    try {
      const taken = await this.#parts.database.transaction((tx) => uploadRepository.takeOver(tx, upload.assetId));
      if (taken?.state !== 'open' || !isWhole(taken)) return false;
      await dropUpload(this.#parts, taken, bySystem(now), 'unfinishable');
      return true;
    } catch (error) {
      this.#parts.log.error({ assetId: upload.assetId, err: error }, 'an upload could not be dropped');
      return false;
    }
  }

  async #dropAllExpired(now: Date): Promise<number> {
    const { database, log } = this.#parts;
    let dropped = 0;
    for (const upload of await uploadRepository.expired(database.reader, now, BATCH)) {
      try {
        if (await this.#dropExpired(upload.assetId, now)) dropped += 1;
      } catch (error) {
        log.error({ assetId: upload.assetId, err: error }, 'an expired upload could not be dropped');
      }
    }
    return dropped;
  }

  /** What died between the store and the record, at the beginning or the giving up. */
  async #clearUnrecorded(now: Date): Promise<number> {
    const { database, store, log } = this.#parts;
    let cleared = 0;
    try {
      for await (const intake of store.unfinishedIntakes(new Date(now.getTime() - UNRECORDED_MS))) {
        const assetId = keys.assetOfOriginal(intake.key);
        // Not one of ours, or one that may still go on.
        if (assetId === null || (await uploadRepository.find(database.reader, assetId))?.state === 'open') continue;
        await store.abortIntake(intake, null);
        log.info({ key: intake.key }, 'unfinished bytes without a record removed');
        cleared += 1;
      }
    } catch (error) {
      log.error({ err: error }, 'unfinished bytes without a record could not be cleared');
    }
    return cleared;
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
  why: 'sender' | 'expired' | 'unfinishable',
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
