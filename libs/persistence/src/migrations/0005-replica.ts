import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The second copy of each original, what was last seen of it, and what was asked to be healed. Where the copy lies is
 * believed of a row; what its bytes must be is asked of the events.
 */
export class Replica1760000000005 implements MigrationInterface {
  readonly name = 'Replica1760000000005';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE healings, replicas');
    await runner.query(`DELETE FROM asset_checks WHERE copy = 'replica'`);
    await runner.query('DROP INDEX asset_checks_open');
    await runner.query(
      `ALTER TABLE asset_checks DROP CONSTRAINT asset_checks_pkey, DROP COLUMN copy, ADD PRIMARY KEY (asset_id)`,
    );
    await runner.query(
      `CREATE INDEX asset_checks_open ON asset_checks (since DESC, asset_id DESC) WHERE result <> 'intact'`,
    );
  }
}

const UP = [
  `ALTER TABLE asset_checks
    ADD COLUMN copy text NOT NULL DEFAULT 'original' CHECK (copy IN ('original', 'replica')),
    DROP CONSTRAINT asset_checks_pkey,
    ADD PRIMARY KEY (asset_id, copy)`,
  `DROP INDEX asset_checks_open`,
  `CREATE INDEX asset_checks_open ON asset_checks (since DESC, asset_id DESC, copy DESC) WHERE result <> 'intact'`,
  // One copy an asset: in the store that is configured. One made in another store before is named by its event.
  `CREATE TABLE replicas (
    asset_id uuid PRIMARY KEY REFERENCES assets (id),
    store_id text NOT NULL,
    object_key text NOT NULL,
    object_version text,
    size_bytes bigint NOT NULL,
    lock_mode text NOT NULL,
    retain_until timestamptz,
    replicated_at timestamptz NOT NULL
  )`,
  `CREATE INDEX replicas_of_store ON replicas (store_id)`,
  `CREATE INDEX assets_sealed ON assets (sealed_at) WHERE custody = 'sealed'`,
  // What was found when it was asked for is kept beside it: the finding itself is over once it is healed.
  `CREATE TABLE healings (
    id uuid PRIMARY KEY,
    asset_id uuid NOT NULL REFERENCES assets (id),
    copy text NOT NULL CHECK (copy IN ('original', 'replica')),
    found text NOT NULL CHECK (found IN ('missing', 'altered', 'unreadable')),
    found_facts jsonb NOT NULL,
    asked_by uuid REFERENCES accounts (id),
    asked_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'placing', 'healed', 'refused')),
    refusal text,
    done_bytes bigint NOT NULL DEFAULT 0,
    total_bytes bigint NOT NULL,
    ended_at timestamptz,
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state IN ('healed', 'refused')) = (ended_at IS NOT NULL))
  )`,
  `CREATE UNIQUE INDEX healings_open ON healings (asset_id) WHERE state IN ('asked', 'placing')`,
  `CREATE INDEX healings_of_asset ON healings (asset_id, copy, asked_at DESC)`,
  `GRANT SELECT, INSERT, UPDATE ON replicas, healings TO liuhen_app`,
];
