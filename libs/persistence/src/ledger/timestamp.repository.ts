import type { EventType, Id } from '#domain';
import type { Tx } from '../database.js';

/** A verified RFC 3161 token. */
export interface TimestampRecord {
  readonly id: Id;
  /** Of the checkpoint it is over, or leads to. */
  readonly size: number;
  /** The checkpoint note; the token is over its bytes, or over the token it renews. */
  readonly note: string;
  readonly token: Buffer;
  readonly authority: string;
  readonly stampedAt: Date;
  readonly certificateEnds: Date;
  readonly renews: Id | null;
}

/** An entry that says it was at a time, and the time-stamps it was logged between. */
export interface OutOfTime {
  readonly index: number;
  readonly at: Date;
  readonly after: Date | null;
  readonly before: Date;
}

interface RawTimestamp {
  readonly id: Id;
  readonly size: string;
  readonly note: string;
  readonly token: Buffer;
  readonly authority: string;
  readonly stamped_at: Date;
  readonly certificate_ends: Date;
  readonly renews: Id | null;
}

const COLUMNS = 'id, size, note, token, authority, stamped_at, certificate_ends, renews';

export const timestampRepository = {
  async add(tx: Tx, record: TimestampRecord): Promise<void> {
    await tx.query(`INSERT INTO ledger_timestamps (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, [
      ...[record.id, record.size, record.note, record.token, record.authority],
      ...[record.stampedAt, record.certificateEnds, record.renews],
    ]);
  },

  /** The newest over a checkpoint; renewals aside. */
  async newest(tx: Tx): Promise<TimestampRecord | null> {
    const rows: RawTimestamp[] = await tx.query(
      `SELECT ${COLUMNS} FROM ledger_timestamps WHERE renews IS NULL ORDER BY size DESC, stamped_at DESC LIMIT 1`,
    );
    return rows[0] ? toRecord(rows[0]) : null;
  },

  /** The first over a checkpoint at least this large: the narrowest bound for an event. */
  async firstFrom(tx: Tx, size: number): Promise<TimestampRecord | null> {
    const rows: RawTimestamp[] = await tx.query(
      `SELECT ${COLUMNS} FROM ledger_timestamps WHERE renews IS NULL AND size >= $1 ORDER BY size, stamped_at LIMIT 1`,
      [size],
    );
    return rows[0] ? toRecord(rows[0]) : null;
  },

  /** Whether an event of one of these types was logged from one size to another. */
  async hasEvent(tx: Tx, types: readonly EventType[], range: { from: number; to: number }): Promise<boolean> {
    const rows: { found: boolean }[] = await tx.query(
      `SELECT EXISTS (SELECT FROM ledger_entries l JOIN events e ON e.id = l.event_id
         WHERE l.index >= $1 AND l.index < $2 AND e.type = ANY($3::text[])) AS found`,
      [range.from, range.to, types],
    );
    return rows[0]?.found === true;
  },

  /** Whether anything but time-stamps was logged from one size to another. */
  async hasNews(tx: Tx, from: number, to: number): Promise<boolean> {
    const rows: { found: boolean }[] = await tx.query(
      `SELECT EXISTS (SELECT FROM ledger_entries l JOIN events e ON e.id = l.event_id
         WHERE l.index >= $1 AND l.index < $2 AND e.type <> 'ledger.timestamped') AS found`,
      [from, to],
    );
    return rows[0]?.found === true;
  },

  /** Entries whose event says a time that the tokens before and after it do not leave it, the first of them. */
  async outOfTime(tx: Tx, toleranceMs: number, limit: number): Promise<OutOfTime[]> {
    const rows: { index: string; at: Date; after: Date | null; before: Date }[] = await tx.query(
      `WITH spans AS (
         SELECT lag(size, 1, 0::bigint) OVER o AS low, size AS high, lag(stamped_at) OVER o AS after, stamped_at AS before
         FROM ledger_timestamps WHERE renews IS NULL WINDOW o AS (ORDER BY size, stamped_at))
       SELECT l.index, e.at, s.after, s.before FROM spans s
       JOIN ledger_entries l ON l.index >= s.low AND l.index < s.high JOIN events e ON e.id = l.event_id
       WHERE e.at > s.before + $1 * interval '1 ms' OR e.at < s.after - $1 * interval '1 ms' ORDER BY l.index LIMIT $2`,
      [toleranceMs, limit],
    );
    return rows.map((row) => ({ ...row, index: Number(row.index) }));
  },

  /** Tokens whose certificate ends before a time and that no later token covers. */
  async ending(tx: Tx, before: Date, limit: number): Promise<TimestampRecord[]> {
    const rows: RawTimestamp[] = await tx.query(
      `SELECT ${COLUMNS} FROM ledger_timestamps t WHERE certificate_ends < $1
         AND NOT EXISTS (SELECT FROM ledger_timestamps later WHERE later.renews = t.id)
       ORDER BY certificate_ends LIMIT $2`,
      [before, limit],
    );
    return rows.map(toRecord);
  },
};

function toRecord(row: RawTimestamp): TimestampRecord {
  return {
    id: row.id,
    size: Number(row.size),
    note: row.note,
    token: row.token,
    authority: row.authority,
    stampedAt: row.stamped_at,
    certificateEnds: row.certificate_ends,
    renews: row.renews,
  };
}
