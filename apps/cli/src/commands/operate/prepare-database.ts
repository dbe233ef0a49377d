import pg from 'pg';
import { isArchiveError } from '#domain';
import { prepareQueueDatabase } from '#jobs';
import { Database, makeLogin } from '#persistence';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';

export interface DatabaseAddresses {
  /** Who may change the schema. */
  readonly ownerUrl: string;
  /** Who the running archive signs in as; may be the same. */
  readonly appUrl: string;
}

/** Brings schema, rights and the queue's own tables up to date; does nothing when all is done. */
export async function prepareDatabase({ ownerUrl, appUrl }: DatabaseAddresses, hasQueue: boolean): Promise<void> {
  const database = await Database.connect({ url: ownerUrl, poolSize: 2, applicationName: 'liuhen-migrate' });
  try {
    await database.migrate();
  } finally {
    await database.close();
  }
  const app = new URL(appUrl);
  const appRole = decodeURIComponent(app.username);
  const isOwner = appRole === decodeURIComponent(new URL(ownerUrl).username);
  if (!isOwner) await admit(ownerUrl, { name: appRole, password: decodeURIComponent(app.password) });
  if (hasQueue) await prepareQueueDatabase(ownerUrl, ...(isOwner ? [] : [appRole]));
}

/** @throws CommandFailure that says what the database's administrator has to do */
async function admit(ownerUrl: string, login: { readonly name: string; readonly password: string }): Promise<void> {
  try {
    await makeLogin(ownerUrl, login);
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
