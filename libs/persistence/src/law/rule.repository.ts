import type { Id, Limit } from '#domain';
import type { Tx } from '../database.js';

export interface AgencyLimitRecord {
  readonly procedureId: string;
  readonly limitId: string;
  readonly limit: Limit;
}

/** The lengths the law leaves to the agency. */
export const ruleRepository = {
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
