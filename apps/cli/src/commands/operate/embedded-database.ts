import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { EmbeddedPostgres } from '#persistence';
import { asOwner, type DatabaseAddresses, hasRole } from './prepare-database.js';

export const EMBEDDED_DATABASE = 'liuhen';
const OWNER = 'liuhen_owner';
const APP = 'liuhen_run';
const SEQUENCER = 'liuhen_log';
const VERIFIER = 'liuhen_watch';

/**
 * The database and the logins of the embedded shape: the owner, who migrates; the running archive, who may add events
 * and not change one; who grows the log of them; who only reads, to watch over it. Their passwords are new at every start and kept nowhere; only the server's own superuser
 * has a lasting one, in its folder.
 */
export async function layOutEmbeddedDatabase(server: EmbeddedPostgres): Promise<DatabaseAddresses> {
  const password = (): string => randomBytes(24).toString('hex');
  const passwords = { owner: password(), app: password(), sequencer: password(), verifier: password() };
  await asOwner(server.superuserUrl, async (client) => {
    await setLogin(client, OWNER, passwords.owner, 'CREATEROLE');
    await setLogin(client, APP, passwords.app, '');
    await setLogin(client, SEQUENCER, passwords.sequencer, '');
    await setLogin(client, VERIFIER, passwords.verifier, '');
    // BullMQ makes a sequence for each queue, as the app; who migrates must be able to grant rights on those too.
    await client.query(`GRANT ${APP}, ${SEQUENCER}, ${VERIFIER} TO ${OWNER}`);
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [EMBEDDED_DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${EMBEDDED_DATABASE} OWNER ${OWNER}`);
  });
  return {
    ownerUrl: addressOf(server, OWNER, passwords.owner),
    appUrl: addressOf(server, APP, passwords.app),
    sequencerUrl: addressOf(server, SEQUENCER, passwords.sequencer),
    verifierUrl: addressOf(server, VERIFIER, passwords.verifier),
  };
}

async function setLogin(client: pg.Client, role: string, password: string, rights: string): Promise<void> {
  const verb = (await hasRole(client, role)) ? 'ALTER' : 'CREATE';
  await client.query(`${verb} ROLE ${role} LOGIN ${rights} PASSWORD ${client.escapeLiteral(password)}`);
}

function addressOf(server: EmbeddedPostgres, role: string, password: string): string {
  const url = new URL(server.urlOf(EMBEDDED_DATABASE));
  url.username = role;
  url.password = password;
  return url.href;
}
