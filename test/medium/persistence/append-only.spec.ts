import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { newId } from '#domain';
import { makeLogin } from '#persistence';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { anUpload, checked, received } from '../archive/work.js';

/** SQLSTATE insufficient_privilege, raise_exception, foreign_key_violation. */
const NO_RIGHT = { code: '42501' };
const BY_TRIGGER = { code: 'P0001', message: expect.stringContaining('append-only') };
const STILL_REFERENCED = { code: '23503' };

describe('what nobody can take back', () => {
  let running: RunningArchive;
  let app: pg.Client;
  let superuser: pg.Client;

  beforeAll(async () => {
    running = await runArchive();
    app = new pg.Client({ connectionString: running.appUrl });
    superuser = new pg.Client({ connectionString: running.ownerUrl });
    await app.connect();
    await superuser.connect();
  });
  afterAll(async () => {
    await app.end();
    await superuser.end();
    await checked(running);
  });

  const CHANGES = [
    `UPDATE events SET actor = 'someone else'`,
    'DELETE FROM events',
    'TRUNCATE events',
    'TRUNCATE events CASCADE',
    'TRUNCATE events CASCADE',
  ];
  const count = async (): Promise<number> =>
    Number((await superuser.query('SELECT count(*) FROM events')).rows[0].count);

  it.each(CHANGES)('the archive itself has no right to %s', async (change) => {
    await expect(app.query(change)).rejects.toMatchObject(NO_RIGHT);
  });

  it.each(CHANGES.filter((change) => change !== 'TRUNCATE events'))('not even a superuser can %s', async (change) => {
    const before = await count();
    await expect(superuser.query(change)).rejects.toMatchObject(BY_TRIGGER);
    expect(await count()).toBe(before);
  });

  it.each(CHANGES.filter((change) => change !== 'TRUNCATE events'))(
    'nor when triggers are meant to sleep (replication role): %s',
    async (change) => {
      const before = await count();
      await superuser.query('BEGIN; SET LOCAL session_replication_role = replica');
      await expect(superuser.query(change)).rejects.toMatchObject(BY_TRIGGER);
      await superuser.query('ROLLBACK');
      expect(await count()).toBe(before);
    },
  );

  it.each([
    'DELETE FROM event_disclosures',
    'UPDATE event_disclosures SET value = null',
    'DELETE FROM asset_blocks',
    'UPDATE asset_blocks SET leaves = null',
    `UPDATE procedures SET sha256 = ''`,
    'DELETE FROM procedures',
    'DELETE FROM cases',
    'DELETE FROM accounts',
    'DELETE FROM chain_heads',
    'TRUNCATE assets CASCADE',
    'ALTER TABLE events DISABLE TRIGGER events_append_only',
    'DROP TABLE events CASCADE',
    'SET session_replication_role = replica',
    'CREATE TABLE mine (id int)',
  ])('the archive itself cannot %s', async (change) => {
    await expect(app.query(change)).rejects.toMatchObject(NO_RIGHT);
  });

  it('an asset that was received cannot be deleted by the archive; one still arriving can', async () => {
    const officer = await running.person(['officer']);
    const { assetId } = await received(running, officer, randomBytes(1000));
    await app.query('DELETE FROM uploads WHERE asset_id = $1', [assetId]);
    await expect(app.query('DELETE FROM assets WHERE id = $1', [assetId])).rejects.toMatchObject(STILL_REFERENCED);
    const begun = await running.archive.uploads.begin.run(officer, anUpload());
    await app.query('DELETE FROM uploads WHERE asset_id = $1', [begun.assetId]);
    expect(await app.query('DELETE FROM assets WHERE id = $1', [begun.assetId])).toMatchObject({ rowCount: 1 });
  });

  describe('an event that does not follow the one before', () => {
    const leaf = Buffer.from('{}');
    const hash = createHash('sha256')
      .update(Buffer.from([0]))
      .update(leaf)
      .digest();
    const insert = (client: pg.Client, event: { chain: string; seq: number; prev: Buffer | null }) =>
      client.query(
        `INSERT INTO events (id, chain, chain_seq, type, at, actor, leaf, leaf_hash, prev_hash)
         VALUES ($1, $2, $3, 'case.opened', now(), 'system', $4, $5, $6)`,
        [newId(), event.chain, event.seq, leaf, hash, event.prev],
      );

    const inTransaction = async (client: pg.Client, work: () => Promise<unknown>): Promise<void> => {
      await client.query('BEGIN');
      try {
        await work();
      } finally {
        await client.query('ROLLBACK');
      }
    };

    it.each<[string, number, Buffer | null]>([
      ['leaves a gap', 3, hash],
      ['names another predecessor', 2, randomBytes(32)],
      ['names none', 2, null],
      ['counts from zero', 0, null],
      ['is a first one with a predecessor', 1, hash],
    ])('is refused when it %s', async (_what, seq, prev) => {
      for (const client of [app, superuser]) {
        await inTransaction(client, async () => {
          const chain = `case:${newId()}`;
          if (seq > 1) await insert(client, { chain, seq: 1, prev: null });
          await expect(insert(client, { chain, seq, prev })).rejects.toMatchObject({ code: 'P0001' });
        });
      }
    });

    it('is refused when the number is taken', async () => {
      await inTransaction(app, async () => {
        const chain = `case:${newId()}`;
        await insert(app, { chain, seq: 1, prev: null });
        await expect(insert(app, { chain, seq: 1, prev: null })).rejects.toMatchObject({ code: '23505' });
      });
    });

    it('is refused under the replication role too', async () => {
      await inTransaction(superuser, async () => {
        await superuser.query('SET LOCAL session_replication_role = replica');
        const chain = `case:${newId()}`;
        await expect(insert(superuser, { chain, seq: 2, prev: hash })).rejects.toMatchObject({ code: 'P0001' });
      });
    });

    it('and one that follows is taken', async () => {
      await inTransaction(app, async () => {
        const chain = `case:${newId()}`;
        await insert(app, { chain, seq: 1, prev: null });
        await insert(app, { chain, seq: 2, prev: hash });
      });
    });
  });

  it('the login of the archive is made once, and has no rights beyond its group', async () => {
    const name = `${new URL(running.appUrl).username}_new`;
    const url = await makeLogin(running.ownerUrl, { name, password: "it's new" });
    await makeLogin(running.ownerUrl, { name, password: 'that of a later start' });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(
      `SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
         (SELECT array_agg(g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid) AS groups
       FROM pg_roles r WHERE rolname = current_user`,
    );
    await client.end();
    expect(rows).toEqual([
      {
        rolsuper: false,
        rolcreatedb: false,
        rolcreaterole: false,
        rolreplication: false,
        rolbypassrls: false,
        groups: '{liuhen_app}',
      },
    ]);
  });
});
