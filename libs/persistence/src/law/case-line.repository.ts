import type { Id, Label, Level, Rule } from '#domain';
import type { Tx } from '../database.js';
import type { ListScope } from '../list-by-time.js';

export const LINE_KINDS = ['clock', 'duty', 'statement', 'breach'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

/** An open clock, an owed duty, a fact to be stated, or a breach of an open case. */
export interface CaseLineRecord {
  readonly id: Id;
  readonly caseId: Id;
  readonly kind: LineKind;
  /** Id of the limit, the step or the condition. */
  readonly ref: string;
  readonly of: 'agency' | 'party';
  readonly occurrenceId: Id | null;
  readonly startedAt: Date | null;
  /** Null: as soon as can be, or paused. */
  readonly dueAt: Date | null;
  /** When a rule is broken by it; null where none ever is. */
  readonly lateAt: Date | null;
  readonly words: Label;
  readonly rule: Rule;
}

export interface LineCursor {
  /** Null: behind all that have a time. */
  readonly at: Date | null;
  readonly id: Id;
}

export interface DueQuery {
  readonly accountId: Id;
  readonly kind: LineKind | null;
  readonly cursor: LineCursor | null;
  readonly limit: number;
  readonly now: Date;
}

export interface LateQuery {
  readonly scope: ListScope;
  readonly officerId: Id | null;
  readonly kind: LineKind | null;
  readonly cursor: LineCursor | null;
  readonly limit: number;
  readonly now: Date;
}

/** What is shown of the case beside the line. */
export interface LineCase {
  readonly id: Id;
  readonly number: string;
  readonly title: string;
  readonly level: Level;
  readonly unitName: string;
  readonly officers: readonly string[];
}

const COLUMNS = `l.id, l.case_id AS "caseId", l.kind, l.ref, l."of", l.occurrence_id AS "occurrenceId",
  l.started_at AS "startedAt", l.due_at AS "dueAt", l.late_at AS "lateAt", l.words, l.rule`;

export const caseLineRepository = {
  /** In place of all there were. */
  async replace(tx: Tx, of: { readonly id: Id; readonly unitId: Id }, lines: readonly CaseLineRecord[]): Promise<void> {
    await tx.query('DELETE FROM case_lines WHERE case_id = $1', [of.id]);
    if (lines.length > 0)
      await tx.query(
        `INSERT INTO case_lines (id, case_id, unit_id, kind, ref, "of", occurrence_id, started_at, due_at, late_at, words,
           rule) SELECT n.id, $1, $2, n.kind, n.ref, n."of", n.occurrence_id, n.started_at, n.due_at, n.late_at, n.words,
           n.rule FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::timestamptz[],
           $9::timestamptz[], $10::timestamptz[], $11::jsonb[], $12::jsonb[])
           n (id, kind, ref, "of", occurrence_id, started_at, due_at, late_at, words, rule)`,
        [
          ...[of.id, of.unitId, lines.map(({ id }) => id), lines.map(({ kind }) => kind), lines.map(({ ref }) => ref)],
          ...[lines.map((line) => line.of), lines.map(({ occurrenceId }) => occurrenceId)],
          ...[lines.map(({ startedAt }) => startedAt), lines.map(({ dueAt }) => dueAt)],
          ...[lines.map(({ lateAt }) => lateAt), lines.map(({ words }) => JSON.stringify(words))],
          lines.map(({ rule }) => JSON.stringify(rule)),
        ],
      );
    await tx.query('UPDATE cases SET lines_owed_at = NULL WHERE id = $1 AND lines_owed_at IS NOT NULL', [of.id]);
  },

  /**
   * Of the cases an officer is in charge of: what is due first, first; what has no time, last. A time of the party's that
   * has run out is nobody's to do.
   */
  async due(tx: Tx, { accountId, kind, cursor, limit, now }: DueQuery): Promise<CaseLineRecord[]> {
    const after = cursor === null ? null : (cursor.at?.toISOString() ?? 'infinity');
    return await tx.query(
      // Case by case on the index, which has all that is asked; rows are fetched for the page alone. The planner would
      // read all lines of everybody.
      `WITH page AS (
         SELECT l.id FROM case_officers o CROSS JOIN LATERAL (
           SELECT id, due_at, kind, "of" FROM case_lines WHERE case_id = o.case_id OFFSET 0) l
         WHERE o.account_id = $1 AND ($2::text IS NULL OR l.kind = $2)
           AND (l."of" = 'agency' OR l.due_at IS NULL OR l.due_at >= $6)
           AND ($3::timestamptz IS NULL OR (coalesce(l.due_at, 'infinity'), l.id) > ($3::timestamptz, $4::uuid))
         ORDER BY coalesce(l.due_at, 'infinity'), l.id LIMIT $5
       )
       SELECT ${COLUMNS} FROM page JOIN case_lines l ON l.id = page.id ORDER BY coalesce(l.due_at, 'infinity'), l.id`,
      [accountId, kind, after, cursor?.id ?? null, limit, now],
    );
  },

  /** By which a rule of the agency is broken by now: longest first. */
  async late(tx: Tx, { scope, officerId, kind, cursor, limit, now }: LateQuery): Promise<CaseLineRecord[]> {
    const values: unknown[] = [now, limit];
    const value = (one: unknown): string => `$${values.push(one)}`;
    const where = [
      'l.late_at < $1',
      ...(scope.isWhole ? [] : [`l.unit_id = ANY(${value(scope.unitIds)}::uuid[])`]),
      ...(kind === null ? [] : [`l.kind = ${value(kind)}`]),
      ...(officerId === null
        ? []
        : [`l.case_id IN (SELECT case_id FROM case_officers WHERE account_id = ${value(officerId)})`]),
      ...(cursor === null ? [] : [`(l.late_at, l.id) > (${value(cursor.at)}::timestamptz, ${value(cursor.id)}::uuid)`]),
    ];
    return await tx.query(
      `SELECT ${COLUMNS} FROM case_lines l WHERE ${where.join(' AND ')} ORDER BY l.late_at, l.id LIMIT $2`,
      values,
    );
  },

  async casesOf(tx: Tx, caseIds: readonly Id[]): Promise<Map<Id, LineCase>> {
    const rows: LineCase[] = await tx.query(
      `SELECT c.id, c.number, c.title, c.level, (SELECT name FROM units WHERE id = c.unit_id) AS "unitName",
         ARRAY(SELECT a.name FROM case_officers o JOIN accounts a ON a.id = o.account_id WHERE o.case_id = c.id
           ORDER BY a.name, a.id) AS officers
       FROM cases c WHERE c.id = ANY($1::uuid[])`,
      [[...new Set(caseIds)]],
    );
    return new Map(rows.map((row) => [row.id, row]));
  },

  /** Open cases whose lines are to be worked out anew: of these people, or under this procedure, or all. */
  async owe(
    tx: Tx,
    of: { readonly accountId: Id } | { readonly procedureId: string } | 'all',
    at: Date,
  ): Promise<void> {
    if (of === 'all') await tx.query(`UPDATE cases SET lines_owed_at = $1 WHERE state = 'open'`, [at]);
    else if ('procedureId' in of)
      await tx.query(`UPDATE cases SET lines_owed_at = $1 WHERE state = 'open' AND procedure_id = $2`, [
        at,
        of.procedureId,
      ]);
    else
      await tx.query(
        `UPDATE cases SET lines_owed_at = $1 WHERE state = 'open' AND id IN (
           SELECT case_id FROM case_officers WHERE account_id = $2 UNION
           SELECT o.case_id FROM occurrence_people p JOIN step_occurrences o ON o.id = p.occurrence_id
           WHERE p.account_id = $2)`,
        [at, of.accountId],
      );
  },

  async owed(tx: Tx, limit: number): Promise<Id[]> {
    const rows: { id: Id }[] = await tx.query(
      'SELECT id FROM cases WHERE lines_owed_at IS NOT NULL ORDER BY lines_owed_at, id LIMIT $1',
      [limit],
    );
    return rows.map(({ id }) => id);
  },
};
