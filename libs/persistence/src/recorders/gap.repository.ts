import type { AssetKind, Id, Level, Place } from '#domain';
import type { Tx } from '../database.js';

/** A break of a recording, explained in writing. */
export interface GapExplanationRecord {
  readonly id: Id;
  readonly caseId: Id;
  readonly occurrenceId: Id;
  readonly afterAssetId: Id;
  readonly beforeAssetId: Id;
  readonly startAt: Date;
  readonly endAt: Date;
  readonly text: string;
  readonly explainedBy: Id;
  readonly explainedAt: Date;
}

/** What gaps are found among: a recording tied to a step, as it stands in time. */
export interface TimedRecording {
  readonly assetId: Id;
  readonly occurrenceId: Id;
  readonly kind: AssetKind;
  readonly atMs: number;
  readonly durationMs: number | null;
}

export const gapRepository = {
  async add(tx: Tx, explanation: GapExplanationRecord): Promise<void> {
    const { id, caseId, occurrenceId, afterAssetId, beforeAssetId, startAt, endAt, text, explainedBy, explainedAt } =
      explanation;
    await tx.query(
      `INSERT INTO gap_explanations (id, case_id, occurrence_id, after_asset_id, before_asset_id, start_at, end_at, text,
         explained_by, explained_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [id, caseId, occurrenceId, afterAssetId, beforeAssetId, startAt, endAt, text, explainedBy, explainedAt],
    );
  },

  /** Newest first: of several for one break the newest counts. */
  async ofCase(tx: Tx, caseId: Id): Promise<GapExplanationRecord[]> {
    return await tx.query(
      `SELECT id, case_id AS "caseId", occurrence_id AS "occurrenceId", after_asset_id AS "afterAssetId",
         before_asset_id AS "beforeAssetId", start_at AS "startAt", end_at AS "endAt", text,
         explained_by AS "explainedBy", explained_at AS "explainedAt"
       FROM gap_explanations WHERE case_id = $1 ORDER BY n DESC`,
      [caseId],
    );
  },

  /** Recordings of a case, each as long as what of it is tied. */
  async recordingsOf(tx: Tx, caseId: Id): Promise<TimedRecording[]> {
    const rows: {
      asset_id: Id;
      occurrence_id: Id;
      kind: AssetKind;
      at: Date;
      from_ms: string;
      length_ms: string | null;
    }[] = await tx.query(
      `SELECT l.asset_id, l.occurrence_id, a.kind, a.at, coalesce(l.range_start_ms, 0) AS from_ms,
           CASE WHEN l.range_start_ms IS NULL THEN a.duration_ms ELSE l.range_end_ms - l.range_start_ms END AS length_ms
         FROM asset_links l JOIN assets a ON a.id = l.asset_id
         WHERE l.case_id = $1 AND a.kind IN ('video', 'sound')`,
      [caseId],
    );
    return rows.map((row) => ({
      assetId: row.asset_id,
      occurrenceId: row.occurrence_id,
      kind: row.kind,
      atMs: row.at.getTime() + Number(row.from_ms),
      durationMs: row.length_ms === null ? null : Number(row.length_ms),
    }));
  },
};

export interface CandidateRow {
  readonly caseId: Id;
  readonly occurrenceId: Id;
  readonly stepId: string;
  readonly procedureId: string;
  readonly procedureVersion: number;
  readonly caseNumber: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly officerIds: readonly Id[];
  readonly recorderIds: readonly Id[];
  readonly places: readonly Place[];
  readonly unitPath: string;
  readonly level: Level;
}

export const candidateRepository = {
  /** Steps of open cases of these officers that were going on within a span, with what is tied to them already. */
  async steps(
    tx: Tx,
    of: { readonly officerIds: readonly Id[]; readonly from: Date; readonly to: Date; readonly limit: number },
  ): Promise<CandidateRow[]> {
    return await tx.query(
      `SELECT c.id AS "caseId", o.id AS "occurrenceId", o.step_id AS "stepId", c.procedure_id AS "procedureId",
         c.procedure_version AS "procedureVersion", c.number AS "caseNumber", c.unit_path AS "unitPath", c.level, o.started_at AS "startedAt",
         o.ended_at AS "endedAt",
         ARRAY(SELECT account_id FROM case_officers WHERE case_id = c.id) AS "officerIds",
         ARRAY(SELECT DISTINCT s.recorder_id FROM asset_links l JOIN asset_sources s ON s.asset_id = l.asset_id
           WHERE l.occurrence_id = o.id AND l.case_id = c.id AND s.recorder_id IS NOT NULL) AS "recorderIds",
         ARRAY(SELECT a.place FROM asset_links l JOIN assets a ON a.id = l.asset_id
           WHERE l.occurrence_id = o.id AND l.case_id = c.id AND a.place IS NOT NULL LIMIT 50) AS places
       FROM cases c JOIN step_occurrences o ON o.case_id = c.id
       WHERE c.state = 'open' AND o.state <> 'waiting' AND o.started_at <= $3
         AND (o.ended_at IS NULL OR o.ended_at >= $2)
         AND c.id IN (SELECT case_id FROM case_officers WHERE account_id = ANY($1::uuid[]))
       ORDER BY o.started_at DESC LIMIT $4`,
      [of.officerIds, of.from, of.to, of.limit],
    );
  },
};
