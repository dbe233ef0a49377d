import type { HeadAnswer, Id, LocalDate, ReviewOutcome, ReviewStage } from '#domain';
import type { Tx } from '../database.js';
import type { Cursor, ListScope } from '../list-by-time.js';

/** Something that was there when a case was submitted. */
export interface ReviewMaterial {
  readonly stepId: string;
  readonly occurrenceId: Id;
  /** Null: a recording. */
  readonly paperId: string | null;
  readonly assetId: Id;
}

export interface ReviewRecord {
  readonly id: Id;
  readonly caseId: Id;
  /** The coming of the review's step it is for. */
  readonly occurrenceId: Id;
  /** Which submission of that coming, from 1. */
  readonly n: number;
  readonly state: 'open' | 'ended' | 'disputed';
  readonly policyVersion: number;
  readonly stages: readonly ReviewStage[];
  /** Index of the stage that is next, or of the last one once it has ended. */
  readonly stage: number;
  readonly findingId: Id | null;
  readonly note: string | null;
  readonly materials: readonly ReviewMaterial[];
  readonly submittedBy: Id;
  readonly submittedAt: Date;
  readonly dueAt: Date;
  readonly lastDay: LocalDate | null;
  /** Who is at it; null while nobody has taken it. */
  readonly takenBy: Id | null;
  /** What the reviewers found; a discussion may have decided otherwise since. */
  readonly outcome: ReviewOutcome | null;
  readonly endedAt: Date | null;
  /** 法制审核送审表, and 法制审核意见书 once it has ended. */
  readonly submissionFormId: Id;
  readonly opinionFormId: Id | null;
}

/** What its forms say of a review; each asset once it is printed. */
export interface ReviewPapers {
  readonly reviewId: Id;
  /** Of the opinion; null while there is none. */
  readonly number: string | null;
  readonly submissionAssetId: Id | null;
  readonly opinionAssetId: Id | null;
}

export interface OpinionRecord {
  readonly reviewId: Id;
  readonly stage: number;
  readonly outcome: ReviewOutcome;
  readonly answers: readonly HeadAnswer[];
  readonly text: string;
  readonly changes: string | null;
  readonly givenBy: Id;
  readonly givenAt: Date;
  /** Of the certificate that held on the day; null where a head signed, who needs none. */
  readonly certified: { readonly from: LocalDate; readonly to: LocalDate } | null;
}

export interface DiscussionRecord {
  readonly heldOn: LocalDate;
  readonly participants: readonly { readonly name: string; readonly post: string }[];
  readonly result: ReviewOutcome;
  readonly text: string;
  readonly recordedBy: Id;
  readonly recordedAt: Date;
}

export interface DisputeRecord {
  readonly reviewId: Id;
  readonly reason: string;
  readonly raisedBy: Id;
  readonly raisedAt: Date;
  /** Null while it is not discussed. */
  readonly discussion: DiscussionRecord | null;
}

/** `waiting`: nobody has taken it. `mine`: I am at it. `returned`: to be mended, or disputed. `late`: open behind its time. */
export type ReviewList = 'waiting' | 'mine' | 'returned' | 'late' | 'passed';

const COLUMNS = `r.id, r.case_id AS "caseId", r.occurrence_id AS "occurrenceId", r.n, r.state,
  r.policy_version AS "policyVersion", r.stages, r.stage, r.finding_id AS "findingId", r.note, r.materials,
  r.submitted_by AS "submittedBy", r.submitted_at AS "submittedAt", r.due_at AS "dueAt", r.last_day::text AS "lastDay",
  r.taken_by AS "takenBy", r.outcome, r.ended_at AS "endedAt",
  r.submission_form_id AS "submissionFormId", r.opinion_form_id AS "opinionFormId"`;

const LISTED: Record<ReviewList, string> = {
  waiting: `r.state = 'open' AND r.taken_by IS NULL`,
  mine: `r.state = 'open' AND r.taken_by = $4`,
  // One that was submitted again is no longer to be mended.
  returned: `r.outcome = 'returned' AND NOT EXISTS (SELECT FROM reviews later
     WHERE later.occurrence_id = r.occurrence_id AND later.n > r.n)
     AND NOT EXISTS (SELECT FROM review_disputes d WHERE d.review_id = r.id AND d.result <> 'returned')`,
  late: `r.state = 'open' AND r.due_at < $7`,
  passed: `(r.outcome IN ('passed', 'passed-with-changes')
     OR EXISTS (SELECT FROM review_disputes d WHERE d.review_id = r.id AND d.result <> 'returned'))`,
};

export const reviewRepository = {
  async add(tx: Tx, review: ReviewRecord): Promise<void> {
    await tx.query(
      `INSERT INTO reviews (id, case_id, occurrence_id, n, state, policy_version, stages, stage, finding_id, note,
         materials, submitted_by, submitted_at, due_at, last_day, submission_form_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
      [
        ...[review.id, review.caseId, review.occurrenceId, review.n, review.state, review.policyVersion],
        ...[JSON.stringify(review.stages), review.stage, review.findingId, review.note],
        ...[JSON.stringify(review.materials), review.submittedBy, review.submittedAt, review.dueAt, review.lastDay],
        review.submissionFormId,
      ],
    );
  },

  async find(tx: Tx, id: Id): Promise<ReviewRecord | null> {
    const rows: ReviewRecord[] = await tx.query(`SELECT ${COLUMNS} FROM reviews r WHERE r.id = $1`, [id]);
    return rows[0] ?? null;
  },

  async ofCase(tx: Tx, caseId: Id): Promise<ReviewRecord[]> {
    return await tx.query(`SELECT ${COLUMNS} FROM reviews r WHERE r.case_id = $1 ORDER BY r.submitted_at, r.id`, [
      caseId,
    ]);
  },

  /** In the order they fall due; the page begins after `cursor`. */
  async list(
    tx: Tx,
    query: {
      readonly list: ReviewList;
      readonly scope: ListScope;
      readonly accountId: Id;
      readonly now: Date;
      readonly cursor: Cursor | null;
      readonly limit: number;
    },
  ): Promise<ReviewRecord[]> {
    const { list, scope, accountId, now, cursor, limit } = query;
    return await tx.query(
      `SELECT ${COLUMNS} FROM reviews r JOIN cases c ON c.id = r.case_id
       WHERE ${LISTED[list]}
         AND (($2 OR c.unit_id = ANY($1::uuid[])) AND c.level = ANY($3::text[])
           OR EXISTS (SELECT FROM case_officers o WHERE o.case_id = c.id AND o.account_id = $5))
         -- Not every list asks who and when; PostgreSQL asks for the type of every parameter.
         AND $4::uuid IS NOT NULL AND $7::timestamptz IS NOT NULL
         AND ($6::timestamptz IS NULL OR (r.due_at, r.id) > ($6, $8))
       ORDER BY r.due_at, r.id LIMIT $9`,
      [
        ...[scope.unitIds, scope.isWhole, scope.levels, accountId, scope.accountId],
        ...[cursor?.at ?? null, now, cursor?.id ?? null, limit],
      ],
    );
  },

  async take(tx: Tx, id: Id, accountId: Id): Promise<void> {
    await tx.query('UPDATE reviews SET taken_by = $2 WHERE id = $1', [id, accountId]);
  },

  /** To the next stage, which nobody has taken yet. */
  async advance(tx: Tx, id: Id, stage: number): Promise<void> {
    await tx.query('UPDATE reviews SET stage = $2, taken_by = NULL WHERE id = $1', [id, stage]);
  },

  async end(
    tx: Tx,
    id: Id,
    { outcome, opinionFormId, at }: { readonly outcome: ReviewOutcome; readonly opinionFormId: Id; readonly at: Date },
  ): Promise<void> {
    await tx.query(
      `UPDATE reviews SET state = 'ended', outcome = $2, opinion_form_id = $3, ended_at = $4 WHERE id = $1`,
      [id, outcome, opinionFormId, at],
    );
  },

  async papers(tx: Tx, ids: readonly Id[]): Promise<ReviewPapers[]> {
    return await tx.query(
      `SELECT r.id AS "reviewId", o.number, CASE s.print_state WHEN 'printed' THEN s.asset_id END AS "submissionAssetId",
         CASE o.print_state WHEN 'printed' THEN o.asset_id END AS "opinionAssetId"
       FROM reviews r JOIN forms s ON s.id = r.submission_form_id LEFT JOIN forms o ON o.id = r.opinion_form_id
       WHERE r.id = ANY($1::uuid[])`,
      [ids],
    );
  },

  async addOpinion(tx: Tx, opinion: OpinionRecord): Promise<void> {
    await tx.query(
      `INSERT INTO review_opinions (review_id, stage, outcome, answers, text, changes, given_by, given_at,
         certified_from, certified_to) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[opinion.reviewId, opinion.stage, opinion.outcome, JSON.stringify(opinion.answers), opinion.text],
        ...[opinion.changes, opinion.givenBy, opinion.givenAt],
        ...[opinion.certified?.from ?? null, opinion.certified?.to ?? null],
      ],
    );
  },

  /** In the order of the stages. */
  async opinions(tx: Tx, reviewIds: readonly Id[]): Promise<OpinionRecord[]> {
    const rows: (OpinionRecord & { from: LocalDate | null; to: LocalDate | null })[] = await tx.query(
      `SELECT review_id AS "reviewId", stage, outcome, answers, text, changes, given_by AS "givenBy",
         given_at AS "givenAt", certified_from::text AS "from", certified_to::text AS "to"
       FROM review_opinions WHERE review_id = ANY($1::uuid[]) ORDER BY review_id, stage`,
      [reviewIds],
    );
    return rows.map(({ from, to, ...rest }) => ({
      ...rest,
      certified: from === null || to === null ? null : { from, to },
    }));
  },

  async dispute(tx: Tx, dispute: Omit<DisputeRecord, 'discussion'>): Promise<void> {
    const { reviewId, reason, raisedBy, raisedAt } = dispute;
    await tx.query('INSERT INTO review_disputes (review_id, reason, raised_by, raised_at) VALUES ($1, $2, $3, $4)', [
      reviewId,
      reason,
      raisedBy,
      raisedAt,
    ]);
    await tx.query(`UPDATE reviews SET state = 'disputed' WHERE id = $1`, [reviewId]);
  },

  async discussed(tx: Tx, reviewId: Id, discussion: DiscussionRecord): Promise<void> {
    const { heldOn, participants, result, text, recordedBy, recordedAt } = discussion;
    await tx.query(
      `UPDATE review_disputes SET held_on = $2, participants = $3, result = $4, text = $5, recorded_by = $6,
         recorded_at = $7 WHERE review_id = $1`,
      [reviewId, heldOn, JSON.stringify(participants), result, text, recordedBy, recordedAt],
    );
    await tx.query(`UPDATE reviews SET state = 'ended' WHERE id = $1`, [reviewId]);
  },

  async disputes(tx: Tx, reviewIds: readonly Id[]): Promise<DisputeRecord[]> {
    const rows: (Omit<DisputeRecord, 'discussion'> & DiscussionRecord)[] = await tx.query(
      `SELECT review_id AS "reviewId", reason, raised_by AS "raisedBy", raised_at AS "raisedAt",
         held_on::text AS "heldOn", participants, result, text, recorded_by AS "recordedBy", recorded_at AS "recordedAt"
       FROM review_disputes WHERE review_id = ANY($1::uuid[])`,
      [reviewIds],
    );
    return rows.map(({ reviewId, reason, raisedBy, raisedAt, ...discussion }) => ({
      ...{ reviewId, reason, raisedBy, raisedAt },
      discussion: discussion.result === null ? null : discussion,
    }));
  },

  /** Active accounts of units, by unit: officers and reviewers with certificates that hold on the day. */
  async staff(tx: Tx, unitPath: string, day: LocalDate): Promise<UnitStaff[]> {
    return await tx.query(
      `SELECT u.id AS "unitId", u.name AS "unitName", u.path AS "unitPath",
         count(DISTINCT a.id) FILTER (WHERE c.kind = 'enforcement')::int AS officers,
         count(DISTINCT a.id) FILTER (WHERE c.kind = 'legal-review' AND 'reviewer' = ANY(a.roles))::int AS reviewers
       FROM units u
       LEFT JOIN accounts a ON a.unit_id = u.id AND NOT a.disabled
       LEFT JOIN certificates c ON c.account_id = a.id AND c.valid_from <= $2::date AND $2::date <= c.valid_to
         AND c.withdrawn_at IS NULL
       WHERE starts_with(u.path, $1) GROUP BY u.id ORDER BY u.path`,
      [unitPath, day],
    );
  },
};

export interface UnitStaff {
  readonly unitId: Id;
  readonly unitName: string;
  readonly unitPath: string;
  readonly officers: number;
  readonly reviewers: number;
}
