import pg from 'pg';
import { ArchiveError } from '#domain';

/**
 * Groups that own nothing; made by the migrations. The running archive may add events, the sequencer grow the log of
 * them, the verifier only read.
 */
export type LoginGroup = 'liuhen_app' | 'liuhen_sequencer' | 'liuhen_verifier';

const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Lets a login into a group, with that group's rights and no others; makes it first when there is none. Called with the owner's connection after the migrations; does nothing when all is done.
 * @returns the address to connect with
 * @throws ArchiveError `database-unavailable`; `forbidden` when the owner may not grant roles, with what the database's
 *   administrator has to run in `details.sql`
 */
export async function makeLogin(
  ownerUrl: string,
  login: { readonly name: string; readonly password: string },
  group: LoginGroup = 'liuhen_app',
): Promise<string> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await admit(client, login, group);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === INSUFFICIENT_PRIVILEGE) {
      const sql = `GRANT ${group} TO ${client.escapeIdentifier(login.name)}`;
      throw new ArchiveError('forbidden', 'the owner may not grant roles', { cause, details: { sql } });
    }
    throw new ArchiveError('database-unavailable', 'a login of the archive could not be made', { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
  const url = new URL(ownerUrl);
  url.username = login.name;
  url.password = login.password;
  return url.href;
}

async function admit(
  client: pg.Client,
  login: { readonly name: string; readonly password: string },
  group: LoginGroup,
): Promise<void> {
  const name = client.escapeIdentifier(login.name);
  const known = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [login.name]);
  if (known.rowCount === 0) {
    await client.query(
      `CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(login.password)}`,
    );
  }
  if (!(await isMember(client, login.name, group))) await client.query(`GRANT ${group} TO ${name}`);
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
