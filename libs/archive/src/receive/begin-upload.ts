import { type Actor, ArchiveError, type Id, isDigest, type Level, may, newId } from '#domain';
import { keys } from '#object-store';
import {
  type AssetRecord,
  assetRepository,
  caseRepository,
  occurrenceRepository,
  type Tx,
  uploadRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireOpen } from '../cases/case-access.js';
import { appendEvents, type EventFields } from '../ledger/append-events.js';
import { toStatus, type UploadStatus } from './upload-status.js';

export interface UploadPlan {
  /** As the sender named it; data, never a path. */
  readonly fileName: string;
  /** null: the sender does not know yet (tus creation-defer-length). */
  readonly lengthBytes: number | null;
  /** `Upload-Metadata` as sent. */
  readonly metadata: string;
  /** SHA-256 of the whole file as the sender computed it, compared at the seal. */
  readonly declaredSha256: string | null;
  readonly recordedAt: string | null;
  readonly target: { readonly caseId: Id; readonly occurrenceId: Id; readonly paperId?: string | null } | null;
}

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'clock' | 'settings'>;

/** In whose name an original is handed in. */
export type Sender = Pick<Actor, 'accountId' | 'unitId' | 'unitPath'>;

export interface MadeOriginal {
  readonly said: EventFields;
  readonly also: (tx: Tx, assetId: Id) => Promise<void>;
}

/** Opens an upload: an asset in custody `receiving`, its place in the vault chosen, nothing stored yet. */
export class BeginUpload {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `upload-too-large`, `not-found` (no such case, or not his), `case-closed`, `invalid-input`, `storage-full` */
  async run(actor: Actor, plan: UploadPlan): Promise<UploadStatus> {
    const { settings } = this.#parts;
    if ((plan.lengthBytes ?? 0) > settings.maxUploadBytes) {
      throw new ArchiveError('upload-too-large', `${plan.lengthBytes} bytes`, {
        details: { maxBytes: settings.maxUploadBytes },
      });
    }
    if (plan.declaredSha256 !== null && !isDigest(plan.declaredSha256))
      throw new ArchiveError('invalid-input', 'declared digest');
    const level = await this.#checkTarget(actor, plan);
    return await this.#begin(actor, plan, { level, said: {}, also: async () => undefined });
  }

  /**
   * For what the archive itself makes in somebody's name (a review's opinion as PDF): his right to the case was asked
   * when he did what it is made of.
   * @param made what the event says it is made from, and what belongs in the same transaction
   * @throws ArchiveError `case-closed`, `storage-full`
   */
  async runMade(from: Sender, plan: UploadPlan, made: MadeOriginal): Promise<UploadStatus> {
    const target = plan.target && (await caseRepository.find(this.#parts.database.reader, plan.target.caseId));
    return await this.#begin(from, plan, { ...made, level: target?.level ?? 'normal' });
  }

  async #begin(
    from: Sender,
    plan: UploadPlan,
    { level, said, also }: MadeOriginal & { readonly level: Level },
  ): Promise<UploadStatus> {
    const { database, store, clock, settings } = this.#parts;
    await this.#checkSpace(plan.lengthBytes);
    const at = clock.now();
    const id = newId(at.getTime());
    const intake = await store.beginIntake(keys.original(id, at), plan.lengthBytes);
    const upload = {
      assetId: id,
      epoch: 0,
      state: 'open' as const,
      intake,
      lengthBytes: plan.lengthBytes,
      storedBytes: 0,
      parts: 0,
      tail: null,
      metadata: plan.metadata,
      caseId: plan.target?.caseId ?? null,
      occurrenceId: plan.target?.occurrenceId ?? null,
      paperId: plan.target?.paperId ?? null,
      expiresAt: new Date(at.getTime() + settings.uploadExpiresMs),
      changedAt: at,
    };
    await database.transaction(async (tx) => {
      await holdOpen(tx, plan.target);
      await assetRepository.add(tx, newAsset(from, plan, { id, at, level }));
      await uploadRepository.add(tx, upload);
      await also(tx, id);
      await appendEvents(tx, { actor: from.accountId, org: from.unitId, at }, [
        {
          type: 'asset.begun',
          chain: `asset:${id}`,
          public: { length_bytes: plan.lengthBytes, declared: plan.declaredSha256, store: store.kind, ...said },
          personal: { file_name: plan.fileName, metadata: plan.metadata },
        },
      ]);
    });
    return toStatus(upload);
  }

  /** Level the asset begins with: that of the case it is meant for. */
  async #checkTarget(actor: Actor, plan: UploadPlan): Promise<Level> {
    if (plan.target === null) {
      if (!may(actor, 'asset.upload', { unitPath: actor.unitPath }))
        throw new ArchiveError('forbidden', 'may not upload');
      return 'normal';
    }
    const { reader } = this.#parts.database;
    const target = await caseRepository.find(reader, plan.target.caseId);
    if (!target) throw new ArchiveError('not-found', 'no such case');
    const officerIds = (await caseRepository.officers(reader, target.id)).map((officer) => officer.id);
    const subject = { unitPath: target.unitPath, level: target.level, officerIds };
    if (!may(actor, 'asset.upload', subject)) throw new ArchiveError('not-found', 'not a case of his');
    requireOpen(target);
    if (!(await occurrenceRepository.find(reader, target.id, plan.target.occurrenceId))) {
      throw new ArchiveError('not-found', 'no such step in the case');
    }
    return target.level;
  }

  /** Better a refusal now than a full disk an hour later. */
  async #checkSpace(lengthBytes: number | null): Promise<void> {
    const freeBytes = await this.#parts.store.freeBytes();
    if (freeBytes !== null && freeBytes < (lengthBytes ?? 0)) {
      throw new ArchiveError('storage-full', 'not enough space for the announced length', {
        details: { freeBytes, lengthBytes },
      });
    }
  }
}

/** From here on the case is not closed without seeing this upload. */
async function holdOpen(tx: Tx, target: UploadPlan['target']): Promise<void> {
  const held = target && (await caseRepository.hold(tx, target.caseId));
  if (held) requireOpen(held);
}

function newAsset(from: Sender, plan: UploadPlan, made: { id: Id; at: Date; level: Level }): AssetRecord {
  return {
    id: made.id,
    unitId: from.unitId,
    unitPath: from.unitPath,
    receivedFrom: from.accountId,
    fileName: plan.fileName,
    level: made.level,
    custody: 'receiving',
    quarantineReason: null,
    viewing: 'pending',
    unviewableReason: null,
    kind: 'unknown',
    mime: null,
    playMode: 'none',
    proxyState: 'none',
    proxyProgress: null,
    durationMs: null,
    pageCount: null,
    sizeBytes: null,
    objectKey: null,
    objectVersion: null,
    blockRoot: null,
    sha256: null,
    sm3: null,
    declaredSha256: plan.declaredSha256,
    deviceRaw: plan.recordedAt,
    deviceSource: plan.recordedAt === null ? null : 'sender',
    zoneKnown: false,
    offsetMs: null,
    offsetSource: null,
    place: null,
    at: made.at,
    atSource: 'begun',
    begunAt: made.at,
    receivedAt: null,
    sealedAt: null,
    retainUntil: null,
    lockMode: null,
    toolDeaths: 0,
  };
}
