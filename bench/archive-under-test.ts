import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openArchive } from '#archive';
import { archiveOptions, loadConfig } from '#config';
import { prepareQueueDatabase } from '#jobs';
import { Database, freePort, makeLogin, startEmbeddedPostgres } from '#persistence';
import { SignerClient } from '#signing';
import { ApiClient } from './api-client.js';
import { type Running, start, until, untilAnswers } from './process.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FIRST_PASSWORD = 'bench-password-first';
/** What everyone signs in with after the change that is asked for at first. */
export const PASSWORD = `${FIRST_PASSWORD}-2`;
const QUIET = {
  debug: () => undefined,
  info: () => undefined,
  warn: console.warn,
  error: console.error,
  child: () => QUIET,
};

export type Role = 'officer' | 'archivist' | 'supervisor' | 'administrator';

/** The built archive as it is deployed: PostgreSQL, signer, API and, where asked for, a worker, each in its own process. */
export interface ArchiveUnderTest {
  readonly url: string;
  readonly dir: string;
  readonly signer: SignerClient;
  /** What its processes are started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Owner of the database, for filling it. */
  readonly ownerUrl: string;
  readonly admin: ApiClient;
  readonly unitId: string;
  apiPid(): number;
  restartApi(): Promise<void>;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  person(login: string, role: Role, unitId?: string): Promise<ApiClient>;
  stop(): Promise<void>;
}

export async function startArchive(
  dir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ArchiveUnderTest> {
  await mkdir(dir, { recursive: true });
  const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres') });
  const owner = await Database.connect({ url: postgres.superuserUrl });
  await owner.migrate();
  await owner.close();
  const databaseUrl = await makeLogin(postgres.superuserUrl, { name: 'liuhen', password: 'bench' });
  const logins = await logLogins(postgres.superuserUrl);
  await prepareQueueDatabase(postgres.superuserUrl, 'liuhen_app');

  const port = await freePort();
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    NODE_ENV: 'production',
    LIUHEN_DATA: dir,
    LIUHEN_DATABASE_URL: databaseUrl,
    LIUHEN_PORT: String(port),
    LIUHEN_LOG_LEVEL: 'warn',
    LIUHEN_LOG_ORIGIN: 'log.example/bench',
    ...logins,
    ...environment,
  };
  const app = (name: string): Running =>
    start(process.execPath, [join(ROOT, `dist/apps/${name}/src/main.js`)], { env });
  const signer = app('signer');
  const signerClient = new SignerClient({
    socketPath: archiveOptions(loadConfig(env, 'cli'), databaseUrl).signerSocket,
  });
  await until('the signer answers', () => signerClient.state().then(Boolean, () => false));
  const password = await firstAdministrator(env, databaseUrl);
  const url = `http://127.0.0.1:${port}`;
  let api = app('api');
  let worker: Running | null = null;
  await untilAnswers(`${url}/healthz`);
  const admin = await ApiClient.signIn(url, 'admin', password);
  const units = await admin.send<{ items: { id: string }[] }>('GET', '/units');
  const unitId = units.items[0]?.id ?? '';

  return {
    url,
    dir,
    signer: signerClient,
    environment: env,
    ownerUrl: postgres.superuserUrl,
    admin,
    unitId,
    apiPid: () => api.pid,
    restartApi: async () => {
      await api.stop();
      api = app('api');
      await untilAnswers(`${url}/healthz`);
    },
    startWorker: async () => {
      worker ??= app('worker');
    },
    stopWorker: async () => {
      await worker?.stop();
      worker = null;
    },
    person: async (login, role, unit = unitId) => {
      await admin.send('POST', '/accounts', {
        login,
        name: login,
        roles: [role],
        unitId: unit,
        password: FIRST_PASSWORD,
      });
      return await ApiClient.signIn(url, login, FIRST_PASSWORD);
    },
    stop: async () => {
      await worker?.stop();
      await api.stop();
      await signer.stop();
      await postgres.stop();
    },
  };
}

/** Those that keep the log and watch it have rights of their own. */
async function logLogins(ownerUrl: string): Promise<Record<string, string>> {
  const login = (name: string, group: 'liuhen_sequencer' | 'liuhen_verifier'): Promise<string> =>
    makeLogin(ownerUrl, { name, password: 'bench' }, group);
  return {
    LIUHEN_LEDGER_DATABASE_URL: await login('liuhen_log', 'liuhen_sequencer'),
    LIUHEN_VERIFIER_DATABASE_URL: await login('liuhen_watch', 'liuhen_verifier'),
  };
}

async function firstAdministrator(env: Record<string, string>, databaseUrl: string): Promise<string> {
  const options = archiveOptions(loadConfig(env, 'cli'), databaseUrl);
  const { archive, close } = await openArchive({
    ...options,
    applicationName: 'liuhen-bench',
    digestThreads: 1,
    log: QUIET,
  });
  try {
    await archive.cases.keepProcedures.run(join(ROOT, 'procedures'));
    await archive.forms.keepTemplates.run(join(ROOT, 'forms'));
    await archive.law.keepCalendar.run(join(ROOT, 'calendars', 'china.json'));
    await archive.recorders.keepNameRules.run(join(ROOT, 'recorder-names'));
    await archive.reviews.keepCatalogues.run(join(ROOT, 'catalogues'));
    const made = await archive.people.makeFirstAdministrator.run('基准测试局');
    if (!made) throw new Error('the database of the benchmark is not new');
    return made.oneTimePassword;
  } finally {
    await close();
  }
}
