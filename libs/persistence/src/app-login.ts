import pg from 'pg';
import { ArchiveError } from '#domain';

/** The group that owns nothing and may add events; made by the first migration. */
const APP_GROUP = 'liuhen_app';
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Lets the login the running archive uses into the group `liuhen_app`, with that group's rights and no others; makes
 * it first when there is none. Called with the owner's connection after the migrations; does nothing when all is done.
 * @returns the address to connect with
 * @throws ArchiveError `database-unavailable`; `forbidden` when the owner may not grant roles, with what the database's
 *   administrator has to run in `details.sql`
 */
export async function makeAppLogin(
  ownerUrl: string,
  login: { readonly name: string; readonly password: string },
): Promise<string> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await admit(client, login);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === INSUFFICIENT_PRIVILEGE) {
      const sql = `GRANT ${APP_GROUP} TO ${client.escapeIdentifier(login.name)}`;
      throw new ArchiveError('forbidden', 'the owner may not grant roles', { cause, details: { sql } });
    }
    throw new ArchiveError('database-unavailable', 'the login of the archive could not be made', { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
  const url = new URL(ownerUrl);
  url.username = login.name;
  url.password = login.password;
  return url.href;
}

async function admit(client: pg.Client, login: { readonly name: string; readonly password: string }): Promise<void> {
  const name = client.escapeIdentifier(login.name);
  const known = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [login.name]);
  if (known.rowCount === 0) {
    await client.query(
      `CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(login.password)}`,
    );
  }
  if (!(await isMember(client, login.name, APP_GROUP))) await client.query(`GRANT ${APP_GROUP} TO ${name}`);
  // BullMQ makes a sequence for each queue, as the app; who migrates must be able to grant rights on those too.
  const { rows } = await client.query<{ name: string }>('SELECT current_user AS name');
  if (!(await isMember(client, rows[0]?.name ?? '', login.name))) await client.query(`GRANT ${name} TO CURRENT_USER`);
}

async function isMember(client: pg.Client, role: string, group: string): Promise<boolean> {
  const { rows } = await client.query<{ member: boolean }>('SELECT pg_has_role($1, $2, $3) AS member', [
    role,
    group,
    'USAGE',
  ]);
  return rows[0]?.member === true;
}
