import type { CheckFacts, CheckResult, Copy, HealingRefusal, Id } from '#domain';
import type { Tx } from '../database.js';

/**
 * `placing`: the good copy was found to be good, and its bytes are being put down: one who goes on after a crash may find
 * them there already.
 */
export type HealingState = 'asked' | 'placing' | 'healed' | 'refused';

/** A damaged copy that somebody asked to be restored from the other. */
export interface HealingRecord {
  readonly id: Id;
  readonly assetId: Id;
  /** Which is damaged. */
  readonly copy: Copy;
  /** What was found when it was asked for. */
  readonly found: CheckResult;
  readonly foundFacts: CheckFacts;
  /** Null where the settings have it done without being asked. */
  readonly askedBy: Id | null;
  readonly askedAt: Date;
  readonly state: HealingState;
  /** Why nothing was done, when it was refused. */
  readonly refusal: HealingRefusal | null;
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly endedAt: Date | null;
}

const COLUMNS = `id, asset_id, copy, found, found_facts, asked_by, asked_at, state, refusal, done_bytes, total_bytes,
  ended_at`;

export const healingRepository = {
  async add(tx: Tx, healing: HealingRecord): Promise<void> {
    await tx.query(`INSERT INTO healings (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, [
      ...[healing.id, healing.assetId, healing.copy, healing.found, JSON.stringify(healing.foundFacts)],
      ...[healing.askedBy, healing.askedAt, healing.state, healing.refusal],
      ...[healing.doneBytes, healing.totalBytes, healing.endedAt],
    ]);
  },

  async find(tx: Tx, id: Id): Promise<HealingRecord | null> {
    const rows: RawHealing[] = await tx.query(`SELECT ${COLUMNS} FROM healings WHERE id = $1`, [id]);
    return rows[0] ? toHealing(rows[0]) : null;
  },

  /** Locks the row until the transaction ends. */
  async lock(tx: Tx, id: Id): Promise<HealingRecord | null> {
    const rows: RawHealing[] = await tx.query(`SELECT ${COLUMNS} FROM healings WHERE id = $1 FOR UPDATE`, [id]);
    return rows[0] ? toHealing(rows[0]) : null;
  },

  /** The newest of each copy of these. */
  async newestOf(tx: Tx, assetIds: readonly Id[]): Promise<HealingRecord[]> {
    const rows: RawHealing[] = await tx.query(
      `SELECT DISTINCT ON (asset_id, copy) ${COLUMNS} FROM healings WHERE asset_id = ANY($1::uuid[])
       ORDER BY asset_id, copy, asked_at DESC, ended_at DESC NULLS FIRST, id DESC`,
      [assetIds],
    );
    return rows.map(toHealing);
  },

  /** One at a time for an asset. */
  async openOf(tx: Tx, assetId: Id): Promise<HealingRecord | null> {
    const rows: RawHealing[] = await tx.query(
      `SELECT ${COLUMNS} FROM healings WHERE asset_id = $1 AND state IN ('asked', 'placing')`,
      [assetId],
    );
    return rows[0] ? toHealing(rows[0]) : null;
  },

  /** How far it is; of one that has not ended. */
  async progress(tx: Tx, id: Id, doneBytes: number): Promise<void> {
    await tx.query(`UPDATE healings SET done_bytes = $2 WHERE id = $1 AND state IN ('asked', 'placing')`, [
      id,
      doneBytes,
    ]);
  },

  async begins(tx: Tx, id: Id): Promise<void> {
    await tx.query(`UPDATE healings SET state = 'placing' WHERE id = $1 AND state = 'asked'`, [id]);
  },

  async healed(tx: Tx, id: Id, at: Date): Promise<void> {
    await tx.query(`UPDATE healings SET state = 'healed', done_bytes = total_bytes, ended_at = $2 WHERE id = $1`, [
      id,
      at,
    ]);
  },

  async refused(tx: Tx, id: Id, refusal: HealingRefusal, at: Date): Promise<void> {
    await tx.query(`UPDATE healings SET state = 'refused', refusal = $2, ended_at = $3 WHERE id = $1`, [
      id,
      refusal,
      at,
    ]);
  },

  /** Asked for before, and not ended: oldest first. */
  async owed(tx: Tx, before: Date, limit: number): Promise<Id[]> {
    const rows: { id: Id }[] = await tx.query(
      `SELECT id FROM healings WHERE state IN ('asked', 'placing') AND asked_at < $1 ORDER BY asked_at LIMIT $2`,
      [before, limit],
    );
    return rows.map((row) => row.id);
  },

  /** Damaged originals with a copy in this store, none of whose findings was ever tried to be healed since it stands. */
  async untried(tx: Tx, storeId: string, limit: number): Promise<Id[]> {
    const rows: { asset_id: Id }[] = await tx.query(
      `SELECT c.asset_id FROM asset_checks c JOIN assets a ON a.id = c.asset_id
       JOIN replicas r ON r.asset_id = c.asset_id AND r.store_id = $1
       WHERE c.copy = 'original' AND c.result IN ('missing', 'altered', 'unreadable') AND a.custody = 'sealed'
         AND NOT EXISTS (SELECT FROM healings h WHERE h.asset_id = c.asset_id
           AND (h.asked_at >= c.since OR h.state IN ('asked', 'placing')))
       ORDER BY c.since LIMIT $2`,
      [storeId, limit],
    );
    return rows.map((row) => row.asset_id);
  },
};

/** As the database gives it: bigint as text. */
interface RawHealing {
  readonly id: Id;
  readonly asset_id: Id;
  readonly copy: Copy;
  readonly found: CheckResult;
  readonly found_facts: CheckFacts;
  readonly asked_by: Id | null;
  readonly asked_at: Date;
  readonly state: HealingState;
  readonly refusal: HealingRefusal | null;
  readonly done_bytes: string;
  readonly total_bytes: string;
  readonly ended_at: Date | null;
}

function toHealing(row: RawHealing): HealingRecord {
  return {
    ...{ id: row.id, assetId: row.asset_id, copy: row.copy, found: row.found, foundFacts: row.found_facts },
    ...{ askedBy: row.asked_by, askedAt: row.asked_at, state: row.state, refusal: row.refusal },
    ...{ doneBytes: Number(row.done_bytes), totalBytes: Number(row.total_bytes), endedAt: row.ended_at },
  };
}
