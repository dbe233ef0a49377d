import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Dossiers asked for. The row follows the event of the export, which fixes what goes in; the dossier itself can be made
 * again from it, so nothing here is evidence.
 */
export class Exports1760000000004 implements MigrationInterface {
  readonly name = 'Exports1760000000004';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE export_reads, exports');
  }
}

const STATEMENTS = [
  `CREATE TABLE exports (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    asked_by uuid NOT NULL REFERENCES accounts (id),
    asked_at timestamptz NOT NULL,
    event_id uuid NOT NULL REFERENCES events (id),
    heads jsonb NOT NULL,
    renditions jsonb NOT NULL,
    contents jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'checking', 'ready', 'failed')),
    done_bytes bigint NOT NULL DEFAULT 0,
    total_bytes bigint NOT NULL,
    failure jsonb,
    plan jsonb,
    zip_bytes bigint,
    tag_manifest text,
    has_lists boolean,
    changed_at timestamptz NOT NULL,
    CHECK (state <> 'failed' OR failure IS NOT NULL),
    CHECK (state <> 'ready' OR (plan IS NOT NULL AND zip_bytes IS NOT NULL AND tag_manifest IS NOT NULL
      AND has_lists IS NOT NULL))
  )`,
  `CREATE INDEX exports_of_case ON exports (case_id, asked_at DESC)`,
  `CREATE INDEX exports_owed ON exports (asked_at) WHERE state IN ('waiting', 'checking')`,
  // Who has taken a dossier, once a session: one download may be many requests.
  `CREATE TABLE export_reads (
    export_id uuid NOT NULL REFERENCES exports (id),
    session_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (export_id, session_id)
  )`,
  `GRANT SELECT, INSERT, UPDATE ON exports TO liuhen_app`,
  `GRANT SELECT, INSERT ON export_reads TO liuhen_app`,
];
