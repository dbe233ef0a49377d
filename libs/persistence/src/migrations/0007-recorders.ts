import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Recorders: the register, who carried which one when, what their clocks showed, what they listed; and of each asset
 * what took it. Breaks of recordings, explained in writing.
 */
export class Recorders1760000000007 implements MigrationInterface {
  readonly name = 'Recorders1760000000007';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...REGISTER, ...LISTS, ...MATERIAL, ...GRANTS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE gap_explanations, asset_sources, recorder_list_entries, recorder_lists,
      recorder_clocks, recorder_checks, recorder_issues, recorders, name_rules`);
    await runner.query('DROP INDEX assets_by_name');
  }
}

const REGISTER = [
  `CREATE TABLE name_rules (
    id text NOT NULL,
    version integer NOT NULL,
    file text NOT NULL,
    body jsonb NOT NULL,
    sha256 text NOT NULL,
    kept_at timestamptz NOT NULL,
    kept_by uuid REFERENCES accounts (id),
    PRIMARY KEY (id, version)
  )`,
  // Numbers are compared without case: makers write the same one either way.
  `CREATE TABLE recorders (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES units (id),
    unit_path text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('recorder', 'dock')),
    serial text NOT NULL,
    serial_key text NOT NULL UNIQUE,
    maker text NOT NULL,
    model text NOT NULL,
    state text NOT NULL CHECK (state IN ('in-use', 'faulty', 'retired')),
    added_at timestamptz NOT NULL
  )`,
  `CREATE INDEX recorders_of_unit ON recorders (unit_id, serial_key)`,
  `CREATE TABLE recorder_issues (
    id uuid PRIMARY KEY,
    recorder_id uuid NOT NULL REFERENCES recorders (id),
    account_id uuid NOT NULL REFERENCES accounts (id),
    officer_number text,
    officer_number_key text,
    issued_at timestamptz NOT NULL,
    issued_by uuid NOT NULL REFERENCES accounts (id),
    returned_at timestamptz,
    returned_by uuid REFERENCES accounts (id),
    note text,
    CHECK (returned_at > issued_at),
    CHECK ((returned_at IS NULL) = (returned_by IS NULL)),
    CHECK ((officer_number IS NULL) = (officer_number_key IS NULL))
  )`,
  `CREATE UNIQUE INDEX recorder_issues_open ON recorder_issues (recorder_id) WHERE returned_at IS NULL`,
  `CREATE INDEX recorder_issues_of_recorder ON recorder_issues (recorder_id, issued_at DESC)`,
  `CREATE INDEX recorder_issues_by_number ON recorder_issues (officer_number_key)`,
  `CREATE TABLE recorder_checks (
    id uuid PRIMARY KEY,
    recorder_id uuid NOT NULL REFERENCES recorders (id),
    kind text NOT NULL CHECK (kind IN ('check', 'fault', 'repair')),
    passed boolean NOT NULL,
    findings text,
    at timestamptz NOT NULL,
    checked_by uuid NOT NULL REFERENCES accounts (id)
  )`,
  `CREATE INDEX recorder_checks_of_recorder ON recorder_checks (recorder_id, at DESC)`,
  `CREATE TABLE recorder_clocks (
    id uuid PRIMARY KEY,
    recorder_id uuid NOT NULL REFERENCES recorders (id),
    at timestamptz NOT NULL,
    device_at timestamptz NOT NULL,
    source text NOT NULL CHECK (source IN ('dock', 'reference-recording', 'read-off')),
    was_set boolean NOT NULL,
    asset_id uuid REFERENCES assets (id),
    position_ms bigint,
    measured_by uuid NOT NULL REFERENCES accounts (id),
    recorded_at timestamptz NOT NULL,
    CHECK ((source = 'reference-recording') = (asset_id IS NOT NULL)),
    CHECK ((asset_id IS NULL) = (position_ms IS NULL))
  )`,
  `CREATE INDEX recorder_clocks_of_recorder ON recorder_clocks (recorder_id, at DESC)`,
];

const LISTS = [
  `CREATE TABLE recorder_lists (
    id uuid PRIMARY KEY,
    recorder_id uuid NOT NULL REFERENCES recorders (id),
    file_name text NOT NULL,
    body bytea NOT NULL,
    sha256 text NOT NULL,
    encoding text NOT NULL,
    format text NOT NULL CHECK (format IN ('csv', 'json')),
    entry_count integer NOT NULL,
    imported_by uuid NOT NULL REFERENCES accounts (id),
    imported_at timestamptz NOT NULL,
    UNIQUE (recorder_id, sha256)
  )`,
  // `recorder_id`: which recorder the file is of, where that is known; a dock lists those of many.
  `CREATE TABLE recorder_list_entries (
    list_id uuid NOT NULL REFERENCES recorder_lists (id),
    n integer NOT NULL,
    recorder_id uuid REFERENCES recorders (id),
    unit_path text NOT NULL,
    device text,
    officer_number text,
    file_name text NOT NULL,
    name_key text NOT NULL,
    recorded_at timestamptz,
    day date,
    size_bytes bigint,
    is_key_marked boolean NOT NULL,
    PRIMARY KEY (list_id, n)
  )`,
  `CREATE INDEX recorder_list_entries_by_day ON recorder_list_entries (day DESC, recorder_id)`,
  `CREATE INDEX assets_by_name ON assets (lower(file_name))`,
];

const MATERIAL = [
  // What is known of what took it: by its name, by the register, or because somebody said so (`stated_by`).
  `CREATE TABLE asset_sources (
    asset_id uuid PRIMARY KEY,
    asset_at timestamptz NOT NULL,
    recorder_id uuid REFERENCES recorders (id),
    device text,
    device_key text,
    officer_number text,
    officer_id uuid REFERENCES accounts (id),
    named_time text,
    file_time text,
    sequence integer,
    is_key_marked boolean NOT NULL,
    rule_id text,
    rule_version integer,
    clock_id uuid REFERENCES recorder_clocks (id),
    stated_by uuid REFERENCES accounts (id),
    CHECK ((rule_id IS NULL) = (rule_version IS NULL)),
    FOREIGN KEY (asset_id, asset_at) REFERENCES assets (id, at) ON UPDATE CASCADE
  )`,
  `CREATE INDEX asset_sources_of_officer ON asset_sources (officer_id, asset_at DESC, asset_id DESC)
    WHERE officer_id IS NOT NULL`,
  `CREATE INDEX asset_sources_of_recorder ON asset_sources (recorder_id, asset_at DESC)`,
  `CREATE INDEX asset_sources_by_device ON asset_sources (device_key) WHERE recorder_id IS NULL`,
  `CREATE TABLE gap_explanations (
    id uuid PRIMARY KEY,
    n bigint GENERATED ALWAYS AS IDENTITY,
    case_id uuid NOT NULL REFERENCES cases (id),
    occurrence_id uuid NOT NULL REFERENCES step_occurrences (id),
    after_asset_id uuid NOT NULL REFERENCES assets (id),
    before_asset_id uuid NOT NULL REFERENCES assets (id),
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    text text NOT NULL,
    explained_by uuid NOT NULL REFERENCES accounts (id),
    explained_at timestamptz NOT NULL,
    CHECK (end_at > start_at)
  )`,
  `CREATE INDEX gap_explanations_of_case ON gap_explanations (case_id)`,
];

const GRANTS = [
  `GRANT SELECT, INSERT, UPDATE ON recorders, recorder_issues, asset_sources TO liuhen_app`,
  `GRANT SELECT, INSERT ON name_rules, recorder_checks, recorder_clocks, recorder_lists, recorder_list_entries,
    gap_explanations TO liuhen_app`,
];
