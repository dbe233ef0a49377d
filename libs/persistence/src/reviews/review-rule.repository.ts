import type { DecisionCatalogue, DecisionDescription, Id, ReviewPolicy } from '#domain';
import type { Tx } from '../database.js';

export interface PolicyRecord {
  /** From 1; 0 is what holds until an agency has set anything. */
  readonly version: number;
  readonly body: ReviewPolicy;
  readonly setBy: Id;
  readonly setAt: Date;
}

export interface FindingRecord {
  readonly id: Id;
  readonly caseId: Id;
  readonly description: DecisionDescription;
  readonly catalogueId: string;
  readonly catalogueVersion: number;
  /** Ids of the entries the decision falls under. */
  readonly entries: readonly string[];
  /** The agency reviews every decision. */
  readonly isEvery: boolean;
  readonly isMajor: boolean;
  readonly judgedBy: Id;
  readonly judgedAt: Date;
}

export const catalogueRepository = {
  /** The newest version of the one that is named so. */
  async newest(tx: Tx, id: string): Promise<DecisionCatalogue | null> {
    const rows: { body: DecisionCatalogue }[] = await tx.query(
      'SELECT body FROM catalogues WHERE id = $1 ORDER BY version DESC LIMIT 1',
      [id],
    );
    return rows[0]?.body ?? null;
  },

  async find(tx: Tx, id: string, version: number): Promise<DecisionCatalogue | null> {
    const rows: { body: DecisionCatalogue }[] = await tx.query(
      'SELECT body FROM catalogues WHERE id = $1 AND version = $2',
      [id, version],
    );
    return rows[0]?.body ?? null;
  },
};

export const reviewPolicyRepository = {
  /** Null until an agency has set one. */
  async newest(tx: Tx): Promise<PolicyRecord | null> {
    const rows: PolicyRecord[] = await tx.query(
      `SELECT version, body, set_by AS "setBy", set_at AS "setAt" FROM review_policies ORDER BY version DESC LIMIT 1`,
    );
    return rows[0] ?? null;
  },

  async find(tx: Tx, version: number): Promise<PolicyRecord | null> {
    const rows: PolicyRecord[] = await tx.query(
      `SELECT version, body, set_by AS "setBy", set_at AS "setAt" FROM review_policies WHERE version = $1`,
      [version],
    );
    return rows[0] ?? null;
  },

  /** @throws ArchiveError `conflict` when that version is there already */
  async add(tx: Tx, { version, body, setBy, setAt }: PolicyRecord): Promise<void> {
    await tx.query('INSERT INTO review_policies (version, body, set_by, set_at) VALUES ($1, $2, $3, $4)', [
      version,
      JSON.stringify(body),
      setBy,
      setAt,
    ]);
  },
};

const FINDING = `id, case_id AS "caseId", description, catalogue_id AS "catalogueId",
  catalogue_version AS "catalogueVersion", entries, is_every AS "isEvery", is_major AS "isMajor",
  judged_by AS "judgedBy", judged_at AS "judgedAt"`;

export const findingRepository = {
  async add(tx: Tx, finding: FindingRecord): Promise<void> {
    await tx.query(
      `INSERT INTO decision_findings (id, case_id, description, catalogue_id, catalogue_version, entries, is_every,
         is_major, judged_by, judged_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[finding.id, finding.caseId, JSON.stringify(finding.description), finding.catalogueId],
        ...[finding.catalogueVersion, JSON.stringify(finding.entries), finding.isEvery, finding.isMajor],
        ...[finding.judgedBy, finding.judgedAt],
      ],
    );
  },

  /** The last one counts; those before say what was thought until then. */
  async newest(tx: Tx, caseId: Id): Promise<FindingRecord | null> {
    const rows: FindingRecord[] = await tx.query(
      `SELECT ${FINDING} FROM decision_findings WHERE case_id = $1 ORDER BY n DESC LIMIT 1`,
      [caseId],
    );
    return rows[0] ?? null;
  },

  async find(tx: Tx, id: Id): Promise<FindingRecord | null> {
    const rows: FindingRecord[] = await tx.query(`SELECT ${FINDING} FROM decision_findings WHERE id = $1`, [id]);
    return rows[0] ?? null;
  },
};
