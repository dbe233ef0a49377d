import type { Id, NameRule } from '#domain';
import type { Tx } from '../database.js';
import { readRows } from '../read-rows.js';
import { numberKey } from './recorder.repository.js';
import { AssetSourceRow } from './recorder.row.js';

/** What is known of what took an asset. */
export interface AssetSourceRecord {
  readonly assetId: Id;
  /** In the register. */
  readonly recorderId: Id | null;
  /** As the name has it. */
  readonly device: string | null;
  readonly officerNumber: string | null;
  /** Who carried the recorder then. */
  readonly officerId: Id | null;
  readonly namedTime: string | null;
  /** What the file itself says of its time, raw. */
  readonly fileTime: string | null;
  readonly sequence: number | null;
  readonly isKeyMarked: boolean;
  readonly ruleId: string | null;
  readonly ruleVersion: number | null;
  /** The measurement its offset is of. */
  readonly clockId: Id | null;
  /** Who said so, where no name says it. */
  readonly statedBy: Id | null;
}

export const assetSourceRepository = {
  async find(tx: Tx, assetId: Id): Promise<AssetSourceRecord | null> {
    return await tx.findOneBy(AssetSourceRow, { assetId });
  },

  async findMany(tx: Tx, assetIds: readonly Id[]): Promise<Map<Id, AssetSourceRecord>> {
    const rows = await readRows(tx, AssetSourceRow, 'r.asset_id = ANY($1::uuid[])', [assetIds]);
    return new Map(rows.map((row) => [row.assetId, row]));
  },

  async put(tx: Tx, source: AssetSourceRecord): Promise<void> {
    const deviceKey = source.device === null ? null : numberKey(source.device);
    await tx.query(
      `INSERT INTO asset_sources (asset_id, asset_at, recorder_id, device, device_key, officer_number, officer_id,
         named_time, file_time, sequence, is_key_marked, rule_id, rule_version, clock_id, stated_by)
       SELECT id, at, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 FROM assets WHERE id = $1
       ON CONFLICT (asset_id) DO UPDATE SET recorder_id = $2, device = $3, device_key = $4, officer_number = $5,
         officer_id = $6, named_time = $7, file_time = $8, sequence = $9, is_key_marked = $10, rule_id = $11,
         rule_version = $12, clock_id = $13, stated_by = $14`,
      [
        ...[source.assetId, source.recorderId, source.device, deviceKey, source.officerNumber, source.officerId],
        ...[source.namedTime, source.fileTime, source.sequence, source.isKeyMarked, source.ruleId, source.ruleVersion],
        ...[source.clockId, source.statedBy],
      ],
    );
  },

  async setFileTime(tx: Tx, assetId: Id, fileTime: string): Promise<void> {
    await tx.update(AssetSourceRow, { assetId }, { fileTime });
  },

  /**
   * What a change in the register may concern: material of the recorder, and what names its number and was not known
   * to be of it; nothing that is in a case no longer open. In the order of ids, a page at a time.
   */
  async concernedBy(
    tx: Tx,
    recorder: { readonly id: Id; readonly serial: string },
    page: { readonly afterId: Id | null; readonly limit: number },
  ): Promise<Id[]> {
    const rows: { asset_id: Id }[] = await tx.query(
      `SELECT s.asset_id FROM asset_sources s
       LEFT JOIN asset_links l ON l.asset_id = s.asset_id LEFT JOIN cases c ON c.id = l.case_id
       WHERE (s.recorder_id = $1 OR (s.recorder_id IS NULL AND s.device_key = $2))
         AND (c.state IS NULL OR c.state = 'open') AND ($3::uuid IS NULL OR s.asset_id > $3)
       ORDER BY s.asset_id LIMIT $4`,
      [recorder.id, numberKey(recorder.serial), page.afterId, page.limit],
    );
    return rows.map((row) => row.asset_id);
  },

  /** Recordings and photographs tied to nothing of which nothing is known: whose names no rule has read. */
  async unidentified(tx: Tx, afterId: Id | null, limit: number): Promise<Id[]> {
    const rows: { id: Id }[] = await tx.query(
      `SELECT a.id FROM assets a WHERE a.custody IN ('received', 'sealed', 'quarantined')
         AND NOT EXISTS (SELECT FROM asset_sources s WHERE s.asset_id = a.id)
         AND NOT EXISTS (SELECT FROM asset_links l WHERE l.asset_id = a.id)
         AND ($1::uuid IS NULL OR a.id > $1) ORDER BY a.id LIMIT $2`,
      [afterId, limit],
    );
    return rows.map((row) => row.id);
  },

  /** What the recorder gave around a moment, for the recording an asset is part of. */
  async around(
    tx: Tx,
    source: { readonly recorderId: Id | null; readonly device: string | null },
    span: { readonly from: Date; readonly to: Date },
  ): Promise<Id[]> {
    const rows: { asset_id: Id }[] = await tx.query(
      `SELECT asset_id FROM asset_sources
       WHERE (($1::uuid IS NOT NULL AND recorder_id = $1) OR ($1::uuid IS NULL AND recorder_id IS NULL AND device_key = $2))
         AND asset_at BETWEEN $3 AND $4 ORDER BY asset_at, asset_id LIMIT 500`,
      [source.recorderId, source.device === null ? null : numberKey(source.device), span.from, span.to],
    );
    return rows.map((row) => row.asset_id);
  },
};

export const nameRuleRepository = {
  async listNewest(tx: Tx): Promise<NameRule[]> {
    const rows: { body: NameRule }[] = await tx.query(
      'SELECT DISTINCT ON (id) body FROM name_rules ORDER BY id, version DESC',
    );
    return rows.map((row) => row.body);
  },
};
