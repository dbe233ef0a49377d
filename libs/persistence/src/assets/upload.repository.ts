import type { Id } from '#domain';
import type { Tx } from '../database.js';
import type { TailState, UploadPartRecord, UploadRecord } from './asset.records.js';
import { UploadPartRow, UploadRow } from './asset.row.js';

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
    await tx.query(`UPDATE uploads SET epoch = epoch + 1 WHERE asset_id = $1 AND state = 'open'`, [assetId]);
    return await uploadRepository.find(tx, assetId);
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
    const result = await tx.update(
      UploadRow,
      { assetId: writer.assetId, epoch: writer.epoch, state: 'open' },
      {
        storedBytes: progress.storedBytes,
        parts: progress.partCount,
        tail: progress.tail,
        expiresAt: progress.expiresAt,
        changedAt: progress.at,
      },
    );
    if (result.affected !== 1) return false;
    for (const part of progress.parts) await tx.insert(UploadPartRow, { ...part, assetId: writer.assetId });
    return true;
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

  async finish(tx: Tx, assetId: Id, sizeBytes: number, at: Date): Promise<void> {
    await tx.query('DELETE FROM upload_parts WHERE asset_id = $1', [assetId]);
    await tx.update(
      UploadRow,
      { assetId },
      { state: 'finished', storedBytes: sizeBytes, parts: 0, changedAt: at, tail: null },
    );
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
