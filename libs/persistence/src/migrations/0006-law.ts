import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the procedures ask: facts stated, people who took part and their certificates, what is excused and extended,
 * which paper of its step an asset is, and the lines that tell what is due and what is late.
 */
export class Law1760000000006 implements MigrationInterface {
  readonly name = 'Law1760000000006';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE case_lines, agency_limits, extensions, excuses, occurrence_people, certificates,
      condition_statements, calendars`);
    await runner.query('ALTER TABLE uploads DROP COLUMN paper_id');
    await runner.query('ALTER TABLE asset_links DROP COLUMN paper_id');
    await runner.query('DROP INDEX cases_lines_owed');
    await runner.query('ALTER TABLE cases DROP COLUMN lines_owed_at');
    await runner.query('ALTER TABLE procedures DROP COLUMN file, DROP COLUMN kept_at, DROP COLUMN kept_by');
  }
}

const UP = [
  // `file`: the text as it came, which is what was hashed; `kept_by` null: it came with the archive.
  `ALTER TABLE procedures
    ADD COLUMN file text,
    ADD COLUMN kept_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN kept_by uuid REFERENCES accounts (id)`,
  `UPDATE procedures SET file = body::text`,
  `ALTER TABLE procedures ALTER COLUMN file SET NOT NULL`,
  // The newest is followed; those before stay, so that it can be told what a clock was reckoned by.
  `CREATE TABLE calendars (
    n integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256 text NOT NULL,
    file text NOT NULL,
    body jsonb NOT NULL,
    kept_at timestamptz NOT NULL,
    kept_by uuid REFERENCES accounts (id)
  )`,
  // By `n` it is known which of two of the same moment was said last.
  `CREATE TABLE condition_statements (
    id uuid PRIMARY KEY,
    n bigint GENERATED ALWAYS AS IDENTITY,
    case_id uuid NOT NULL REFERENCES cases (id),
    condition_id text NOT NULL,
    occurrence_id uuid REFERENCES step_occurrences (id),
    holds boolean NOT NULL,
    at timestamptz NOT NULL,
    stated_at timestamptz NOT NULL,
    stated_by uuid NOT NULL REFERENCES accounts (id)
  )`,
  `CREATE INDEX condition_statements_of_case ON condition_statements (case_id, n)`,
  `CREATE TABLE certificates (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    kind text NOT NULL CHECK (kind IN ('enforcement', 'legal-review')),
    number text NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL CHECK (valid_to >= valid_from),
    withdrawn_at timestamptz,
    UNIQUE (kind, number)
  )`,
  `CREATE INDEX certificates_of_account ON certificates (account_id)`,
  `CREATE TABLE occurrence_people (
    occurrence_id uuid NOT NULL REFERENCES step_occurrences (id),
    account_id uuid NOT NULL REFERENCES accounts (id),
    role text NOT NULL CHECK (role IN ('officer', 'reviewer', 'chair', 'head')),
    PRIMARY KEY (occurrence_id, account_id, role)
  )`,
  `CREATE INDEX occurrences_of_person ON occurrence_people (account_id)`,
  `CREATE TABLE excuses (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    occurrence_id uuid NOT NULL REFERENCES step_occurrences (id),
    paper_id text,
    kind text NOT NULL CHECK (kind IN ('secret-or-privacy', 'emergency', 'impossible')),
    reason text NOT NULL,
    asked_by uuid NOT NULL REFERENCES accounts (id),
    asked_at timestamptz NOT NULL,
    is_approved boolean,
    decided_by uuid REFERENCES accounts (id),
    decided_at timestamptz,
    decision_reason text,
    CHECK ((is_approved IS NULL) = (decided_by IS NULL)),
    CHECK ((is_approved IS NULL) = (decided_at IS NULL)),
    CHECK (decided_by <> asked_by)
  )`,
  `CREATE INDEX excuses_of_case ON excuses (case_id, id)`,
  `CREATE TABLE extensions (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    limit_id text NOT NULL,
    occurrence_id uuid REFERENCES step_occurrences (id),
    reason text NOT NULL,
    asked_by uuid NOT NULL REFERENCES accounts (id),
    asked_at timestamptz NOT NULL,
    is_approved boolean,
    decided_by uuid REFERENCES accounts (id),
    decided_at timestamptz,
    decision_reason text,
    CHECK ((is_approved IS NULL) = (decided_by IS NULL)),
    CHECK ((is_approved IS NULL) = (decided_at IS NULL)),
    CHECK (decided_by <> asked_by)
  )`,
  `CREATE INDEX extensions_of_case ON extensions (case_id, id)`,
  `CREATE TABLE agency_limits (
    procedure_id text NOT NULL,
    limit_id text NOT NULL,
    "limit" jsonb NOT NULL,
    set_at timestamptz NOT NULL,
    set_by uuid NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (procedure_id, limit_id)
  )`,
  `ALTER TABLE asset_links ADD COLUMN paper_id text`,
  `ALTER TABLE uploads ADD COLUMN paper_id text`,
  // Rewritten whole with every change of the case. `late_at`: when a rule is broken by it; null where none ever is.
  `CREATE TABLE case_lines (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    unit_id uuid NOT NULL REFERENCES units (id),
    kind text NOT NULL CHECK (kind IN ('clock', 'duty', 'statement', 'breach')),
    ref text NOT NULL,
    "of" text NOT NULL CHECK ("of" IN ('agency', 'party')),
    occurrence_id uuid REFERENCES step_occurrences (id),
    started_at timestamptz,
    due_at timestamptz,
    late_at timestamptz,
    words jsonb NOT NULL,
    rule jsonb NOT NULL
  )`,
  `CREATE INDEX case_lines_of_case ON case_lines (case_id) INCLUDE (id, due_at, kind, "of")`,
  `CREATE INDEX case_lines_late ON case_lines (late_at, id) INCLUDE (unit_id, kind, case_id) WHERE late_at IS NOT NULL`,
  `CREATE INDEX case_lines_late_of_unit ON case_lines (unit_id, late_at, id) INCLUDE (kind, case_id)
     WHERE late_at IS NOT NULL`,
  // Lines that hang on more than the case (a certificate, the calendar, a length set by the agency) follow by a sweep.
  `ALTER TABLE cases ADD COLUMN lines_owed_at timestamptz`,
  `CREATE INDEX cases_lines_owed ON cases (lines_owed_at) WHERE lines_owed_at IS NOT NULL`,
  `GRANT SELECT, INSERT ON calendars, condition_statements TO liuhen_app`,
  `GRANT SELECT, INSERT, UPDATE ON certificates, excuses, extensions TO liuhen_app`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON occurrence_people, agency_limits, case_lines TO liuhen_app`,
];
