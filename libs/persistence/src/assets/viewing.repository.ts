import type { Id, MediaRange, RenditionKind } from '#domain';
import type { Tx } from '../database.js';
import { readRows } from '../read-rows.js';
import type { CachedSegmentRecord, RenditionRecord, ViewingRecord } from './asset.records.js';
import { CachedSegmentRow, RenditionRow, ViewingRow } from './asset.row.js';

export const renditionRepository = {
  /** Puts the rendition of a kind in the place of an earlier one; returns the one replaced. */
  async put(tx: Tx, rendition: RenditionRecord): Promise<RenditionRecord | null> {
    const before = await tx.findOneBy(RenditionRow, { assetId: rendition.assetId, kind: rendition.kind });
    if (before !== null) await tx.delete(RenditionRow, { id: before.id });
    await tx.insert(RenditionRow, { ...rendition, files: [...rendition.files], args: [...rendition.args] });
    return before;
  },

  async of(tx: Tx, assetId: Id): Promise<RenditionRecord[]> {
    return await tx.find(RenditionRow, { where: { assetId }, order: { kind: 'ASC' } });
  },

  /** @param kinds only these; all when null */
  async ofMany(
    tx: Tx,
    assetIds: readonly Id[],
    kinds: readonly RenditionKind[] | null,
  ): Promise<Map<Id, RenditionRecord[]>> {
    const condition = 'r.asset_id = ANY($1::uuid[]) AND ($2::text[] IS NULL OR r.kind = ANY($2::text[]))';
    const rows = await readRows(tx, RenditionRow, condition, [assetIds, kinds]);
    const byAsset = new Map<Id, RenditionRecord[]>();
    for (const row of rows) byAsset.set(row.assetId, [...(byAsset.get(row.assetId) ?? []), row]);
    return byAsset;
  },

  async find(tx: Tx, assetId: Id, id: Id): Promise<RenditionRecord | null> {
    return await tx.findOneBy(RenditionRow, { assetId, id });
  },
};

export const segmentRepository = {
  async use(tx: Tx, assetId: Id, n: number, at: Date): Promise<CachedSegmentRecord | null> {
    await tx.update(CachedSegmentRow, { assetId, n }, { usedAt: at });
    return await tx.findOneBy(CachedSegmentRow, { assetId, n });
  },

  async put(tx: Tx, segment: CachedSegmentRecord): Promise<void> {
    await tx.query(
      `INSERT INTO cached_segments (asset_id, n, key, size_bytes, used_at, version_id) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (asset_id, n) DO UPDATE SET key = $3, size_bytes = $4, used_at = $5, version_id = $6`,
      [segment.assetId, segment.n, segment.key, segment.sizeBytes, segment.usedAt, segment.versionId],
    );
  },

  /** The longest unused segments, so many that what stays fits into `maxBytes`. */
  async beyond(tx: Tx, maxBytes: number): Promise<CachedSegmentRecord[]> {
    const rows: {
      asset_id: Id;
      n: number;
      key: string;
      version_id: string | null;
      size_bytes: string;
      used_at: Date;
    }[] = await tx.query(
      `SELECT * FROM (SELECT *, sum(size_bytes) OVER (ORDER BY used_at DESC, asset_id, n) AS kept FROM cached_segments) s WHERE kept > $1`,
      [maxBytes],
    );
    return rows.map((row) => ({
      assetId: row.asset_id,
      n: row.n,
      key: row.key,
      versionId: row.version_id,
      sizeBytes: Number(row.size_bytes),
      usedAt: row.used_at,
    }));
  },

  async remove(tx: Tx, assetId: Id, n: number): Promise<void> {
    await tx.delete(CachedSegmentRow, { assetId, n });
  },
};

export const viewingRepository = {
  async findOpen(tx: Tx, sessionId: Id, assetId: Id): Promise<ViewingRecord | null> {
    return await tx
      .createQueryBuilder(ViewingRow, 'v')
      .where('v.sessionId = :sessionId AND v.assetId = :assetId AND v.endedAt IS NULL', { sessionId, assetId })
      .getOne();
  },

  /** @returns false when this session has a viewing of the asset open already */
  async addFirst(tx: Tx, viewing: ViewingRecord): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `INSERT INTO viewings (id, asset_id, account_id, session_id, opened_at, last_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (session_id, asset_id) WHERE ended_at IS NULL DO NOTHING RETURNING id`,
      [viewing.id, viewing.assetId, viewing.accountId, viewing.sessionId, viewing.openedAt, viewing.lastAt],
    );
    return rows.length === 1;
  },

  async served(tx: Tx, id: Id, bytes: number, at: Date): Promise<void> {
    await tx.query(
      'UPDATE viewings SET served_bytes = served_bytes + $2, last_at = $3 WHERE id = $1 AND ended_at IS NULL',
      [id, bytes, at],
    );
  },

  async saw(tx: Tx, id: Id, seen: readonly MediaRange[], at: Date): Promise<void> {
    await tx.update(ViewingRow, { id }, { seen: [...seen], lastAt: at });
  },

  async end(tx: Tx, id: Id, at: Date): Promise<boolean> {
    const result = await tx.query('UPDATE viewings SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL RETURNING id', [
      id,
      at,
    ]);
    return Array.isArray(result) && Array.isArray(result[0]) ? result[0].length === 1 : false;
  },

  async idle(tx: Tx, before: Date, limit: number): Promise<ViewingRecord[]> {
    return await tx
      .createQueryBuilder(ViewingRow, 'v')
      .where('v.endedAt IS NULL AND v.lastAt < :before', { before })
      .limit(limit)
      .getMany();
  },
};
