import pg from 'pg';
import { ArchiveError } from '#domain';

/**
 * Makes the login the running archive uses: a member of `liuhen_app`, with that group's rights and no others. Called
 * with the owner's connection after the migrations; sets the password anew when the login is there already.
 * @returns the address to connect with
 * @throws ArchiveError `database-unavailable`
 */
export async function makeAppLogin(
  ownerUrl: string,
  login: { readonly name: string; readonly password: string },
): Promise<string> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const name = client.escapeIdentifier(login.name);
    const known = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [login.name]);
    if (known.rowCount === 0) await client.query(`CREATE ROLE ${name} LOGIN`);
    await client.query(
      `ALTER ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(login.password)}`,
    );
    await client.query(`GRANT liuhen_app TO ${name}`);
  } catch (cause) {
    throw new ArchiveError('database-unavailable', 'the login of the archive could not be made', { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
  const url = new URL(ownerUrl);
  url.username = login.name;
  url.password = login.password;
  return url.href;
}
