import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '#config';
import { databaseAddresses, prepareDatabase } from '../../../apps/cli/src/commands/operate/prepare-database.js';
import { startPostgres, type TestPostgres } from '../../support/postgres.js';
import { makeSecrets, type Secrets } from './compose-file.js';

/** SQLSTATE insufficient_privilege. */
const NO_RIGHT = { code: '42501' };

/** A server of its own: roles are the whole server's, and these have the names of the real ones. */
describe('the logins of the server shape', () => {
  let dir: string;
  let server: TestPostgres;
  let secrets: Secrets;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liuhen-logins-'));
    server = await startPostgres(join(dir, 'postgres'));
    secrets = await makeSecrets();
    await asRole(server.superuserUrl, async (client) => {
      for (const statement of await ownerStatements()) await client.query(statement);
    });
  });
  afterAll(async () => {
    await server.stop();
    await secrets.remove();
    await rm(dir, { recursive: true, force: true });
  });

  /** What 10-owner.sh has psql run, with the password put in as psql does. */
  async function ownerStatements(): Promise<string[]> {
    const script = await readFile('docker/postgres/10-owner.sh', 'utf8');
    const [, sql = ''] = /<<'SQL'\n([\s\S]*?)\nSQL/.exec(script) ?? [];
    const password = await readFile(join(secrets.dir, 'postgres_owner_password'), 'utf8');
    return sql.replace(":'password'", pg.escapeLiteral(password)).split('\n');
  }

  async function addressOf(secret: string): Promise<string> {
    const url = new URL(await readFile(join(secrets.dir, secret), 'utf8'));
    url.host = new URL(server.superuserUrl).host;
    return url.href;
  }

  it('are made by migrate as their groups say, and made twice do no harm', async () => {
    const [run, log, watch] = [
      await addressOf('database_url'),
      await addressOf('ledger_database_url'),
      await addressOf('verifier_database_url'),
    ];
    const config = loadConfig(
      {
        LIUHEN_DATABASE_URL: run,
        LIUHEN_DATABASE_OWNER_URL: await addressOf('database_owner_url'),
        LIUHEN_LEDGER_DATABASE_URL: log,
        LIUHEN_VERIFIER_DATABASE_URL: watch,
      },
      'cli',
    );
    for (const _ of ['once', 'again']) await prepareDatabase(databaseAddresses(config), false);

    const grow = `UPDATE ledger SET holder = 'me'`;
    const addEvent = 'INSERT INTO ledger_outbox DEFAULT VALUES';
    await asRole(log, async (client) => {
      await client.query(grow);
      await expect(client.query('DELETE FROM events')).rejects.toMatchObject(NO_RIGHT);
      await expect(client.query('DELETE FROM cases')).rejects.toMatchObject(NO_RIGHT);
    });
    await asRole(watch, async (client) => {
      await client.query('SELECT count(*) FROM events');
      await expect(client.query(grow)).rejects.toMatchObject(NO_RIGHT);
      await expect(client.query(addEvent)).rejects.toMatchObject(NO_RIGHT);
    });
    await asRole(run, async (client) => {
      await client.query('SELECT count(*) FROM events');
      await expect(client.query('DELETE FROM ledger_entries')).rejects.toMatchObject(NO_RIGHT);
    });
  });
});

async function asRole(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await work(client).finally(() => client.end());
}
