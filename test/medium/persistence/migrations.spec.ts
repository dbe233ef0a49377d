import pg from 'pg';
import { DataSource } from 'typeorm';
import { Database } from '#persistence';
import { MIGRATIONS } from '../../../libs/persistence/src/database.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { dumpSchema } from './schema-dump.js';

describe('migrations', () => {
  const used: TestDatabase[] = [];
  const fresh = async (): Promise<string> => {
    const database = await freshDatabase();
    used.push(database);
    return database.url;
  };
  afterAll(async () => {
    for (const database of used) await database.drop();
  });

  async function withDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
    const database = await Database.connect({ url, poolSize: 2 });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }

  it('bring an empty database up to date, and find nothing to do the second time', async () => {
    const url = await fresh();
    await withDatabase(url, (database) => database.migrate());
    const once = await dumpSchema(url);
    for (const table of ['accounts', 'assets', 'cases', 'chain_heads', 'events', 'uploads']) {
      expect(once).toContainEqual(expect.stringMatching(`^table r ${table} `));
    }
    await withDatabase(url, (database) => database.migrate());
    expect(await dumpSchema(url)).toEqual(once);
    expect(await appliedIn(url)).toEqual(MIGRATIONS.map((Migration) => new Migration().name));
  });

  it('may be started by several at once', async () => {
    const url = await fresh();
    const started = Array.from({ length: 4 }, () => withDatabase(url, (database) => database.migrate()));
    expect(await Promise.allSettled(started)).toEqual(Array(4).fill({ status: 'fulfilled', value: undefined }));
    expect(await appliedIn(url)).toHaveLength(MIGRATIONS.length);
  });

  it('go down and up again to the same schema', async () => {
    const url = await fresh();
    const source = new DataSource({ type: 'postgres', url, migrations: MIGRATIONS, migrationsTransactionMode: 'each' });
    await source.initialize();
    try {
      await source.runMigrations();
      const before = await dumpSchema(url);
      for (const _ of MIGRATIONS) await source.undoLastMigration();
      expect(await dumpSchema(url)).toEqual([]);
      await source.runMigrations();
      expect(await dumpSchema(url)).toEqual(before);
    } finally {
      await source.destroy();
    }
  });

  it('give every column the type its row class says', async () => {
    const url = await fresh();
    await withDatabase(url, (database) => database.migrate());
    const drift = await withDatabase(url, (database) => database.drift());
    // Indexes, checks, keys and their names are written by hand and not repeated in the row classes: TypeORM would drop
    // them. Anything else (a column added, dropped, retyped, made nullable) is a difference that would lose data.
    const handWritten = /^(DROP INDEX|CREATE (UNIQUE )?INDEX|ALTER TABLE "\w+" (DROP|ADD) CONSTRAINT|COMMENT ON )/;
    expect(drift.filter((sql) => !handWritten.test(sql))).toEqual([]);
    expect(drift.length).toBeGreaterThan(0);
  });

  it('say which address does not answer', async () => {
    await expect(Database.connect({ url: 'postgres://nobody:x@127.0.0.1:1/none' })).rejects.toMatchObject({
      code: 'database-unavailable',
    });
  });
});

async function appliedIn(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
    return rows.map((row) => row.name);
  } finally {
    await client.end();
  }
}
