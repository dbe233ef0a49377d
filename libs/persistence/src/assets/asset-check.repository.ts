import type { CheckFacts, CheckResult, Id } from '#domain';
import type { Tx } from '../database.js';
import type { Cursor } from '../list-by-time.js';
import { AssetCheckRow } from './asset-check.row.js';

/** What was last seen of an original. */
export interface AssetCheckRecord {
  readonly assetId: Id;
  /** null: never looked at since it was received. */
  readonly result: CheckResult | null;
  /** What was found besides. */
  readonly also: readonly CheckResult[];
  readonly facts: CheckFacts;
  /** Since when the result is this one. */
  readonly since: Date;
  /** When it was last looked at with a result other than `not-run`. */
  readonly checkedAt: Date | null;
  readonly dueAt: Date;
}

/** How the watch stands. */
export interface WatchStanding {
  readonly open: number;
  /** Whose turn was more than a day ago. */
  readonly overdue: number;
  readonly checkedLastDay: number;
  readonly oldestCheckedAt: Date | null;
}

const DAY = `interval '1 day'`;

export const assetCheckRepository = {
  async find(tx: Tx, assetId: Id): Promise<AssetCheckRecord | null> {
    return await tx.findOneBy(AssetCheckRow, { assetId });
  },

  async put(tx: Tx, check: AssetCheckRecord): Promise<void> {
    await tx.query(
      `INSERT INTO asset_checks (asset_id, result, also, facts, since, checked_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (asset_id) DO UPDATE SET result = $2, also = $3, facts = $4, since = $5, checked_at = $6, due_at = $7`,
      [
        ...[check.assetId, check.result, check.also, JSON.stringify(check.facts)],
        ...[check.since, check.checkedAt, check.dueAt],
      ],
    );
  },

  /** Those whose turn has come, longest waiting first. */
  async due(tx: Tx, now: Date, limit: number): Promise<Id[]> {
    const rows: { asset_id: Id }[] = await tx.query(
      `SELECT c.asset_id FROM asset_checks c JOIN assets a ON a.id = c.asset_id
       WHERE c.due_at <= $1 AND a.custody IN ('received', 'sealed') ORDER BY c.due_at LIMIT $2`,
      [now, limit],
    );
    return rows.map((row) => row.asset_id);
  },

  /** Originals that are still not sealed are watched too, from now on. @returns how many were added */
  async addUnsealed(tx: Tx, receivedBefore: Date, now: Date): Promise<number> {
    const rows: unknown[] = await tx.query(
      `INSERT INTO asset_checks (asset_id, since, due_at)
       SELECT id, received_at, $2 FROM assets WHERE custody = 'received' AND received_at < $1
       ON CONFLICT (asset_id) DO NOTHING RETURNING asset_id`,
      [receivedBefore, now],
    );
    return rows.length;
  },

  /** The period was made shorter: whose turn lies beyond it comes sooner, spread over it. */
  async pullForward(tx: Tx, now: Date, periodMs: number): Promise<void> {
    await tx.query(
      `UPDATE asset_checks SET due_at = $1::timestamptz + random() * $2 * interval '1 millisecond'
       WHERE due_at > $1::timestamptz + $2 * interval '1 millisecond'`,
      [now, periodMs],
    );
  },

  /**
   * Findings that stand, newest first.
   * @param unitPath only of material or cases of this unit and those below it; all when null
   */
  async open(
    tx: Tx,
    { unitPath, cursor, limit }: { unitPath: string | null; cursor: Cursor | null; limit: number },
  ): Promise<AssetCheckRecord[]> {
    const rows: { asset_id: Id }[] = await tx.query(
      `SELECT c.asset_id FROM asset_checks c JOIN assets a ON a.id = c.asset_id
       LEFT JOIN asset_links l ON l.asset_id = a.id LEFT JOIN cases f ON f.id = l.case_id
       WHERE c.result <> 'intact' AND a.custody IN ('received', 'sealed')
         AND ($1::text IS NULL OR starts_with(a.unit_path, $1) OR starts_with(f.unit_path, $1))
         AND ($2::timestamptz IS NULL OR (c.since, c.asset_id) < ($2, $3::uuid))
       ORDER BY c.since DESC, c.asset_id DESC LIMIT $4`,
      [unitPath, cursor?.at ?? null, cursor?.id ?? null, limit],
    );
    const found = await tx
      .createQueryBuilder(AssetCheckRow, 'c')
      .where('c.assetId = ANY(:ids)', { ids: rows.map((row) => row.asset_id) })
      .getMany();
    const byId = new Map(found.map((row) => [row.assetId, row]));
    return rows.flatMap((row) => byId.get(row.asset_id) ?? []);
  },

  async standing(tx: Tx, now: Date): Promise<WatchStanding> {
    const rows: Record<string, string | Date | null>[] = await tx.query(
      `SELECT (SELECT count(*) FROM asset_checks c JOIN assets a ON a.id = c.asset_id
           WHERE c.result <> 'intact' AND a.custody IN ('received', 'sealed')) AS open,
         (SELECT count(*) FROM asset_checks c JOIN assets a ON a.id = c.asset_id
           WHERE c.due_at < $1::timestamptz - ${DAY} AND a.custody IN ('received', 'sealed')) AS overdue,
         (SELECT count(*) FROM asset_checks WHERE checked_at > $1::timestamptz - ${DAY}) AS checked,
         (SELECT min(checked_at) FROM asset_checks) AS oldest`,
      [now],
    );
    const { open, overdue, checked, oldest } = rows[0] ?? {};
    return {
      open: Number(open ?? 0),
      overdue: Number(overdue ?? 0),
      checkedLastDay: Number(checked ?? 0),
      oldestCheckedAt: oldest instanceof Date ? oldest : null,
    };
  },

  /** Originals looked at in a stretch of time, and their bytes, by what was last found of each. */
  async checkedBetween(
    tx: Tx,
    from: Date,
    until: Date,
  ): Promise<{ result: CheckResult; count: number; bytes: number }[]> {
    const rows: { result: CheckResult; count: string; bytes: string | null }[] = await tx.query(
      `SELECT c.result, count(*) AS count, sum(a.size_bytes) AS bytes
       FROM asset_checks c JOIN assets a ON a.id = c.asset_id
       WHERE c.checked_at > $1 AND c.checked_at <= $2 AND c.result IS NOT NULL GROUP BY c.result ORDER BY c.result`,
      [from, until],
    );
    return rows.map(({ result, count, bytes }) => ({ result, count: Number(count), bytes: Number(bytes ?? 0) }));
  },
};
