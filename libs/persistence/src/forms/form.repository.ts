import type { FieldComparison, FormTemplate, FormValues, Id } from '#domain';
import type { Tx } from '../database.js';

export type FormState = 'draft' | 'issued' | 'voided';
export type PrintState = 'none' | 'owed' | 'printed' | 'failed';

export interface FormRecord {
  readonly id: Id;
  readonly caseId: Id;
  readonly occurrenceId: Id;
  readonly paperId: string;
  readonly templateId: string;
  readonly templateVersion: number;
  readonly state: FormState;
  /** From 1; each save is one more. */
  readonly revision: number;
  readonly values: FormValues;
  readonly madeBy: Id;
  readonly madeAt: Date;
  readonly changedAt: Date;
  readonly issuedBy: Id | null;
  readonly issuedAt: Date | null;
  /** As it was when the form was issued. */
  readonly agencyName: string | null;
  readonly withEnglish: boolean;
  readonly number: string | null;
  readonly printState: PrintState;
  readonly assetId: Id | null;
}

/** The number of a form, and the count it was taken from. */
export interface GivenNumber {
  readonly number: string;
  readonly unitId: Id;
  readonly series: string;
  readonly year: number;
  readonly n: number;
}

export interface ComparisonRecord {
  readonly id: Id;
  readonly formId: Id;
  readonly assetId: Id;
  readonly how: 'by-hand' | 'pdf-text';
  readonly by: Id;
  readonly at: Date;
  readonly agrees: boolean;
  readonly fields: readonly FieldComparison[];
}

export interface AgencyWord {
  readonly unitId: Id;
  readonly unitName: string;
  readonly word: string;
}

const COLUMNS = `id, case_id AS "caseId", occurrence_id AS "occurrenceId", paper_id AS "paperId",
  template_id AS "templateId", template_version AS "templateVersion", state, revision, values, made_by AS "madeBy",
  made_at AS "madeAt", changed_at AS "changedAt", issued_by AS "issuedBy", issued_at AS "issuedAt",
  agency_name AS "agencyName", with_english AS "withEnglish", number, print_state AS "printState", asset_id AS "assetId"`;

export const formTemplateRepository = {
  async find(tx: Tx, id: string, version: number): Promise<FormTemplate | null> {
    const rows: { body: FormTemplate }[] = await tx.query(
      'SELECT body FROM form_templates WHERE id = $1 AND version = $2',
      [id, version],
    );
    return rows[0]?.body ?? null;
  },

  async listNewest(tx: Tx): Promise<FormTemplate[]> {
    const rows: { body: FormTemplate }[] = await tx.query(
      'SELECT DISTINCT ON (id) body FROM form_templates ORDER BY id, version DESC',
    );
    return rows.map(({ body }) => body);
  },
};

export const formRepository = {
  async add(
    tx: Tx,
    form: Pick<
      FormRecord,
      'id' | 'caseId' | 'occurrenceId' | 'paperId' | 'templateId' | 'templateVersion' | 'values' | 'madeBy' | 'madeAt'
    >,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO forms (id, case_id, occurrence_id, paper_id, template_id, template_version, state, revision, values,
         made_by, made_at, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'draft', 1, $7, $8, $9, $9)`,
      [
        ...[form.id, form.caseId, form.occurrenceId, form.paperId, form.templateId, form.templateVersion],
        ...[JSON.stringify(form.values), form.madeBy, form.madeAt],
      ],
    );
  },

  async find(tx: Tx, id: Id): Promise<FormRecord | null> {
    const rows: FormRecord[] = await tx.query(`SELECT ${COLUMNS} FROM forms WHERE id = $1`, [id]);
    return rows[0] ?? null;
  },

  /** In the order they were made. */
  async ofCase(tx: Tx, caseId: Id): Promise<FormRecord[]> {
    return await tx.query(`SELECT ${COLUMNS} FROM forms WHERE case_id = $1 ORDER BY id`, [caseId]);
  },

  async save(tx: Tx, id: Id, values: FormValues, at: Date): Promise<void> {
    await tx.query('UPDATE forms SET values = $2, revision = revision + 1, changed_at = $3 WHERE id = $1', [
      id,
      JSON.stringify(values),
      at,
    ]);
  },

  async issue(
    tx: Tx,
    id: Id,
    issued: {
      readonly by: Id;
      readonly at: Date;
      readonly agencyName: string;
      readonly withEnglish: boolean;
      readonly given: GivenNumber | null;
    },
  ): Promise<void> {
    const { by, at, agencyName, withEnglish, given } = issued;
    await tx.query(
      `UPDATE forms SET state = 'issued', issued_by = $2, issued_at = $3, changed_at = $3, agency_name = $4,
         with_english = $5, number = $6, counted_unit_id = $7, counted_series = $8, counted_year = $9, counted_n = $10,
         print_state = 'owed' WHERE id = $1`,
      [
        ...[id, by, at, agencyName, withEnglish, given?.number ?? null],
        ...[given?.unitId ?? null, given?.series ?? null, given?.year ?? null, given?.n ?? null],
      ],
    );
  },

  async void(tx: Tx, id: Id, at: Date): Promise<void> {
    await tx.query(
      `UPDATE forms SET state = 'voided', changed_at = $2,
         print_state = CASE print_state WHEN 'owed' THEN 'none' ELSE print_state END WHERE id = $1`,
      [id, at],
    );
  },

  /**
   * The upload a print goes into; a crash before its end is seen by it.
   * @param before the one it was to go into until now
   * @returns false when another goes into one meanwhile, or it is not to be printed any more
   */
  async printInto(tx: Tx, id: Id, assetId: Id, before: Id | null): Promise<boolean> {
    const [rows]: [unknown[], number] = await tx.query(
      `UPDATE forms SET asset_id = $2 WHERE id = $1 AND print_state = 'owed' AND asset_id IS NOT DISTINCT FROM $3
       RETURNING id`,
      [id, assetId, before],
    );
    return rows.length > 0;
  },

  /** @returns false when it was printed before, or is not to be printed any more */
  async setPrinted(tx: Tx, id: Id, state: Extract<PrintState, 'printed' | 'failed'>): Promise<boolean> {
    const [rows]: [unknown[], number] = await tx.query(
      `UPDATE forms SET print_state = $2 WHERE id = $1 AND print_state = 'owed' RETURNING id`,
      [id, state],
    );
    return rows.length > 0;
  },

  async owePrint(tx: Tx, id: Id): Promise<void> {
    await tx.query(`UPDATE forms SET print_state = 'owed' WHERE id = $1 AND print_state = 'failed'`, [id]);
  },

  async owed(tx: Tx, before: Date, limit: number): Promise<Id[]> {
    const rows: { id: Id }[] = await tx.query(
      `SELECT id FROM forms WHERE print_state = 'owed' AND issued_at < $1 ORDER BY issued_at LIMIT $2`,
      [before, limit],
    );
    return rows.map(({ id }) => id);
  },

  /** The next number of a series; the counter is held until the transaction ends. */
  async nextNumber(tx: Tx, unitId: Id, series: string, year: number): Promise<number> {
    const rows: { last: number }[] = await tx.query(
      `INSERT INTO form_counters (unit_id, series, year, last) VALUES ($1, $2, $3, 1)
       ON CONFLICT (unit_id, series, year) DO UPDATE SET last = form_counters.last + 1 RETURNING last`,
      [unitId, series, year],
    );
    return rows[0]?.last ?? 1;
  },

  /**
   * Notes that a session reads a form.
   * @param idleBefore one that was not read since has ended
   * @returns whether a viewing begins with it
   */
  async view(
    tx: Tx,
    {
      id,
      sessionId,
      at,
      idleBefore,
    }: { readonly id: Id; readonly sessionId: Id; readonly at: Date; readonly idleBefore: Date },
  ): Promise<boolean> {
    const begun: unknown[] = await tx.query(
      `INSERT INTO form_viewings AS v (session_id, form_id, last_at) VALUES ($1, $2, $3)
       ON CONFLICT (session_id, form_id) DO UPDATE SET last_at = $3 WHERE v.last_at < $4 RETURNING form_id`,
      [sessionId, id, at, idleBefore],
    );
    if (begun.length > 0) return true;
    await tx.query('UPDATE form_viewings SET last_at = $3 WHERE session_id = $1 AND form_id = $2', [sessionId, id, at]);
    return false;
  },

  async addComparison(tx: Tx, made: ComparisonRecord): Promise<void> {
    await tx.query(
      `INSERT INTO form_comparisons (id, form_id, asset_id, how, by, at, agrees, fields)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [...[made.id, made.formId, made.assetId, made.how, made.by, made.at, made.agrees], JSON.stringify(made.fields)],
    );
  },

  /** Newest first, of all these forms. */
  async comparisons(tx: Tx, formIds: readonly Id[]): Promise<ComparisonRecord[]> {
    return await tx.query(
      `SELECT id, form_id AS "formId", asset_id AS "assetId", how, by, at, agrees, fields FROM form_comparisons
       WHERE form_id = ANY($1::uuid[]) ORDER BY n DESC`,
      [formIds],
    );
  },
};

export const agencyWordRepository = {
  async list(tx: Tx): Promise<AgencyWord[]> {
    return await tx.query(
      `SELECT w.unit_id AS "unitId", u.name AS "unitName", w.word FROM agency_words w
       JOIN units u ON u.id = w.unit_id ORDER BY u.path`,
    );
  },

  async set(tx: Tx, unitId: Id, word: string): Promise<void> {
    await tx.query(
      `INSERT INTO agency_words (unit_id, word) VALUES ($1, $2) ON CONFLICT (unit_id) DO UPDATE SET word = $2`,
      [unitId, word],
    );
  },

  /** The nearest unit above, or this one, that numbers its own papers; the topmost one, by its name, where none does. */
  async of(tx: Tx, unitPath: string): Promise<AgencyWord> {
    const rows: AgencyWord[] = await tx.query(
      `SELECT u.id AS "unitId", u.name AS "unitName", coalesce(w.word, u.name) AS word
       FROM units u LEFT JOIN agency_words w ON w.unit_id = u.id
       WHERE starts_with($1, u.path) ORDER BY w.word IS NULL, CASE WHEN w.word IS NULL THEN length(u.path) ELSE -length(u.path) END
       LIMIT 1`,
      [unitPath],
    );
    const [found] = rows;
    if (found === undefined) throw new Error(`no unit above ${unitPath}`);
    return found;
  },
};
