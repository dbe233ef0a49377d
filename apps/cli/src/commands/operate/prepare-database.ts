import pg from 'pg';
import { prepareQueueDatabase } from '#jobs';
import { Database } from '#persistence';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';

/** The group that owns nothing and may add events; made by the first migration. */
const APP_GROUP = 'liuhen_app';
const INSUFFICIENT_PRIVILEGE = '42501';

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
  if (!isOwner) await admit(ownerUrl, appRole, decodeURIComponent(app.password));
  if (hasQueue) await prepareQueueDatabase(ownerUrl, ...(isOwner ? [] : [appRole]));
}

/** Lets the archive's login into the group, making the login first when there is none. */
async function admit(ownerUrl: string, role: string, password: string): Promise<void> {
  await asOwner(ownerUrl, async (client) => {
    const name = client.escapeIdentifier(role);
    try {
      if (!(await hasRole(client, role))) {
        await client.query(`CREATE ROLE ${name} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
      }
      if (!(await isMember(client, role, APP_GROUP))) await client.query(`GRANT ${APP_GROUP} TO ${name}`);
      // BullMQ makes a sequence for each queue, as the app; who migrates must be able to grant rights on those too.
      const { rows } = await client.query('SELECT current_user AS name');
      if (!(await isMember(client, rows[0].name, role))) await client.query(`GRANT ${name} TO CURRENT_USER`);
    } catch (cause) {
      if (!isDenied(cause)) throw cause;
      const sql = `GRANT ${APP_GROUP} TO ${name}`;
      throw new CommandFailure(
        EXIT.config,
        {
          zh: `数据库属主无权授予角色，请数据库管理员执行：${sql}`,
          en: `The database owner may not grant roles; have the database administrator run: ${sql}`,
        },
        { cause },
      );
    }
  });
}

async function isMember(client: pg.Client, role: string, group: string): Promise<boolean> {
  const { rows } = await client.query('SELECT pg_has_role($1, $2, $3) AS member', [role, group, 'USAGE']);
  return rows[0]?.member === true;
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

function isDenied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === INSUFFICIENT_PRIVILEGE;
}
