import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was last seen of every original, and when it is to be looked at again. A row is made with the seal, which has
 * just read the original; those of an archive older than this table are spread over thirty days.
 */
export class Watch1760000000002 implements MigrationInterface {
  readonly name = 'Watch1760000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE asset_checks');
  }
}

const UP = [
  // A result of null: never looked at since it was received.
  `CREATE TABLE asset_checks (
    asset_id uuid PRIMARY KEY REFERENCES assets (id),
    result text CHECK (result IN
      ('missing', 'altered', 'unreadable', 'lock-weaker', 'extra-version', 'not-run', 'intact')),
    also text[] NOT NULL DEFAULT '{}',
    facts jsonb NOT NULL DEFAULT '{}',
    since timestamptz NOT NULL,
    checked_at timestamptz,
    due_at timestamptz NOT NULL
  )`,
  `CREATE INDEX asset_checks_due ON asset_checks (due_at)`,
  `CREATE INDEX asset_checks_checked ON asset_checks (checked_at)`,
  `CREATE INDEX asset_checks_open ON asset_checks (since DESC, asset_id DESC) WHERE result <> 'intact'`,
  `INSERT INTO asset_checks (asset_id, result, since, checked_at, due_at)
    SELECT id, 'intact', sealed_at, sealed_at, now() + random() * interval '30 days' FROM assets WHERE custody = 'sealed'`,
  `GRANT SELECT, INSERT, UPDATE ON asset_checks TO liuhen_app`,
];
