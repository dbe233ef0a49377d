import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Forms of a case, the templates they are made by, how they are numbered, and what paper copies were found to say. */
export class Forms1760000000009 implements MigrationInterface {
  readonly name = 'Forms1760000000009';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reviews DROP COLUMN submission_form_id, DROP COLUMN opinion_form_id');
    await runner.query(
      'DROP TABLE form_viewings, form_comparisons, forms, form_counters, agency_words, form_templates',
    );
  }
}

const UP = [
  `CREATE TABLE form_templates (
    id text NOT NULL,
    version integer NOT NULL,
    file text NOT NULL,
    body jsonb NOT NULL,
    sha256 text NOT NULL,
    kept_at timestamptz NOT NULL,
    kept_by uuid REFERENCES accounts (id),
    PRIMARY KEY (id, version)
  )`,
  `CREATE TABLE agency_words (
    unit_id uuid PRIMARY KEY REFERENCES units (id),
    word text NOT NULL
  )`,
  // The last number given. Raised in the transaction that issues the form, so that none is ever skipped.
  `CREATE TABLE form_counters (
    unit_id uuid NOT NULL REFERENCES units (id),
    series text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (unit_id, series, year)
  )`,
  `CREATE TABLE forms (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    occurrence_id uuid NOT NULL REFERENCES step_occurrences (id),
    paper_id text NOT NULL,
    template_id text NOT NULL,
    template_version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'issued', 'voided')),
    revision integer NOT NULL,
    values jsonb NOT NULL,
    made_by uuid NOT NULL REFERENCES accounts (id),
    made_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    issued_by uuid REFERENCES accounts (id),
    issued_at timestamptz,
    agency_name text,
    with_english boolean NOT NULL DEFAULT false,
    number text,
    counted_unit_id uuid,
    counted_series text,
    counted_year integer,
    counted_n integer,
    print_state text NOT NULL DEFAULT 'none' CHECK (print_state IN ('none', 'owed', 'printed', 'failed')),
    -- The upload a print goes into, which may be dropped; the asset it has become once it is printed.
    asset_id uuid,
    FOREIGN KEY (template_id, template_version) REFERENCES form_templates (id, version),
    UNIQUE (counted_unit_id, counted_series, counted_year, counted_n),
    CHECK ((state = 'issued') <= (issued_at IS NOT NULL AND issued_by IS NOT NULL AND agency_name IS NOT NULL)),
    CHECK (print_state <> 'printed' OR asset_id IS NOT NULL)
  )`,
  `CREATE INDEX forms_of_case ON forms (case_id, id)`,
  `CREATE INDEX forms_owed ON forms (issued_at) WHERE print_state = 'owed'`,
  `ALTER TABLE reviews ADD COLUMN submission_form_id uuid NOT NULL REFERENCES forms (id),
     ADD COLUMN opinion_form_id uuid REFERENCES forms (id),
     ADD CHECK ((opinion_form_id IS NULL) = (ended_at IS NULL))`,
  `CREATE TABLE form_comparisons (
    id uuid PRIMARY KEY,
    n bigint GENERATED ALWAYS AS IDENTITY,
    form_id uuid NOT NULL REFERENCES forms (id),
    asset_id uuid NOT NULL REFERENCES assets (id),
    how text NOT NULL CHECK (how IN ('by-hand', 'pdf-text')),
    by uuid NOT NULL REFERENCES accounts (id),
    at timestamptz NOT NULL,
    agrees boolean NOT NULL,
    fields jsonb NOT NULL
  )`,
  // One session that reads one form, as viewings are of assets: it has ended when nothing was asked for a while.
  `CREATE TABLE form_viewings (
    session_id uuid NOT NULL,
    form_id uuid NOT NULL REFERENCES forms (id),
    last_at timestamptz NOT NULL,
    PRIMARY KEY (session_id, form_id)
  )`,
  `CREATE INDEX form_comparisons_of_form ON form_comparisons (form_id, n DESC)`,
  `GRANT SELECT, INSERT ON form_templates, form_comparisons TO liuhen_app`,
  `GRANT SELECT, INSERT, UPDATE ON agency_words, form_counters, forms, form_viewings TO liuhen_app`,
];
