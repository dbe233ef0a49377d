import { type Actor, ArchiveError, type Id } from '#domain';
import { assetRepository, ledgerRepository, type Tx, type UploadRecord, uploadRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import type { ActiveUploads } from './active-uploads.js';

export interface UploadStatus {
  readonly assetId: Id;
  /** Durable bytes: where the sender goes on. */
  readonly offsetBytes: number;
  /** null while the sender has not said. */
  readonly lengthBytes: number | null;
  readonly isFinished: boolean;
  readonly expiresAt: Date;
  /** `Upload-Metadata` as sent. */
  readonly metadata: string;
}

export function toStatus(upload: UploadRecord): UploadStatus {
  return {
    assetId: upload.assetId,
    offsetBytes: upload.storedBytes,
    lengthBytes: upload.lengthBytes,
    isFinished: upload.state === 'finished',
    expiresAt: upload.expiresAt,
    metadata: upload.metadata,
  };
}

/**
 * The upload, if it is the actor's own.
 * @throws ArchiveError `upload-expired` when his was dropped, `not-found` when it never was or is another's
 */
export async function requireUpload(
  tx: Tx,
  actor: Actor,
  assetId: Id,
  upload: UploadRecord | null,
): Promise<UploadRecord> {
  if (upload === null) {
    const begun = await ledgerRepository.last(tx, `asset:${assetId}`, 'asset.begun');
    const dropped = await ledgerRepository.last(tx, `asset:${assetId}`, 'asset.dropped');
    if (dropped && begun?.actor === actor.accountId)
      throw new ArchiveError('upload-expired', `upload ${assetId} was dropped`);
    throw new ArchiveError('not-found', `no upload ${assetId}`);
  }
  const asset = await assetRepository.find(tx, assetId);
  if (asset?.receivedFrom !== actor.accountId) throw new ArchiveError('not-found', `upload ${assetId} is another's`);
  return upload;
}

/**
 * Before a request may stop another that is writing here: is the upload his at all? A stranger who knows the id must
 * not be able to cut a transfer.
 */
export async function requireOwnIfActive(
  parts: Pick<ArchiveParts, 'database'>,
  active: ActiveUploads,
  of: { readonly actor: Actor; readonly assetId: Id },
): Promise<void> {
  if (!active.has(of.assetId)) return;
  const { reader } = parts.database;
  await requireUpload(reader, of.actor, of.assetId, await uploadRepository.find(reader, of.assetId));
}

/** Where an upload stands (tus HEAD). A request still writing to it here is stopped and stored first. */
export class FindUploadStatus {
  readonly #parts: Pick<ArchiveParts, 'database'>;
  readonly #active: ActiveUploads;

  constructor(parts: Pick<ArchiveParts, 'database'>, active: ActiveUploads) {
    this.#parts = parts;
    this.#active = active;
  }

  async run(actor: Actor, assetId: Id): Promise<UploadStatus> {
    await requireOwnIfActive(this.#parts, this.#active, { actor, assetId });
    await this.#active.settle(assetId);
    return await this.glance(actor, assetId);
  }

  /** What is recorded, without disturbing a request that is writing. */
  async glance(actor: Actor, assetId: Id): Promise<UploadStatus> {
    const { reader } = this.#parts.database;
    return toStatus(await requireUpload(reader, actor, assetId, await uploadRepository.find(reader, assetId)));
  }
}

export interface UnfinishedUpload extends UploadStatus {
  readonly fileName: string;
  readonly caseId: Id | null;
  readonly occurrenceId: Id | null;
}

/** The actor's own unfinished uploads, newest first: what a browser that was closed can go on with. */
export class ListUnfinishedUploads {
  readonly #parts: Pick<ArchiveParts, 'database'>;

  constructor(parts: Pick<ArchiveParts, 'database'>) {
    this.#parts = parts;
  }

  async run(actor: Actor): Promise<UnfinishedUpload[]> {
    const { reader } = this.#parts.database;
    const uploads = await uploadRepository.openOf(reader, actor.accountId, 200);
    const assets = new Map(
      (
        await assetRepository.findMany(
          reader,
          uploads.map((upload) => upload.assetId),
        )
      ).map((asset) => [asset.id, asset]),
    );
    return uploads.flatMap((upload) => {
      const asset = assets.get(upload.assetId);
      return asset
        ? [{ ...toStatus(upload), fileName: asset.fileName, caseId: upload.caseId, occurrenceId: upload.occurrenceId }]
        : [];
    });
  }
}
