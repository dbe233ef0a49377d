import type { CheckFacts, CheckResult, Copy, Id } from '#domain';
import type { Tx } from '../database.js';
import type { Cursor } from '../list-by-time.js';
import { AssetCheckRow } from './asset-check.row.js';

/** What was last seen of an original, or of its replica. */
export interface AssetCheckRecord {
  readonly assetId: Id;
  readonly copy: Copy;
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
  async find(tx: Tx, assetId: Id, copy: Copy = 'original'): Promise<AssetCheckRecord | null> {
    return await tx.findOneBy(AssetCheckRow, { assetId, copy });
  },

  /** Of all copies of these. */
  async ofMany(tx: Tx, assetIds: readonly Id[]): Promise<AssetCheckRecord[]> {
    return await tx
      .createQueryBuilder(AssetCheckRow, 'c')
      .where('c.assetId = ANY(:ids)', { ids: [...assetIds] })
      .getMany();
  },

  async put(tx: Tx, check: AssetCheckRecord): Promise<void> {
    await tx.query(
      `INSERT INTO asset_checks (asset_id, copy, result, also, facts, since, checked_at, due_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (asset_id, copy)
       DO UPDATE SET result = $3, also = $4, facts = $5, since = $6, checked_at = $7, due_at = $8`,
      [
        ...[check.assetId, check.copy, check.result, check.also, JSON.stringify(check.facts)],
        ...[check.since, check.checkedAt, check.dueAt],
      ],
    );
  },

  /** Originals whose turn has come, longest waiting first. */
  async due(tx: Tx, now: Date, limit: number): Promise<Id[]> {
    const rows: { asset_id: Id }[] = await tx.query(
      `SELECT c.asset_id FROM asset_checks c JOIN assets a ON a.id = c.asset_id
       WHERE c.due_at <= $1 AND c.copy = 'original' AND a.custody IN ('received', 'sealed') ORDER BY c.due_at LIMIT $2`,
      [now, limit],
    );
    return rows.map((row) => row.asset_id);
  },

  /** Originals that are still not sealed are watched too, from now on. @returns how many were added */
  async addUnsealed(tx: Tx, receivedBefore: Date, now: Date): Promise<number> {
    const rows: unknown[] = await tx.query(
      `INSERT INTO asset_checks (asset_id, since, due_at)
       SELECT id, received_at, $2 FROM assets WHERE custody = 'received' AND received_at < $1
       ON CONFLICT (asset_id, copy) DO NOTHING RETURNING asset_id`,
      [receivedBefore, now],
    );
    return rows.length;
  },

  /** The period was made shorter: whose turn lies beyond it comes sooner, spread over it. */
  async pullForward(tx: Tx, now: Date, periodMs: number, copy: Copy = 'original'): Promise<void> {
    await tx.query(
      `UPDATE asset_checks SET due_at = $1::timestamptz + random() * $2 * interval '1 millisecond'
       WHERE copy = $3 AND due_at > $1::timestamptz + $2 * interval '1 millisecond'`,
      [now, periodMs, copy],
    );
  },

  /**
   * Findings that stand, and those that were healed, newest first.
   * @param unitPath only of material or cases of this unit and those below it; all when null
   * @param copies those that are watched now
   */
  async open(
    tx: Tx,
    wish: { unitPath: string | null; copies: readonly Copy[]; cursor: Cursor | null; limit: number },
  ): Promise<AssetCheckRecord[]> {
    const { unitPath, copies, cursor, limit } = wish;
    const rows: { asset_id: Id; copy: Copy }[] = await tx.query(
      `SELECT c.asset_id, c.copy FROM asset_checks c JOIN assets a ON a.id = c.asset_id
       LEFT JOIN asset_links l ON l.asset_id = a.id LEFT JOIN cases f ON f.id = l.case_id
       WHERE (c.result <> 'intact'
           OR (c.asset_id, c.copy) IN (SELECT h.asset_id, h.copy FROM healings h WHERE h.state = 'healed'))
         AND c.copy = ANY($5::text[]) AND a.custody IN ('received', 'sealed')
         AND ($1::text IS NULL OR starts_with(a.unit_path, $1) OR starts_with(f.unit_path, $1))
         AND ($2::timestamptz IS NULL OR (c.since, c.asset_id) < ($2, $3::uuid))
       ORDER BY c.since DESC, c.asset_id DESC, c.copy LIMIT $4`,
      [unitPath, cursor?.at ?? null, cursor?.id ?? null, limit, copies],
    );
    const found = await assetCheckRepository.ofMany(
      tx,
      rows.map((row) => row.asset_id),
    );
    const byKey = new Map(found.map((check) => [`${check.assetId} ${check.copy}`, check]));
    return rows.flatMap((row) => byKey.get(`${row.asset_id} ${row.copy}`) ?? []);
  },

  async standing(tx: Tx, now: Date, copy: Copy = 'original'): Promise<WatchStanding> {
    const rows: Record<string, string | Date | null>[] = await tx.query(
      `SELECT (SELECT count(*) FROM asset_checks c JOIN assets a ON a.id = c.asset_id
           WHERE c.result <> 'intact' AND c.copy = $2 AND a.custody IN ('received', 'sealed')) AS open,
         (SELECT count(*) FROM asset_checks c JOIN assets a ON a.id = c.asset_id
           WHERE c.due_at < $1::timestamptz - ${DAY} AND c.copy = $2 AND a.custody IN ('received', 'sealed')) AS overdue,
         (SELECT count(*) FROM asset_checks WHERE copy = $2 AND checked_at > $1::timestamptz - ${DAY}) AS checked,
         (SELECT min(checked_at) FROM asset_checks WHERE copy = $2) AS oldest`,
      [now, copy],
    );
    const { open, overdue, checked, oldest } = rows[0] ?? {};
    return {
      open: Number(open ?? 0),
      overdue: Number(overdue ?? 0),
      checkedLastDay: Number(checked ?? 0),
      oldestCheckedAt: oldest instanceof Date ? oldest : null,
    };
  },

  /** Copies looked at in a stretch of time, and their bytes, by what was last found of each. */
  async checkedBetween(
    tx: Tx,
    from: Date,
    until: Date,
    copy: Copy = 'original',
  ): Promise<{ result: CheckResult; count: number; bytes: number }[]> {
    const rows: { result: CheckResult; count: string; bytes: string | null }[] = await tx.query(
      `SELECT c.result, count(*) AS count, sum(a.size_bytes) AS bytes
       FROM asset_checks c JOIN assets a ON a.id = c.asset_id
       WHERE c.checked_at > $1 AND c.checked_at <= $2 AND c.copy = $3 AND c.result IS NOT NULL
       GROUP BY c.result ORDER BY c.result`,
      [from, until, copy],
    );
    return rows.map(({ result, count, bytes }) => ({ result, count: Number(count), bytes: Number(bytes ?? 0) }));
  },
};
