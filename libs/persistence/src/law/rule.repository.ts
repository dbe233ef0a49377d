import type { Id, Limit } from '#domain';
import type { Tx } from '../database.js';

export interface AgencyLimitRecord {
  readonly procedureId: string;
  readonly limitId: string;
  readonly limit: Limit;
}

/** Rules beside the procedures: the calendar, and the lengths the law leaves to the agency. */
export const ruleRepository = {
  /** Keeps a calendar unless the newest is the same. @returns whether it was kept */
  async keepCalendar(
    tx: Tx,
    calendar: { readonly sha256: string; readonly body: unknown },
    at: Date,
  ): Promise<boolean> {
    if ((await ruleRepository.newestCalendar(tx)) === calendar.sha256) return false;
    await tx.query('INSERT INTO calendars (sha256, body, kept_at) VALUES ($1, $2, $3)', [
      calendar.sha256,
      JSON.stringify(calendar.body),
      at,
    ]);
    return true;
  },

  /** Its digest; null before the first was kept. */
  async newestCalendar(tx: Tx): Promise<string | null> {
    const rows: { sha256: string }[] = await tx.query('SELECT sha256 FROM calendars ORDER BY n DESC LIMIT 1');
    return rows[0]?.sha256 ?? null;
  },

  async calendarBody(tx: Tx, sha256: string): Promise<unknown> {
    const rows: { body: unknown }[] = await tx.query(
      'SELECT body FROM calendars WHERE sha256 = $1 ORDER BY n DESC LIMIT 1',
      [sha256],
    );
    return rows[0]?.body;
  },

  /** @param procedureId null: of all */
  async agencyLimits(tx: Tx, procedureId: string | null = null): Promise<AgencyLimitRecord[]> {
    return await tx.query(
      `SELECT procedure_id AS "procedureId", limit_id AS "limitId", "limit" FROM agency_limits
       WHERE $1::text IS NULL OR procedure_id = $1 ORDER BY procedure_id, limit_id`,
      [procedureId],
    );
  },

  /** @param limit null: what holds by law */
  async setAgencyLimit(
    tx: Tx,
    { procedureId, limitId, limit }: Omit<AgencyLimitRecord, 'limit'> & { readonly limit: Limit | null },
    by: { readonly accountId: Id; readonly at: Date },
  ): Promise<void> {
    await tx.query('DELETE FROM agency_limits WHERE procedure_id = $1 AND limit_id = $2', [procedureId, limitId]);
    if (limit === null) return;
    await tx.query(
      `INSERT INTO agency_limits (procedure_id, limit_id, "limit", set_at, set_by) VALUES ($1, $2, $3, $4, $5)`,
      [procedureId, limitId, JSON.stringify(limit), by.at, by.accountId],
    );
  },
};
