import pg from 'pg';
import type { ConfigOf } from '#config';
import { isArchiveError } from '#domain';
import { prepareQueueDatabase } from '#jobs';
import { Database, type LoginGroup, makeLogin } from '#persistence';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';

export interface DatabaseAddresses {
  /** Who may change the schema. */
  readonly ownerUrl: string;
  /** Who the running archive signs in as; may be the same. */
  readonly appUrl: string;
  /** Who grows the log of events; may be the same as the app. */
  readonly sequencerUrl: string;
  /** Who only reads, to watch over the log; may be the same as the app. */
  readonly verifierUrl: string;
}

/** The addresses of a database that is named in the settings. */
export function databaseAddresses({ database, ledger }: ConfigOf<'cli'>): DatabaseAddresses {
  const appUrl = database.url?.reveal() ?? '';
  return {
    appUrl,
    ownerUrl: database.ownerUrl?.reveal() ?? appUrl,
    sequencerUrl: ledger.sequencerUrl?.reveal() ?? appUrl,
    verifierUrl: ledger.verifierUrl?.reveal() ?? appUrl,
  };
}

/** Brings schema, rights and the queue's own tables up to date; does nothing when all is done. */
export async function prepareDatabase(addresses: DatabaseAddresses, hasQueue: boolean): Promise<void> {
  const { ownerUrl, appUrl } = addresses;
  const database = await Database.connect({ url: ownerUrl, poolSize: 2, applicationName: 'liuhen-migrate' });
  try {
    await database.migrate();
  } finally {
    await database.close();
  }
  const owner = loginOf(ownerUrl);
  const app = loginOf(appUrl);
  const groups = [
    ['liuhen_app', app],
    ['liuhen_sequencer', loginOf(addresses.sequencerUrl)],
    ['liuhen_verifier', loginOf(addresses.verifierUrl)],
  ] as const;
  for (const [group, login] of groups) if (login.name !== owner.name) await admit(ownerUrl, login, group);
  if (hasQueue) await prepareQueueDatabase(ownerUrl, ...(app.name === owner.name ? [] : [app.name]));
}

interface Login {
  readonly name: string;
  readonly password: string;
}

function loginOf(url: string): Login {
  const { username, password } = new URL(url);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** @throws CommandFailure that says what the database's administrator has to do */
async function admit(ownerUrl: string, login: Login, group: LoginGroup): Promise<void> {
  try {
    await makeLogin(ownerUrl, login, group);
  } catch (cause) {
    if (!isArchiveError(cause, 'forbidden')) throw cause;
    const sql = String(cause.details.sql);
    throw new CommandFailure(
      EXIT.config,
      {
        zh: `数据库属主无权授予角色，请数据库管理员执行：${sql}`,
        en: `The database owner may not grant roles; have the database administrator run: ${sql}`,
      },
      { cause },
    );
  }
}

export async function hasRole(client: pg.Client, role: string): Promise<boolean> {
  return (await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])).rowCount === 1;
}

export async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
