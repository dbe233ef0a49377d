import { ArchiveError, type Id, isArchiveError } from '#domain';
import type { StoredObject } from '#object-store';
import {
  assetRepository,
  type TailState,
  type Tx,
  type UploadPartRecord,
  type UploadRecord,
  uploadRepository,
} from '#persistence';
import { blockRoot } from '#tlog';
import type { ArchiveParts } from '../archive.js';
import { linkAsReceived } from '../assets/link-asset.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, type EventSource } from '../ledger/append-events.js';
import { digestText, sha256 } from '../ledger/canonical.js';
import { enqueueWork } from '../upkeep/enqueue-owed.js';
import type { ActiveUploads } from './active-uploads.js';
import { toStatus, type UploadStatus } from './upload-status.js';

/** All its bytes are recorded in the database: from there on no other bytes can take their place. */
export interface WholeUpload {
  readonly upload: UploadRecord;
  readonly parts: readonly UploadPartRecord[];
  readonly tail: TailState | null;
}

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'queue' | 'clock' | 'log'>;

/**
 * The last byte is durable: makes the object, records the receipt, asks for the seal and the look. Idempotent, in
 * this order: object, then transaction, then jobs. A crash after the first is finished by the next request or by the
 * sweep, which find the object in the vault; a crash after the second by the sweep that re-enqueues what is owed.
 */
export class FinishUpload {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  async run(whole: WholeUpload): Promise<UploadStatus> {
    const { upload, parts, tail } = whole;
    const sizeBytes = upload.lengthBytes ?? 0;
    const leaves = Buffer.concat([...parts.map((part) => part.leaves), Buffer.from(tail?.leaves ?? '', 'base64')]);
    const object = await this.#makeObject(whole);
    if (object.sizeBytes !== sizeBytes)
      throw new ArchiveError('internal', `stored ${object.sizeBytes} of ${sizeBytes} bytes`);

    const receivedAt = this.#parts.clock.now();
    await this.#parts.database.transaction((tx) => this.#record(tx, upload, { object, leaves, receivedAt }));
    await this.#dropOldTails(upload, tail);
    await enqueueWork(this.#parts, upload.assetId, ['asset.seal', 'asset.look']);
    return { ...toStatus(upload), offsetBytes: sizeBytes, isFinished: true };
  }

  async #makeObject({ upload, parts, tail }: WholeUpload): Promise<StoredObject> {
    const { database, store } = this.#parts;
    try {
      return await store.finishIntake(upload.intake, { parts, tail });
    } catch (error) {
      const firstBadPart = isArchiveError(error, 'conflict') ? error.details.firstBadPart : undefined;
      if (typeof firstBadPart !== 'number') throw error;
      // The store holds another part than recorded (an overtaken writer was late): go back to before it.
      const kept = parts.filter((part) => part.number < firstBadPart);
      const storedBytes = kept.reduce((sum, part) => sum + part.sizeBytes, 0);
      await database.transaction(async (tx) => {
        const at = this.#parts.clock.now();
        const back = { parts: [], partCount: kept.length, storedBytes, tail: null, expiresAt: upload.expiresAt, at };
        // Whoever has taken over meanwhile keeps his own parts, and meets the same difference himself.
        if (!(await uploadRepository.record(tx, upload, back)))
          throw new ArchiveError('upload-taken-over', 'another writer has this upload', { cause: error });
        await uploadRepository.dropPartsFrom(tx, upload.assetId, firstBadPart);
      });
      throw new ArchiveError('upload-offset-mismatch', 'stored parts differ', {
        cause: error,
        details: { offsetBytes: storedBytes },
      });
    }
  }

  async #record(
    tx: Tx,
    upload: UploadRecord,
    received: { object: StoredObject; leaves: Buffer; receivedAt: Date },
  ): Promise<void> {
    const { object, leaves, receivedAt } = received;
    const { assetId } = upload;
    const root = digestText(blockRoot(sha256, leaves));
    const from = await uploadRepository.finish(tx, {
      ...{ assetId, leaves, receivedAt, blockRoot: root },
      ...{ sizeBytes: object.sizeBytes, objectKey: object.key, objectVersion: object.versionId },
    });
    if (from === null) {
      // Finished by another request meanwhile: of the same bytes, for all of them were recorded before.
      if ((await uploadRepository.find(tx, assetId))?.state === 'finished') return;
      throw new ArchiveError('upload-expired', `upload ${assetId} was dropped`);
    }
    const source: EventSource = { actor: from.accountId, org: from.unitId, at: receivedAt };
    await appendEvents(tx, source, [
      {
        type: 'asset.received',
        chain: `asset:${assetId}`,
        public: {
          size_bytes: object.sizeBytes,
          block_root: root,
          object_key: object.key,
          object_version: object.versionId,
        },
      },
    ]);
    await this.#link(tx, source, upload);
  }

  /** The step may have gone while the bytes came; then the asset is kept unlinked, never refused. */
  async #link(tx: Tx, source: EventSource, upload: UploadRecord): Promise<void> {
    if (upload.caseId === null || upload.occurrenceId === null) return;
    const asset = await assetRepository.lock(tx, upload.assetId);
    if (!asset) throw new ArchiveError('internal', `asset ${upload.assetId} is gone`);
    const isLinked = await linkAsReceived(tx, source, asset, {
      caseId: upload.caseId,
      occurrenceId: upload.occurrenceId,
      paperId: upload.paperId,
      rules: this.#rules,
    });
    if (!isLinked)
      this.#parts.log.warn({ assetId: asset.id, caseId: upload.caseId }, 'the step is gone; asset kept unlinked');
  }

  async #dropOldTails(upload: UploadRecord, tail: TailState | null): Promise<void> {
    for (const old of [upload.tail, tail]) {
      if (old?.key) await this.#parts.store.dropTail(upload.intake, old).catch(() => undefined);
    }
  }
}

/**
 * Finishes an upload whose bytes are all recorded: one of no bytes at all, or one whose finish was cut off. Whoever
 * asks next (HEAD, an empty PATCH, the sweep) carries it to its end.
 */
export class FinishWholeUpload {
  readonly #parts: Needs;
  readonly #active: ActiveUploads;
  readonly #finish: FinishUpload;

  constructor(parts: Needs, active: ActiveUploads, finish: FinishUpload) {
    this.#parts = parts;
    this.#active = active;
    this.#finish = finish;
  }

  /** @returns null when there is nothing to finish */
  async run(assetId: Id): Promise<UploadStatus | null> {
    const claim = await this.#active.claim(assetId);
    try {
      const { reader } = this.#parts.database;
      const upload = await uploadRepository.find(reader, assetId);
      if (upload?.state !== 'open' || upload.storedBytes !== upload.lengthBytes) return null;
      return await this.#finish.run({
        upload,
        parts: await uploadRepository.parts(reader, assetId),
        tail: upload.tail,
      });
    } finally {
      claim.end();
    }
  }
}
