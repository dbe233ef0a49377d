import type { Id } from '#domain';
import type { Tx } from '../database.js';
import type { TailState, UploadPartRecord, UploadRecord } from './asset.records.js';
import { UploadPartRow, UploadRow } from './asset.row.js';

export interface ReceivedOriginal {
  readonly assetId: Id;
  readonly sizeBytes: number;
  readonly objectKey: string;
  readonly objectVersion: string | null;
  readonly blockRoot: string;
  /** 32 bytes a block. */
  readonly leaves: Buffer;
  readonly receivedAt: Date;
}

export const uploadRepository = {
  async add(tx: Tx, upload: UploadRecord): Promise<void> {
    await tx.insert(UploadRow, { ...upload });
  },

  async find(tx: Tx, assetId: Id): Promise<UploadRecord | null> {
    return await tx.findOneBy(UploadRow, { assetId });
  },

  async lock(tx: Tx, assetId: Id): Promise<UploadRecord | null> {
    return await tx
      .createQueryBuilder(UploadRow, 'u')
      .where('u.assetId = :assetId', { assetId })
      .setLock('pessimistic_write')
      .getOne();
  },

  /** Makes the caller the writer: every record of an earlier one is refused from now on. */
  async takeOver(tx: Tx, assetId: Id): Promise<UploadRecord | null> {
    const [taken]: [RawUpload[], number] = await tx.query(
      `UPDATE uploads SET epoch = epoch + 1 WHERE asset_id = $1 AND state = 'open' RETURNING *`,
      [assetId],
    );
    return taken[0] ? toUpload(taken[0]) : await uploadRepository.find(tx, assetId);
  },

  /**
   * The same in one statement for the usual case: his own, open, and going on where it stands.
   * @returns null when it is anything else
   */
  async takeOverAt(
    tx: Tx,
    of: { readonly assetId: Id; readonly accountId: Id; readonly offsetBytes: number },
  ): Promise<UploadRecord | null> {
    const [taken]: [RawUpload[], number] = await tx.query(
      `UPDATE uploads u SET epoch = epoch + 1 FROM assets a
       WHERE u.asset_id = $1 AND u.state = 'open' AND u.stored_bytes = $3 AND a.id = u.asset_id AND a.received_from = $2
       RETURNING u.*`,
      [of.assetId, of.accountId, of.offsetBytes],
    );
    return taken[0] ? toUpload(taken[0]) : null;
  },

  /** @returns false when another writer has taken over meanwhile */
  async record(
    tx: Tx,
    writer: { readonly assetId: Id; readonly epoch: number },
    progress: {
      readonly parts: readonly UploadPartRecord[];
      readonly partCount: number;
      readonly storedBytes: number;
      readonly tail: TailState | null;
      readonly expiresAt: Date;
      readonly at: Date;
    },
  ): Promise<boolean> {
    const { parts, partCount, storedBytes, tail, expiresAt, at } = progress;
    const rows: unknown[] = await tx.query(
      `WITH moved AS (
         UPDATE uploads SET stored_bytes = $4, parts = $5, tail = $6, expires_at = $7, changed_at = $8
         WHERE asset_id = $1 AND epoch = $2 AND state = $3 RETURNING asset_id
       ), added AS (
         INSERT INTO upload_parts (asset_id, number, offset_bytes, size_bytes, etag, leaves)
         SELECT moved.asset_id, p.* FROM moved,
           unnest($9::integer[], $10::bigint[], $11::bigint[], $12::text[], $13::bytea[]) p
       )
       SELECT asset_id FROM moved`,
      [
        ...[writer.assetId, writer.epoch, 'open', storedBytes, partCount],
        ...[tail === null ? null : JSON.stringify(tail), expiresAt, at],
        ...[parts.map((part) => part.number), parts.map((part) => part.offsetBytes)],
        ...[parts.map((part) => part.sizeBytes), parts.map((part) => part.etag), parts.map((part) => part.leaves)],
      ],
    );
    return rows.length === 1;
  },

  async parts(tx: Tx, assetId: Id): Promise<UploadPartRecord[]> {
    const rows = await tx.find(UploadPartRow, { where: { assetId }, order: { number: 'ASC' } });
    return rows.map(({ assetId: _, ...part }) => part);
  },

  /** Forgets parts from a number on: the store no longer has what was recorded. */
  async dropPartsFrom(tx: Tx, assetId: Id, number: number): Promise<void> {
    await tx.query('DELETE FROM upload_parts WHERE asset_id = $1 AND number >= $2', [assetId, number]);
  },

  async setLength(tx: Tx, assetId: Id, lengthBytes: number): Promise<void> {
    await tx.update(UploadRow, { assetId }, { lengthBytes });
  },

  /**
   * The upload has become the asset's original: ends the one and records the other, its block list included.
   * @returns whom it came from; null when the upload is not open any more
   */
  async finish(tx: Tx, received: ReceivedOriginal): Promise<{ accountId: Id; unitId: Id } | null> {
    const rows: { account_id: Id; unit_id: Id }[] = await tx.query(
      `WITH ended AS (
         UPDATE uploads SET state = 'finished', stored_bytes = $2, parts = 0, tail = NULL, changed_at = $6
         WHERE asset_id = $1 AND state = 'open' RETURNING asset_id
       ), gone AS (
         DELETE FROM upload_parts WHERE asset_id IN (SELECT asset_id FROM ended)
       ), kept AS (
         INSERT INTO asset_blocks (asset_id, leaves) SELECT asset_id, $7 FROM ended
       ), received AS (
         UPDATE assets SET custody = 'received', size_bytes = $2, object_key = $3, object_version = $4, block_root = $5,
           received_at = $6, at = $6, at_source = 'received'
         WHERE id IN (SELECT asset_id FROM ended) RETURNING received_from AS account_id, unit_id
       )
       SELECT account_id, unit_id FROM received`,
      [
        ...[received.assetId, received.sizeBytes, received.objectKey, received.objectVersion, received.blockRoot],
        ...[received.receivedAt, received.leaves],
      ],
    );
    const row = rows[0];
    return row ? { accountId: row.account_id, unitId: row.unit_id } : null;
  },

  /** Forgets an upload that was given up, with the asset that never came to be. */
  async drop(tx: Tx, assetId: Id): Promise<void> {
    await tx.query('DELETE FROM upload_parts WHERE asset_id = $1', [assetId]);
    await tx.query('DELETE FROM uploads WHERE asset_id = $1', [assetId]);
    await tx.query(`DELETE FROM assets WHERE id = $1 AND custody = 'receiving'`, [assetId]);
  },

  async expired(tx: Tx, now: Date, limit: number): Promise<UploadRecord[]> {
    return await tx
      .createQueryBuilder(UploadRow, 'u')
      .where(`u.state = 'open' AND u.expiresAt < :now`, { now })
      .orderBy('u.expiresAt')
      .limit(limit)
      .getMany();
  },

  /** Whole, but whose finish was cut off: recorded bytes equal the declared length. */
  async unfinishedButWhole(tx: Tx, before: Date, limit: number): Promise<UploadRecord[]> {
    return await tx
      .createQueryBuilder(UploadRow, 'u')
      .where(`u.state = 'open' AND u.storedBytes = u.lengthBytes AND u.changedAt < :before`, { before })
      .limit(limit)
      .getMany();
  },

  /** Those that are meant for a case, and have not arrived. */
  async openForCase(tx: Tx, caseId: Id): Promise<UploadRecord[]> {
    return await tx
      .createQueryBuilder(UploadRow, 'u')
      .where(`u.state = 'open' AND u.caseId = :caseId`, { caseId })
      .orderBy('u.assetId')
      .getMany();
  },

  async openOf(tx: Tx, accountId: Id, limit: number): Promise<UploadRecord[]> {
    return await tx
      .createQueryBuilder(UploadRow, 'u')
      .where(
        `u.state = 'open' AND u.assetId IN (SELECT id FROM assets WHERE received_from = :accountId AND custody = 'receiving')`,
        { accountId },
      )
      .orderBy('u.changedAt', 'DESC')
      .limit(limit)
      .getMany();
  },
};

/** As the database gives it: bigint as text. */
interface RawUpload {
  readonly asset_id: Id;
  readonly epoch: number;
  readonly state: UploadRecord['state'];
  readonly intake: UploadRecord['intake'];
  readonly length_bytes: string | null;
  readonly stored_bytes: string;
  readonly parts: number;
  readonly tail: TailState | null;
  readonly metadata: string;
  readonly case_id: Id | null;
  readonly occurrence_id: Id | null;
  readonly paper_id: string | null;
  readonly expires_at: Date;
  readonly changed_at: Date;
}

function toUpload(raw: RawUpload): UploadRecord {
  return {
    assetId: raw.asset_id,
    epoch: raw.epoch,
    state: raw.state,
    intake: raw.intake,
    lengthBytes: raw.length_bytes === null ? null : Number(raw.length_bytes),
    storedBytes: Number(raw.stored_bytes),
    parts: raw.parts,
    tail: raw.tail,
    metadata: raw.metadata,
    caseId: raw.case_id,
    occurrenceId: raw.occurrence_id,
    paperId: raw.paper_id,
    expiresAt: raw.expires_at,
    changedAt: raw.changed_at,
  };
}
