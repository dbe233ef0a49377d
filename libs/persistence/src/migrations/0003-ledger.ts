import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The Merkle log over the events. Every event waits in `ledger_outbox`, written in its own transaction; one sequencer
 * moves what is committed into `ledger_entries`, in order, and keeps the tiles of the tree (C2SP tlog-tiles).
 *
 * `liuhen_sequencer` is the group that grows the log; the running archive (`liuhen_app`) can add to the outbox and read
 * the log, and cannot write it. `liuhen_verifier` reads and writes nothing. Triggers stop accidents, the owner's too;
 * against a superuser stand the signer, the witnesses and whoever holds an old checkpoint.
 */
export class Ledger1760000000003 implements MigrationInterface {
  readonly name = 'Ledger1760000000003';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...ROLES, ...LOG, ...GUARDS, ...APPENDING, ...GRANTS, ...BEGIN])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER events_not_while_frozen ON events');
    await runner.query(`DROP TABLE ledger_timestamps, ledger_cosignatures, ledger_witnesses, ledger_checkpoints,
      ledger_tiles, ledger_entries, ledger_outbox, ledger`);
    await runner.query(
      `DROP FUNCTION refuse_events_while_frozen, refuse_change_of_log, check_order_of_entries, check_growth_of_tile,
      check_change_of_ledger, lock_chain_heads, append_event`,
    );
  }
}

const ROLES = ['liuhen_sequencer', 'liuhen_verifier'].map(
  (role) => `DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} NOLOGIN; END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
);

const LOG = [
  // One row: the right edge of the log, who may grow it now, and why nobody may.
  `CREATE TABLE ledger (
    id integer PRIMARY KEY CHECK (id = 1),
    size bigint NOT NULL,
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    epoch bigint NOT NULL,
    holder text,
    lease_ends timestamptz NOT NULL,
    vaulted_size bigint NOT NULL DEFAULT 0,
    vaulted_at timestamptz,
    anchored_size bigint NOT NULL DEFAULT 0,
    anchored_at timestamptz,
    frozen_reason text,
    frozen_at timestamptz
  )`,
  // Read whole and in order, never "after the last position": a position taken earlier may be committed later.
  `CREATE TABLE ledger_outbox (
    position bigint PRIMARY KEY,
    event_id uuid NOT NULL UNIQUE
  )`,
  `CREATE TABLE ledger_entries (
    index bigint PRIMARY KEY,
    event_id uuid NOT NULL UNIQUE REFERENCES events (id),
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32)
  )`,
  `CREATE INDEX ledger_entries_of_leaf ON ledger_entries (leaf_hash)`,
  `CREATE TABLE ledger_tiles (
    level integer NOT NULL,
    index bigint NOT NULL,
    hashes bytea NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0),
    PRIMARY KEY (level, index)
  )`,
  `CREATE TABLE ledger_checkpoints (
    size bigint PRIMARY KEY,
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    note text NOT NULL,
    signed_at timestamptz NOT NULL
  )`,
  `CREATE TABLE ledger_cosignatures (
    size bigint NOT NULL REFERENCES ledger_checkpoints (size),
    witness text NOT NULL,
    line text NOT NULL,
    cosigned_at timestamptz NOT NULL,
    PRIMARY KEY (size, witness)
  )`,
  // What each witness last said; its refusal stays until it cosigns again.
  `CREATE TABLE ledger_witnesses (
    name text PRIMARY KEY,
    vkey text NOT NULL,
    size bigint NOT NULL,
    asked_at timestamptz,
    answered_at timestamptz,
    refusal text,
    refused_at timestamptz
  )`,
  // RFC 3161 tokens: over a checkpoint note; the digest of each is an event.
  `CREATE TABLE ledger_timestamps (
    id uuid PRIMARY KEY,
    size bigint NOT NULL REFERENCES ledger_checkpoints (size),
    note text NOT NULL,
    token bytea NOT NULL,
    authority text NOT NULL,
    stamped_at timestamptz NOT NULL,
    certificate_ends timestamptz NOT NULL,
    renews uuid REFERENCES ledger_timestamps (id)
  )`,
  `CREATE INDEX ledger_timestamps_by_time ON ledger_timestamps (stamped_at)`,
];

const GUARDS = [
  `CREATE FUNCTION refuse_events_while_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE reason text;
    BEGIN
      SELECT frozen_reason INTO reason FROM ledger WHERE id = 1;
      IF reason IS NOT NULL THEN RAISE EXCEPTION 'the ledger is frozen: %', reason USING ERRCODE = 'LH001'; END IF;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER events_not_while_frozen BEFORE INSERT ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_events_while_frozen()`,
  `CREATE FUNCTION refuse_change_of_log() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`,
  // Contiguous from 0: a plain grant to insert would allow gaps and places out of range.
  `CREATE FUNCTION check_order_of_entries() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE first bigint; last bigint; many bigint; expected bigint;
    BEGIN
      SELECT min(index), max(index), count(*) INTO first, last, many FROM added;
      IF many = 0 THEN RETURN NULL; END IF;
      SELECT coalesce(max(index) + 1, 0) INTO expected FROM ledger_entries WHERE index < first;
      IF first <> expected OR last - first + 1 <> many THEN
        RAISE EXCEPTION 'entries % to % do not follow the log of %', first, last, expected;
      END IF;
      RETURN NULL;
    END $$`,
  `CREATE FUNCTION check_growth_of_tile() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.level <> OLD.level OR NEW.index <> OLD.index OR octet_length(NEW.hashes) < octet_length(OLD.hashes)
        OR substr(NEW.hashes, 1, octet_length(OLD.hashes)) <> OLD.hashes THEN
        RAISE EXCEPTION 'tile %/% can only grow', OLD.level, OLD.index;
      END IF;
      RETURN NEW;
    END $$`,
  // The log never gets smaller, and once frozen only the owner of the schema lets it go on.
  `CREATE FUNCTION check_change_of_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.size < OLD.size OR NEW.epoch < OLD.epoch THEN RAISE EXCEPTION 'the log only grows'; END IF;
      IF OLD.frozen_reason IS NOT NULL AND NEW.frozen_reason IS DISTINCT FROM OLD.frozen_reason
        AND NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RAISE EXCEPTION 'only the owner lets a frozen log go on';
      END IF;
      RETURN NEW;
    END $$`,
  `CREATE TRIGGER ledger_only_grows BEFORE UPDATE ON ledger FOR EACH ROW EXECUTE FUNCTION check_change_of_ledger()`,
  `CREATE TRIGGER ledger_entries_in_order AFTER INSERT ON ledger_entries REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION check_order_of_entries()`,
  `CREATE TRIGGER ledger_tiles_grow BEFORE UPDATE ON ledger_tiles FOR EACH ROW EXECUTE FUNCTION check_growth_of_tile()`,
  `CREATE TRIGGER ledger_tiles_stay BEFORE DELETE ON ledger_tiles FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log()`,
  ...['ledger_entries', 'ledger_checkpoints', 'ledger_timestamps', 'ledger_cosignatures'].map(
    (table) => `CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE ON ${table}
      FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log()`,
  ),
  ...['ledger_entries', 'ledger_tiles', 'ledger_checkpoints', 'ledger_timestamps', 'ledger_cosignatures'].map(
    (table) => `CREATE TRIGGER ${table}_no_truncate BEFORE TRUNCATE ON ${table}
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_log()`,
  ),
  // Ordinary triggers are skipped under session_replication_role = replica.
  ...[
    ['events', 'events_not_while_frozen'],
    ['ledger', 'ledger_only_grows'],
    ['ledger_entries', 'ledger_entries_in_order'],
    ['ledger_tiles', 'ledger_tiles_grow'],
    ['ledger_tiles', 'ledger_tiles_stay'],
    ...['ledger_entries', 'ledger_checkpoints', 'ledger_timestamps', 'ledger_cosignatures'].map((table) => [
      table,
      `${table}_append_only`,
    ]),
    ...['ledger_entries', 'ledger_tiles', 'ledger_checkpoints', 'ledger_timestamps', 'ledger_cosignatures'].map(
      (table) => [table, `${table}_no_truncate`],
    ),
  ].map(([table, trigger]) => `ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${trigger}`),
];

// Every change of state goes through these two. As functions they are planned once a connection: planning the same
// statements anew for each event costs PostgreSQL more than running them.
const APPENDING = [
  `CREATE FUNCTION lock_chain_heads(wanted text[]) RETURNS TABLE (chain text, seq bigint, leaf_hash bytea)
    LANGUAGE plpgsql AS $$
    DECLARE held bigint;
    BEGIN
      RETURN QUERY SELECT h.chain, h.seq, h.leaf_hash FROM chain_heads h
        WHERE h.chain = ANY(wanted) ORDER BY h.chain FOR UPDATE;
      GET DIAGNOSTICS held = ROW_COUNT;
      IF held = cardinality(wanted) THEN RETURN; END IF;
      -- New chains are at 0 and ours; one that another has begun since the statement above began is waited for.
      RETURN QUERY INSERT INTO chain_heads AS h (chain, seq, leaf_hash)
        SELECT c, 0, ''::bytea FROM unnest(wanted) c ORDER BY c ON CONFLICT ON CONSTRAINT chain_heads_pkey DO NOTHING
        RETURNING h.chain, h.seq, h.leaf_hash;
    END $$`,
  `CREATE FUNCTION append_event(
      event_id uuid, event_chain text, event_seq bigint, event_type text, event_at timestamptz, event_actor text,
      event_leaf bytea, event_hash bytea, before_hash bytea, fields text[], salts bytea[], opened jsonb[])
    RETURNS void LANGUAGE plpgsql AS $$
    DECLARE place bigint;
    BEGIN
      INSERT INTO events (id, chain, chain_seq, type, at, actor, leaf, leaf_hash, prev_hash)
        VALUES (event_id, event_chain, event_seq, event_type, event_at, event_actor, event_leaf, event_hash, before_hash)
        RETURNING events.position INTO place;
      INSERT INTO ledger_outbox (position, event_id) VALUES (place, append_event.event_id);
      IF cardinality(fields) > 0 THEN
        INSERT INTO event_disclosures (event_id, field, salt, value)
          SELECT append_event.event_id, d.* FROM unnest(fields, salts, opened) d;
      END IF;
      UPDATE chain_heads SET seq = event_seq, leaf_hash = event_hash WHERE chain = event_chain;
    END $$`,
];

const READ = `ledger, ledger_outbox, ledger_entries, ledger_tiles, ledger_checkpoints, ledger_cosignatures,
  ledger_witnesses, ledger_timestamps`;

const GRANTS = [
  `GRANT SELECT ON ${READ} TO liuhen_app, liuhen_sequencer, liuhen_verifier`,
  `GRANT SELECT ON events, chain_heads TO liuhen_sequencer, liuhen_verifier`,
  `GRANT SELECT ON assets, asset_blocks TO liuhen_verifier`,
  `GRANT INSERT ON ledger_outbox TO liuhen_app`,
  // To say that the log is frozen is open to all that can see why; to thaw it is the owner's.
  `GRANT UPDATE (frozen_reason, frozen_at) ON ledger TO liuhen_app`,
  `GRANT UPDATE ON ledger TO liuhen_sequencer`,
  `GRANT SELECT, DELETE ON ledger_outbox TO liuhen_sequencer`,
  `GRANT INSERT ON ledger_entries, ledger_checkpoints, ledger_cosignatures TO liuhen_sequencer`,
  `GRANT INSERT, UPDATE ON ledger_tiles, ledger_witnesses TO liuhen_sequencer`,
  `GRANT INSERT ON ledger_timestamps TO liuhen_app`,
];

const BEGIN = [
  // The root of the tree of no leaves is the hash of nothing (RFC 6962 §2.1).
  `INSERT INTO ledger (id, size, root, epoch, lease_ends) VALUES (1, 0, sha256(''::bytea), 0, '-infinity')`,
  `INSERT INTO ledger_outbox (position, event_id) SELECT position, id FROM events`,
];
