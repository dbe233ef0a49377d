import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import type { Problem, Session } from '#contract';
import { makeServer } from '../../apps/api/src/server.js';
import { type RunningArchive, type RunningOptions, runArchive } from './running-archive.js';

export interface RunningApi extends RunningArchive {
  readonly url: string;
  /** Creates an account with these roles and signs it in. */
  signIn(
    roles: readonly ('officer' | 'archivist' | 'supervisor' | 'administrator')[],
    unitId?: string,
  ): Promise<ApiClient>;
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

/** Speaks to the API as curl would: a bearer token, JSON, no browser. */
export class ApiClient {
  readonly url: string;
  readonly session: Session;

  constructor(url: string, session: Session) {
    this.url = url;
    this.session = session;
  }

  /** Signs in and, where a one-time password has to be changed first, changes it. */
  static async signIn(url: string, login: string, password: string): Promise<ApiClient> {
    const once = await ApiClient.#open(url, login, password);
    if (!once.session.account.mustChangePassword) return once;
    await once.send('POST', '/session/password', { current: password, next: `${password}!` });
    return await ApiClient.#open(url, login, `${password}!`);
  }

  static async #open(url: string, login: string, password: string): Promise<ApiClient> {
    const response = await fetch(`${url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login, password }),
    });
    if (response.status !== 201) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
    return new ApiClient(url, (await response.json()) as Session);
  }

  get authorization(): Record<string, string> {
    return { Authorization: `Bearer ${this.session.token}` };
  }

  /** Any request; the answer as it is. */
  async raw(
    method: string,
    path: string,
    init: { headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> } = {},
  ): Promise<Response> {
    return await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { ...this.authorization, ...init.headers },
      ...(init.body === undefined ? {} : { body: init.body }),
    });
  }

  /** JSON in, JSON out; throws the problem when refused. */
  async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.raw(
      method,
      path,
      body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
    );
    const text = await response.text();
    if (!response.ok) throw new Refused(text === '' ? null : (JSON.parse(text) as Problem), response.status);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Uploads bytes in one PATCH; returns the asset id. */
  async upload(bytes: Buffer, metadata: Record<string, string>): Promise<string> {
    const encoded = Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
    const created = await this.raw('POST', '/uploads', {
      headers: {
        'Tus-Resumable': '1.0.0',
        'Upload-Length': String(bytes.length),
        'Upload-Metadata': encoded.join(','),
        ...(bytes.length > 0 ? { 'Content-Type': 'application/offset+octet-stream' } : {}),
      },
      ...(bytes.length > 0 ? { body: new Uint8Array(bytes) } : {}),
    });
    if (created.status !== 201) throw new Refused((await created.json()) as Problem, created.status);
    return created.headers.get('location')?.split('/').at(-1) ?? '';
  }
}

/** A problem answer, for tests that expect one. */
export class Refused extends Error {
  readonly problem: Problem | null;
  readonly status: number;

  constructor(problem: Problem | null, status: number) {
    super(`${status} ${problem?.code ?? ''} ${JSON.stringify(problem?.details ?? {})}`);
    this.problem = problem;
    this.status = status;
  }
}

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}
