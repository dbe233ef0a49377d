import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The first shape of the database. Read by hand, never edited after landing.
 *
 * `liuhen_app` is the group the running archive belongs to: it can add events and read them, and cannot change or
 * remove one. The trigger stops accidents of the owner too; ENABLE ALWAYS because an ordinary trigger is skipped
 * under session_replication_role = replica. A superuser can still disable it: the Merkle log is against him.
 */
export class Foundation1760000000001 implements MigrationInterface {
  readonly name = 'Foundation1760000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...PEOPLE, ...SEARCH, ...CASES, ...ASSETS, ...LEDGER, ...GRANTS])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE event_disclosures, events, chain_heads, cached_segments, viewings, renditions,
      asset_links, asset_blocks, upload_parts, uploads, assets, step_occurrences, case_parties, case_officers, cases,
      procedures, sign_in_attempts, sessions, accounts, units, settings`);
    await runner.query('DROP FUNCTION refuse_change_of_events, check_chain_of_event, grams_of');
  }
}

const PEOPLE = [
  `CREATE TABLE settings (name text PRIMARY KEY, value jsonb NOT NULL)`,
  `CREATE TABLE units (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    parent_id uuid REFERENCES units (id),
    path text NOT NULL UNIQUE,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz
  )`,
  `CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    login text NOT NULL UNIQUE,
    name text NOT NULL,
    password_hash text NOT NULL,
    roles text[] NOT NULL,
    unit_id uuid NOT NULL REFERENCES units (id),
    disabled boolean NOT NULL DEFAULT false,
    must_change_password boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
  )`,
  `CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    account_id uuid NOT NULL REFERENCES accounts (id),
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
  )`,
  `CREATE INDEX sessions_of_account ON sessions (account_id) WHERE ended_at IS NULL`,
  `CREATE TABLE sign_in_attempts (
    key text PRIMARY KEY,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL,
    blocked_until timestamptz
  )`,
];

const SEARCH = [
  // The fragments that `gramsOf` makes, of text folded already, and what kind of thing it is as one more. An index by
  // them needs no column; the cost keeps the planner from making them row by row.
  `CREATE FUNCTION grams_of(folded text, kind text DEFAULT NULL) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
    SELECT ARRAY(
      SELECT substr(folded, i, 2) FROM generate_series(1, char_length(folded) - 1) i
      UNION ALL
      SELECT gram FROM generate_series(1, char_length(folded) - 2) i, substr(folded, i, 3) gram
      WHERE octet_length(gram) = 3 AND strpos(gram, ' ') = 0
      UNION ALL
      SELECT 'kind=' || kind WHERE kind IS NOT NULL)
  $$`,
];

const CASES = [
  `CREATE TABLE procedures (
    id text NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL,
    sha256 text NOT NULL,
    PRIMARY KEY (id, version)
  )`,
  `CREATE TABLE cases (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES units (id),
    unit_path text NOT NULL,
    number text NOT NULL,
    title text NOT NULL,
    level text NOT NULL CHECK (level IN ('normal', 'sensitive', 'restricted')),
    state text NOT NULL CHECK (state IN ('open', 'closed', 'archived')),
    procedure_id text NOT NULL,
    procedure_version integer NOT NULL,
    opened_by uuid NOT NULL REFERENCES accounts (id),
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    asset_count integer NOT NULL DEFAULT 0,
    closed_at timestamptz,
    originals_check_asked_at timestamptz,
    originals_check_cause text CHECK (originals_check_cause IN ('close', 'court')),
    originals_checked_at timestamptz,
    search_text text NOT NULL,
    CHECK ((originals_check_asked_at IS NULL) = (originals_check_cause IS NULL)),
    CHECK (closed_at IS NULL OR state <> 'open'),
    FOREIGN KEY (procedure_id, procedure_version) REFERENCES procedures (id, version),
    UNIQUE (unit_id, number)
  )`,
  `CREATE INDEX cases_by_time ON cases (opened_at DESC, id DESC) INCLUDE (level, state, search_text)`,
  // A list and a search through the newest read the index alone; rows are fetched for the page only.
  `CREATE INDEX cases_of_unit ON cases (unit_id, opened_at DESC, id DESC) INCLUDE (level, state, search_text)`,
  // A look at all their originals was asked for, and is not done: owed.
  `CREATE INDEX cases_unchecked ON cases (originals_check_asked_at)
     WHERE originals_check_asked_at IS NOT NULL AND originals_checked_at IS NULL`,
  `CREATE INDEX cases_grams ON cases USING gin (grams_of(search_text))`,
  `CREATE TABLE case_officers (
    case_id uuid NOT NULL REFERENCES cases (id),
    account_id uuid NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (case_id, account_id)
  )`,
  `CREATE INDEX cases_of_officer ON case_officers (account_id)`,
  `CREATE TABLE case_parties (
    case_id uuid NOT NULL REFERENCES cases (id),
    n integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('person', 'organisation')),
    name text NOT NULL,
    PRIMARY KEY (case_id, n)
  )`,
  `CREATE TABLE step_occurrences (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    step_id text NOT NULL,
    n integer NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'open', 'done')),
    started_at timestamptz,
    ended_at timestamptz,
    address text,
    UNIQUE (case_id, step_id, n)
  )`,
];

const ASSETS = [
  `CREATE TABLE assets (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES units (id),
    unit_path text NOT NULL,
    received_from uuid NOT NULL REFERENCES accounts (id),
    file_name text NOT NULL,
    level text NOT NULL CHECK (level IN ('normal', 'sensitive', 'restricted')),
    custody text NOT NULL CHECK (custody IN ('receiving', 'received', 'sealed', 'quarantined', 'disposed')),
    quarantine_reason text,
    viewing text NOT NULL CHECK (viewing IN ('pending', 'viewable', 'unviewable')),
    unviewable_reason text,
    kind text NOT NULL,
    mime text,
    play_mode text NOT NULL,
    proxy_state text NOT NULL DEFAULT 'none' CHECK (proxy_state IN ('none', 'owed', 'making', 'ready', 'failed')),
    proxy_progress integer,
    duration_ms bigint,
    page_count integer,
    size_bytes bigint,
    object_key text,
    object_version text,
    block_root text,
    sha256 text,
    sm3 text,
    declared_sha256 text,
    device_raw text,
    device_source text,
    zone_known boolean NOT NULL DEFAULT false,
    offset_ms bigint,
    offset_source text,
    place jsonb,
    facts jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL,
    at_source text NOT NULL,
    begun_at timestamptz NOT NULL,
    received_at timestamptz,
    sealed_at timestamptz,
    retain_until timestamptz,
    lock_mode text,
    tool_deaths integer NOT NULL DEFAULT 0,
    search_text text NOT NULL,
    CHECK (custody = 'receiving' OR custody = 'disposed' OR (size_bytes IS NOT NULL AND block_root IS NOT NULL AND object_key IS NOT NULL)),
    CHECK (custody <> 'sealed' OR (sha256 IS NOT NULL AND sm3 IS NOT NULL AND sealed_at IS NOT NULL))
  )`,
  `CREATE INDEX assets_by_time ON assets (at DESC, id DESC)
    INCLUDE (level, custody, kind, received_from, search_text)`,
  `CREATE UNIQUE INDEX assets_with_time ON assets (id, at) INCLUDE (level, custody, kind, received_from, search_text)`,
  `CREATE INDEX assets_of_unit ON assets (unit_id, at DESC, id DESC)
    INCLUDE (level, custody, kind, received_from, search_text)`,
  `CREATE INDEX assets_of_sender ON assets (received_from, at DESC, id DESC) INCLUDE (level, custody, kind, search_text)`,
  `CREATE INDEX assets_grams ON assets USING gin (grams_of(search_text, kind))`,
  `CREATE INDEX assets_seal_owed ON assets (received_at) WHERE custody = 'received'`,
  `CREATE INDEX assets_look_owed ON assets (received_at) WHERE viewing = 'pending' AND custody IN ('received', 'sealed')`,
  `CREATE INDEX assets_proxy_owed ON assets (received_at) WHERE proxy_state IN ('owed', 'making')`,
  `CREATE INDEX assets_quiet_proxy ON assets (received_at) WHERE play_mode = 'native-hevc' AND proxy_state = 'none'`,
  `CREATE TABLE uploads (
    asset_id uuid PRIMARY KEY REFERENCES assets (id),
    epoch integer NOT NULL DEFAULT 0,
    state text NOT NULL CHECK (state IN ('open', 'finished')),
    intake jsonb NOT NULL,
    length_bytes bigint,
    stored_bytes bigint NOT NULL DEFAULT 0,
    parts integer NOT NULL DEFAULT 0,
    tail jsonb,
    metadata text NOT NULL,
    case_id uuid,
    occurrence_id uuid,
    expires_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
  )`,
  `CREATE INDEX uploads_of_case ON uploads (case_id) WHERE state = 'open'`,
  `CREATE INDEX uploads_open ON uploads (expires_at) WHERE state = 'open'`,
  `CREATE TABLE upload_parts (
    asset_id uuid NOT NULL REFERENCES uploads (asset_id),
    number integer NOT NULL,
    offset_bytes bigint NOT NULL,
    size_bytes bigint NOT NULL,
    etag text NOT NULL,
    leaves bytea NOT NULL,
    PRIMARY KEY (asset_id, number)
  )`,
  `CREATE TABLE asset_blocks (asset_id uuid PRIMARY KEY REFERENCES assets (id), leaves bytea NOT NULL)`,
  `CREATE TABLE asset_links (
    asset_id uuid PRIMARY KEY,
    asset_at timestamptz NOT NULL,
    case_id uuid NOT NULL REFERENCES cases (id),
    occurrence_id uuid NOT NULL REFERENCES step_occurrences (id),
    range_start_ms bigint,
    range_end_ms bigint,
    purpose text,
    linked_by uuid NOT NULL,
    linked_at timestamptz NOT NULL,
    -- The time an asset is ordered by may still be found out; its link follows.
    FOREIGN KEY (asset_id, asset_at) REFERENCES assets (id, at) ON UPDATE CASCADE
  )`,
  `CREATE INDEX asset_links_of_case ON asset_links (case_id, asset_at DESC, asset_id DESC)`,
  `CREATE TABLE renditions (
    id uuid PRIMARY KEY,
    asset_id uuid NOT NULL REFERENCES assets (id),
    kind text NOT NULL,
    files jsonb NOT NULL,
    tool text NOT NULL,
    tool_version text NOT NULL,
    args jsonb NOT NULL,
    from_block_root text NOT NULL,
    made_at timestamptz NOT NULL,
    UNIQUE (asset_id, kind)
  )`,
  `CREATE TABLE cached_segments (
    asset_id uuid NOT NULL REFERENCES assets (id),
    n integer NOT NULL,
    key text NOT NULL,
    version_id text,
    size_bytes bigint NOT NULL,
    used_at timestamptz NOT NULL,
    PRIMARY KEY (asset_id, n)
  )`,
  `CREATE INDEX cached_segments_by_use ON cached_segments (used_at)`,
  `CREATE TABLE viewings (
    id uuid PRIMARY KEY,
    asset_id uuid NOT NULL REFERENCES assets (id),
    account_id uuid NOT NULL REFERENCES accounts (id),
    session_id uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    ended_at timestamptz,
    served_bytes bigint NOT NULL DEFAULT 0,
    seen jsonb NOT NULL DEFAULT '[]'
  )`,
  `CREATE UNIQUE INDEX viewings_open ON viewings (session_id, asset_id) WHERE ended_at IS NULL`,
  `CREATE INDEX viewings_idle ON viewings (last_at) WHERE ended_at IS NULL`,
];

const LEDGER = [
  `CREATE TABLE chain_heads (chain text PRIMARY KEY, seq bigint NOT NULL, leaf_hash bytea NOT NULL)`,
  // position is taken while the chain head is locked: within a chain it rises with chain_seq.
  `CREATE TABLE events (
    position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    id uuid PRIMARY KEY,
    chain text NOT NULL,
    chain_seq bigint NOT NULL,
    type text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    leaf bytea NOT NULL CHECK (octet_length(leaf) BETWEEN 2 AND 65535),
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    prev_hash bytea,
    UNIQUE (chain, chain_seq)
  )`,
  `CREATE TABLE event_disclosures (
    event_id uuid NOT NULL REFERENCES events (id),
    field text NOT NULL,
    salt bytea NOT NULL CHECK (octet_length(salt) = 32),
    value jsonb NOT NULL,
    PRIMARY KEY (event_id, field)
  )`,
  `CREATE FUNCTION refuse_change_of_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'events are append-only'; END $$`,
  `CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change_of_events()`,
  `CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_events()`,
  `CREATE FUNCTION check_chain_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.chain_seq = 1 THEN
        IF NEW.prev_hash IS NOT NULL THEN RAISE EXCEPTION 'first event of % names a predecessor', NEW.chain; END IF;
      ELSIF NOT EXISTS (SELECT 1 FROM events e WHERE e.chain = NEW.chain AND e.chain_seq = NEW.chain_seq - 1 AND e.leaf_hash = NEW.prev_hash) THEN
        RAISE EXCEPTION 'event % of % does not follow the one before', NEW.chain_seq, NEW.chain;
      END IF;
      RETURN NEW;
    END $$`,
  `CREATE TRIGGER events_in_chain BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION check_chain_of_event()`,
  `ALTER TABLE events ENABLE ALWAYS TRIGGER events_append_only`,
  `ALTER TABLE events ENABLE ALWAYS TRIGGER events_no_truncate`,
  `ALTER TABLE events ENABLE ALWAYS TRIGGER events_in_chain`,
];

const GRANTS = [
  `DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'liuhen_app') THEN CREATE ROLE liuhen_app NOLOGIN; END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
  `GRANT SELECT, INSERT, UPDATE ON settings, units, accounts, sessions, sign_in_attempts, cases, step_occurrences,
    assets, uploads, viewings, chain_heads TO liuhen_app`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON case_officers, case_parties, upload_parts, asset_links, renditions,
    cached_segments TO liuhen_app`,
  `GRANT SELECT, INSERT ON procedures, asset_blocks, events, event_disclosures TO liuhen_app`,
  // An upload given up before its last byte leaves no asset, only its events. What was received cannot go this way:
  // its row is held by asset_blocks, which this role may not delete from.
  `GRANT DELETE ON sign_in_attempts, uploads, assets TO liuhen_app`,
];
