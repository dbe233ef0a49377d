import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Database, settingsRepository } from '#persistence';
import { freshDatabase, startPostgres, type TestDatabase } from '../../support/postgres.js';

describe('transactions', () => {
  let server: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    server = await freshDatabase();
    database = await Database.connect({ url: server.url, poolSize: 8, applicationName: 'under-test' });
    await database.migrate();
  });
  afterAll(async () => {
    await database.close();
    await server.drop();
  });
  beforeEach(() => database.transaction((tx) => tx.query('DELETE FROM settings')));

  const put = (name: string, value: unknown) => database.transaction((tx) => settingsRepository.put(tx, name, value));
  const get = (name: string) => settingsRepository.get(database.reader, name);

  it('are kept whole, or not at all', async () => {
    await put('a', 1);
    const failed = database.transaction(async (tx) => {
      await settingsRepository.put(tx, 'a', 2);
      await settingsRepository.put(tx, 'b', 2);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect([await get('a'), await get('b')]).toEqual([1, null]);
  });

  it('run again after a deadlock, and leave nothing of the first try', async () => {
    await put('x', 0);
    await put('y', 0);
    let runs = 0;
    const bothLocked = barrier(2);
    const add = (first: string, second: string) => {
      let isFirstTry = true;
      return database.transaction(async (tx) => {
        runs += 1;
        for (const name of [first, second]) {
          await tx.query(`UPDATE settings SET value = to_jsonb(value::int + 1) WHERE name = $1`, [name]);
          if (name === first && isFirstTry) {
            isFirstTry = false;
            await bothLocked();
          }
        }
      });
    };
    await Promise.all([add('x', 'y'), add('y', 'x')]);
    expect(runs).toBe(3);
    expect([await get('x'), await get('y')]).toEqual([2, 2]);
  });

  it('run again after a failure to serialize', async () => {
    await put('n', 0);
    let runs = 0;
    const bothRead = barrier(2);
    const increment = () => {
      let isFirstTry = true;
      return database.transaction(async (tx) => {
        runs += 1;
        await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        const value = Number(await settingsRepository.get(tx, 'n'));
        if (isFirstTry) await bothRead();
        isFirstTry = false;
        await settingsRepository.put(tx, 'n', value + 1);
      });
    };
    await Promise.all([increment(), increment()]);
    expect(runs).toBe(3);
    expect(await get('n')).toBe(2);
  });

  it('give up after a few tries', async () => {
    let runs = 0;
    const failing = database.transaction(async (tx) => {
      runs += 1;
      await tx.query(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`);
    });
    await expect(failing).rejects.toMatchObject({ driverError: { code: '40001' } });
    expect(runs).toBe(5);
  });

  it.each<[string, string, string]>([
    ['a row that is there already', `INSERT INTO settings VALUES ('a', '1'), ('a', '2')`, 'conflict'],
    ['text with a NUL', `SELECT E'\\x00'::text || chr(0)`, 'invalid-input'],
    ['an id that is none', `SELECT 'x'::uuid`, 'invalid-input'],
    ['a statement that takes too long', 'SET LOCAL statement_timeout = 20; SELECT pg_sleep(10)', 'timeout'],
    ['a full disk', `DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$`, 'storage-full'],
    [
      'too many connections',
      `DO $$ BEGIN RAISE EXCEPTION 'many' USING ERRCODE = '53300'; END $$`,
      'database-unavailable',
    ],
    ['a server that stops', `SELECT pg_terminate_backend(pg_backend_pid())`, 'database-unavailable'],
  ])('say of %s what it is', async (_what, sql, code) => {
    await expect(database.transaction((tx) => tx.query(sql))).rejects.toMatchObject({ name: 'ArchiveError', code });
  });

  it('leave a mistake of our own as it is', async () => {
    await expect(database.transaction((tx) => tx.query('SELECT * FROM nothing'))).rejects.toMatchObject({
      name: 'QueryFailedError',
      driverError: { code: '42P01' },
    });
  });

  it('name a lost connection in the midst, and the next call has a new one', async () => {
    for (const pauseMs of [0, 50]) await loseConnection(pauseMs);
    expect(await get('lost')).toBeNull();
    await database.check();
  });

  /** With a pause the loss is noticed between two statements, without it during the second. */
  async function loseConnection(pauseMs: number): Promise<void> {
    const admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
    const lost = database.transaction(async (tx) => {
      await settingsRepository.put(tx, 'lost', 1);
      const [{ pid }] = await tx.query('SELECT pg_backend_pid() AS pid');
      await admin.query('SELECT pg_terminate_backend($1)', [pid]);
      await admin.end();
      await sleep(pauseMs);
      await settingsRepository.put(tx, 'lost', 2);
    });
    await expect(lost).rejects.toMatchObject({ name: 'ArchiveError', code: 'database-unavailable' });
  }

  it('say so when the server is away, for reads as well', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liuhen-away-'));
    const elsewhere = await startPostgres(dir);
    const other = await Database.connect({ url: elsewhere.superuserUrl, poolSize: 2 });
    try {
      await other.migrate();
      await elsewhere.stop();
      const away = { name: 'ArchiveError', code: 'database-unavailable' };
      await expect(other.check()).rejects.toMatchObject(away);
      await expect(settingsRepository.get(other.reader, 'x')).rejects.toMatchObject(away);
      await expect(other.reader.createQueryBuilder('AssetRow', 'a').getMany()).rejects.toMatchObject(away);
      await expect(other.transaction((tx) => settingsRepository.put(tx, 'x', 1))).rejects.toMatchObject(away);
    } finally {
      await other.close();
      await rm(dir, { recursive: true, force: true });
    }
  });
});

/** Nobody passes before all have come. */
function barrier(count: number): () => Promise<void> {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let come = 0;
  return async () => {
    come += 1;
    if (come === count) open();
    await opened;
  };
}
