import type { ActingRole, CertificateTerm, ExcuseKind, Id } from '#domain';
import type { Tx } from '../database.js';

export interface StatementRecord {
  readonly id: Id;
  readonly conditionId: string;
  readonly occurrenceId: Id | null;
  readonly holds: boolean;
  /** Since when. */
  readonly at: Date;
  readonly statedAt: Date;
  readonly statedBy: Id;
}

export interface PersonRecord {
  readonly occurrenceId: Id;
  readonly accountId: Id;
  readonly role: ActingRole;
}

export interface TiedAsset {
  readonly assetId: Id;
  readonly occurrenceId: Id;
  readonly paperId: string | null;
  readonly isRecording: boolean;
  readonly receivedAt: Date;
}

/** A wish with what was decided on it; all null while nobody has. */
export interface Decided {
  readonly reason: string;
  readonly askedBy: Id;
  readonly askedAt: Date;
  readonly isApproved: boolean | null;
  readonly decidedBy: Id | null;
  readonly decidedAt: Date | null;
  readonly decisionReason: string | null;
}

export interface ExcuseRecord extends Decided {
  readonly id: Id;
  readonly occurrenceId: Id;
  readonly paperId: string | null;
  readonly kind: ExcuseKind;
}

export interface ExtensionRecord extends Decided {
  readonly id: Id;
  readonly limitId: string;
  readonly occurrenceId: Id | null;
}

export interface Decision {
  readonly isApproved: boolean;
  readonly decidedBy: Id;
  readonly decidedAt: Date;
  readonly decisionReason: string;
}

const DECIDED = `reason, asked_by AS "askedBy", asked_at AS "askedAt", is_approved AS "isApproved",
  decided_by AS "decidedBy", decided_at AS "decidedAt", decision_reason AS "decisionReason"`;

/** What the rules read of one case, a statement each: how many of them there are does not hang on the case. */
export const standingRepository = {
  /** In the order of since when they hold; of one moment, in the order they were made. */
  async statements(tx: Tx, caseId: Id): Promise<StatementRecord[]> {
    return await tx.query(
      `SELECT id, condition_id AS "conditionId", occurrence_id AS "occurrenceId", holds, at, stated_at AS "statedAt",
         stated_by AS "statedBy" FROM condition_statements WHERE case_id = $1 ORDER BY at, n`,
      [caseId],
    );
  },

  async addStatement(tx: Tx, caseId: Id, statement: StatementRecord): Promise<void> {
    const { id, conditionId, occurrenceId, holds, at, statedAt, statedBy } = statement;
    await tx.query(
      `INSERT INTO condition_statements (id, case_id, condition_id, occurrence_id, holds, at, stated_at, stated_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, caseId, conditionId, occurrenceId, holds, at, statedAt, statedBy],
    );
  },

  async people(tx: Tx, caseId: Id): Promise<PersonRecord[]> {
    return await tx.query(
      `SELECT p.occurrence_id AS "occurrenceId", p.account_id AS "accountId", p.role FROM step_occurrences o
       JOIN occurrence_people p ON p.occurrence_id = o.id WHERE o.case_id = $1 ORDER BY p.account_id, p.role`,
      [caseId],
    );
  },

  async setPeople(tx: Tx, occurrenceId: Id, people: readonly Omit<PersonRecord, 'occurrenceId'>[]): Promise<void> {
    await tx.query('DELETE FROM occurrence_people WHERE occurrence_id = $1', [occurrenceId]);
    await tx.query(
      `INSERT INTO occurrence_people (occurrence_id, account_id, role)
       SELECT DISTINCT $1::uuid, p.* FROM unnest($2::uuid[], $3::text[]) p`,
      [occurrenceId, people.map(({ accountId }) => accountId), people.map(({ role }) => role)],
    );
  },

  /** Certificates of everybody who takes part in the case or is in charge of it; earlier terms first. */
  async certificates(tx: Tx, caseId: Id): Promise<(CertificateTerm & { readonly accountId: Id })[]> {
    return await tx.query(
      `SELECT account_id AS "accountId", kind, valid_from::text AS "validFrom", valid_to::text AS "validTo",
         withdrawn_at AS "withdrawnAt" FROM certificates WHERE account_id IN (
         SELECT p.account_id FROM step_occurrences o JOIN occurrence_people p ON p.occurrence_id = o.id
         WHERE o.case_id = $1 UNION SELECT account_id FROM case_officers WHERE case_id = $1) ORDER BY valid_to, id`,
      [caseId],
    );
  },

  /** What is tied to the case and in good custody: received or sealed. */
  async tiedAssets(tx: Tx, caseId: Id): Promise<TiedAsset[]> {
    return await tx.query(
      `SELECT l.asset_id AS "assetId", l.occurrence_id AS "occurrenceId", l.paper_id AS "paperId",
         a.kind IN ('video', 'sound') AS "isRecording", a.received_at AS "receivedAt"
       FROM asset_links l JOIN assets a ON a.id = l.asset_id
       WHERE l.case_id = $1 AND a.custody IN ('received', 'sealed') ORDER BY l.asset_id`,
      [caseId],
    );
  },

  async excuses(tx: Tx, caseId: Id): Promise<ExcuseRecord[]> {
    return await tx.query(
      `SELECT id, occurrence_id AS "occurrenceId", paper_id AS "paperId", kind, ${DECIDED}
       FROM excuses WHERE case_id = $1 ORDER BY id`,
      [caseId],
    );
  },

  async addExcuse(tx: Tx, caseId: Id, excuse: Omit<ExcuseRecord, keyof Decision>): Promise<void> {
    const { id, occurrenceId, paperId, kind, reason, askedBy, askedAt } = excuse;
    await tx.query(
      `INSERT INTO excuses (id, case_id, occurrence_id, paper_id, kind, reason, asked_by, asked_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, caseId, occurrenceId, paperId, kind, reason, askedBy, askedAt],
    );
  },

  async extensions(tx: Tx, caseId: Id): Promise<ExtensionRecord[]> {
    return await tx.query(
      `SELECT id, limit_id AS "limitId", occurrence_id AS "occurrenceId", ${DECIDED}
       FROM extensions WHERE case_id = $1 ORDER BY id`,
      [caseId],
    );
  },

  async addExtension(tx: Tx, caseId: Id, extension: Omit<ExtensionRecord, keyof Decision>): Promise<void> {
    const { id, limitId, occurrenceId, reason, askedBy, askedAt } = extension;
    await tx.query(
      `INSERT INTO extensions (id, case_id, limit_id, occurrence_id, reason, asked_by, asked_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [id, caseId, limitId, occurrenceId, reason, askedBy, askedAt],
    );
  },

  async decide(tx: Tx, what: 'excuses' | 'extensions', id: Id, decision: Decision): Promise<void> {
    await tx.query(
      `UPDATE ${what} SET is_approved = $2, decided_by = $3, decided_at = $4, decision_reason = $5 WHERE id = $1`,
      [id, decision.isApproved, decision.decidedBy, decision.decidedAt, decision.decisionReason],
    );
  },
};
