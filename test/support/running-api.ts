import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import type { Role } from '#domain';
import { makeServer } from '../../apps/api/src/server.js';
import { ApiClient } from './api-client.js';
import { type RunningArchive, type RunningOptions, runArchive } from './running-archive.js';

export { ApiClient, Refused } from './api-client.js';

export interface RunningApi extends RunningArchive {
  readonly url: string;
  /** Creates an account with these roles and signs it in. */
  signIn(roles: readonly Role[], unitId?: string): Promise<ApiClient>;
}

/** The API in this process, over a fresh database and a real store, on a free port. */
export async function runApi(options: RunningOptions = {}): Promise<RunningApi> {
  const running = await runArchive(options);
  const { server, app } = await makeServer({
    archive: running.archive,
    http: {
      isSecure: false,
      trustedProxies: [],
      maxUploadBytes: running.parts.settings.maxUploadBytes,
      metricsToken: null,
      version: 'test',
      webDir: 'dist/apps/web',
    },
    tls: null,
    log: pino({ level: 'silent' }),
  });
  await listen(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const people = new Map<string, string>();
  return {
    ...running,
    url,
    signIn: async (roles, unitId) => {
      const actor = await running.person(roles, unitId);
      const accounts = await running.archive.people.listAccounts.run({ ...actor, roles: ['administrator'] });
      const login = accounts.find((account) => account.id === actor.accountId)?.login ?? '';
      people.set(login, actor.accountId);
      return await ApiClient.signIn(url, login, 'correct horse battery');
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
      await running.stop();
    },
  };
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}
