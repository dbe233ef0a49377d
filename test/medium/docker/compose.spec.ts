import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { loadConfig } from '#config';
import { freePort } from '#persistence';
import { Folders, startSigner } from '../../support/signing-processes.js';
import {
  type Compose,
  knownNames,
  makeSecrets,
  mountOf,
  networksOf,
  OUR_SERVICES,
  readCompose,
  readComposeWith,
  type Secrets,
  serviceOf,
} from './compose-file.js';

describe('the server shape', () => {
  let compose: Compose;
  let secrets: Secrets;

  beforeAll(async () => {
    compose = await readCompose();
    secrets = await makeSecrets();
  });
  afterAll(async () => {
    await secrets.remove();
  });

  it('gives every part settings that it accepts', () => {
    for (const [name, app] of Object.entries(OUR_SERVICES)) {
      const { environment } = serviceOf(compose, name);
      for (const setting of Object.keys(environment)) expect(knownNames()).toContain(setting);
      if (app === 'signer') continue;
      const config = loadConfig(environmentOf(name), app);
      expect(config.store).toMatchObject({ kind: 's3', endpoint: 'http://store:9000' });
      expect(config.queue.kind).toBe('redis');
      expect(config.database.url?.reveal()).toMatch(/^postgresql:\/\/liuhen_run:[0-9a-f]{48}@postgres:5432\/liuhen$/);
    }
  });

  const environmentOf = (name: string, from = compose): Record<string, string> =>
    Object.fromEntries(
      Object.entries(serviceOf(from, name).environment).map(([key, value]) => [
        key,
        value.replace('/run/secrets', secrets.dir),
      ]),
    );

  it('lets each part see the secrets it names, and no others', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      const text = JSON.stringify([service.environment, service.command]);
      const named = [...text.matchAll(/\/run\/secrets\/(\w+)/g)].map(([, secret]) => secret ?? '');
      for (const secret of named) expect([name, service.secrets]).toEqual([name, expect.arrayContaining([secret])]);
      for (const secret of service.secrets) expect(Object.keys(compose.secrets)).toContain(secret);
      if (OUR_SERVICES[name] !== undefined) expect([...service.secrets].sort()).toEqual(named.sort());
    }
    const owners = (secret: string): string[] =>
      Object.keys(compose.services).filter((name) => serviceOf(compose, name).secrets.includes(secret));
    expect(owners('database_owner_url')).toEqual(['migrate']);
    for (const login of ['ledger_database_url', 'verifier_database_url'])
      expect(owners(login)).toEqual(['migrate', 'worker']);
    expect(serviceOf(compose, 'signer').secrets).toEqual([]);
  });

  it('gives growing the log and watching over it a login each, which migrate is told to make', () => {
    const logins = (['worker', 'migrate'] as const).map((name) => {
      const { database, ledger } = loadConfig(environmentOf(name), name === 'worker' ? 'worker' : 'cli');
      return [database.url, ledger.sequencerUrl, ledger.verifierUrl].map((url) => url?.reveal() ?? '');
    });
    expect(logins[0]).toEqual(logins[1]);
    const urls = (logins[0] ?? []).map((url) => new URL(url));
    expect(urls.map(({ username }) => username)).toEqual(['liuhen_run', 'liuhen_log', 'liuhen_watch']);
    expect(new Set(urls.map(({ password }) => password)).size).toBe(3);
    expect(new Set(urls.map(({ host, pathname }) => host + pathname))).toEqual(new Set(['postgres:5432/liuhen']));
  });

  it('keeps the key of the log from everyone but the signer, and the signer from every network', () => {
    const signer = serviceOf(compose, 'signer');
    const { signer: settings } = loadConfig(environmentOf('signer'), 'signer');
    expect([signer.network_mode, networksOf(signer), signer.ports]).toEqual(['none', [], []]);
    expect(mountOf(signer, 'signer')).toEqual({ path: settings.dir, readOnly: false });
    expect(mountOf(signer, 'socket')).toEqual({ path: dirname(settings.socketPath), readOnly: false });
    expect(settings.dir.startsWith(dirname(settings.socketPath))).toBe(false);
    expect(settings.origin).toBeNull();
    for (const [name, service] of Object.entries(compose.services)) {
      if (name === 'signer') continue;
      expect([name, mountOf(service, 'signer')]).toEqual([name, null]);
      const asks = name === 'api' || name === 'worker';
      const wanted = asks ? { path: '/run/liuhen', readOnly: true } : null;
      expect([name, mountOf(service, 'socket')]).toEqual([name, wanted]);
      if (!asks) continue;
      expect(loadConfig(environmentOf(name), name).signer.socketPath).toBe(settings.socketPath);
      expect(service.depends_on.signer).toEqual({ condition: 'service_healthy' });
    }
  });

  it('takes the name of the log from the environment', async () => {
    const named = await readCompose({ LOG_ORIGIN: 'archive.example.gov.cn/log' });
    expect(loadConfig(environmentOf('signer', named), 'signer').signer.origin).toBe('archive.example.gov.cn/log');
  });

  it('keeps what the watch has verified longer than a container, and for every worker', () => {
    const { ledger, data } = loadConfig({ LIUHEN_DATA: '/data', ...environmentOf('worker') }, 'worker');
    expect(ledger.watchDir.startsWith(`${data.dir}/`)).toBe(true);
    for (const [name, service] of Object.entries(compose.services)) {
      const wanted = name === 'worker' ? { path: ledger.watchDir, readOnly: false } : null;
      expect([name, mountOf(service, 'watch')]).toEqual([name, wanted]);
    }
  });

  it('declares every volume that is mounted', () => {
    const used = Object.values(compose.services)
      .flatMap(({ volumes }) => volumes.map((mount) => mount.split(':')[0] ?? ''))
      .filter((source) => /^\w+$/.test(source));
    expect(Object.keys(compose.volumes).sort()).toEqual([...new Set(used)].sort());
  });

  it("tells a worker's metrics on the network behind, to who has the token", () => {
    const worker = serviceOf(compose, 'worker');
    const config = loadConfig(environmentOf('worker'), 'worker');
    expect(config.worker.listen).toEqual({ host: '0.0.0.0', port: 9_464 });
    expect(config.metrics.token?.reveal()).toMatch(/^[0-9a-f]{48}$/);
    expect(config.metrics.token?.reveal()).toBe(loadConfig(environmentOf('api'), 'api').metrics.token?.reveal());
    expect(networksOf(worker)).toEqual(['back']);
    expect(worker.healthcheck?.test?.join(' ')).toContain('http://127.0.0.1:9464/healthz');
    const { LIUHEN_METRICS_TOKEN_FILE: _, ...without } = environmentOf('worker');
    expect(() => loadConfig(without, 'worker')).toThrow('LIUHEN_METRICS_TOKEN');
  });

  it('asks the signer for its health on its socket', async () => {
    const folders = new Folders();
    const [dir, place] = [await folders.make(), await folders.make()];
    const { LIUHEN_SIGNER_SOCKET: path = '' } = serviceOf(compose, 'signer').environment;
    const socket = join(place, basename(path));
    const [kind, command = '', ...args] = serviceOf(compose, 'signer').healthcheck?.test ?? [];
    expect(kind).toBe('CMD');
    const env = { ...process.env, NODE_OPTIONS: '', LIUHEN_SIGNER_SOCKET: socket };
    const exitCode = (): Promise<number | null> =>
      new Promise((done) => spawn(command, args, { env, stdio: 'ignore' }).once('exit', done));
    expect(await exitCode()).toBe(1);
    const { child } = await startSigner(dir, { LIUHEN_SIGNER_SOCKET: socket, LIUHEN_LOG_ORIGIN: '' });
    expect(await exitCode()).toBe(0);
    await child.kill();
    expect(await exitCode()).toBe(1);
    await folders.remove();
  });

  it('lets the worker out to witnesses and an authority only when asked to', async () => {
    const path = 'docker/outside.yaml';
    const bare = await readComposeWith(path, {});
    expect(loadConfig(environmentOf('worker', bare), 'worker').ledger).toMatchObject({
      policyFile: null,
      authority: null,
    });
    const full = await readComposeWith(path, {
      LEDGER_POLICY: '/etc/liuhen/policy',
      TSA_URL: 'https://tsa.example.org/',
      TSA_ROOTS: '/etc/liuhen/roots.pem',
    });
    expect(loadConfig(environmentOf('worker', full), 'worker').ledger).toMatchObject({
      policyFile: '/etc/liuhen/policy',
      authority: { url: 'https://tsa.example.org', rootsFile: '/etc/liuhen/roots.pem' },
    });
    expect(mountOf(serviceOf(full, 'worker'), './outside')).toEqual({ path: '/etc/liuhen', readOnly: true });
    const isOutside = (network: string): boolean => full.networks[network]?.internal !== true;
    for (const [name, service] of Object.entries(full.services)) {
      const outside = { proxy: ['edge'], worker: ['outside'] }[name] ?? [];
      expect([name, networksOf(service).filter(isOutside)]).toEqual([name, outside]);
    }
  });

  it('runs two APIs, reached only through the proxy, and believes that proxy alone', () => {
    const api = serviceOf(compose, 'api');
    expect(api.deploy?.replicas).toBe(2);
    const open = Object.entries(compose.services).filter(([, { ports }]) => ports.length > 0);
    expect(open.map(([name]) => name)).toEqual(['proxy']);
    const { front } = serviceOf(compose, 'proxy').networks as Record<string, { ipv4_address: string }>;
    expect(api.environment.LIUHEN_TRUSTED_PROXIES).toBe(front?.ipv4_address);
    expect(api.environment.LIUHEN_BEHIND_TLS_PROXY).toBe('true');
    for (const [name, service] of Object.entries(compose.services)) {
      const outside = networksOf(service).filter((network) => compose.networks[network]?.internal !== true);
      expect([name, outside]).toEqual([name, name === 'proxy' ? ['edge'] : []]);
    }
  });

  it('takes away every right that is not needed, and pins every image', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      expect([name, service.cap_drop, service.read_only]).toEqual([name, ['ALL'], true]);
      expect([name, service.security_opt]).toEqual([name, expect.arrayContaining(['no-new-privileges:true'])]);
      expect(service.image).toMatch(/:[\w.-]*\d[\w.-]*$/);
    }
  });

  it('asks every lasting part for its health', () => {
    for (const [name, { healthcheck }] of Object.entries(compose.services)) {
      if (name === 'api') expect(healthcheck).toBeUndefined();
      else if (name === 'migrate') expect(healthcheck?.disable).toBe(true);
      else expect([name, healthcheck?.test?.[0]]).toEqual([name, expect.stringMatching(/^CMD/)]);
    }
  });

  it('lets the store keep parts of unfinished uploads longer than they are promised', () => {
    const hours = Number(serviceOf(compose, 'api').environment.LIUHEN_UPLOAD_EXPIRES_HOURS);
    const [, kept] =
      /^(\d+)h$/.exec(serviceOf(compose, 'store').environment.MINIO_API_STALE_UPLOADS_EXPIRY ?? '') ?? [];
    expect(Number(kept)).toBeGreaterThan(hours);
  });

  it('starts a Redis that asks for the password, appends to a file and evicts nothing', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liuhen-redis-'));
    const port = await freePort();
    const [program = '', ...args] = (serviceOf(compose, 'redis').command ?? []).map((word) =>
      word.replace('/run/secrets', secrets.dir),
    );
    const server = spawn(program, [...args, '--port', String(port), '--dir', dir], { stdio: 'ignore' });
    try {
      const url = (await readFile(join(secrets.dir, 'redis_url'), 'utf8')).replace('redis:6379', `127.0.0.1:${port}`);
      const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
      client.on('error', () => undefined);
      expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
      expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      client.disconnect();
      const stranger = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 0 });
      stranger.on('error', () => undefined);
      await expect(stranger.get('x')).rejects.toThrow('NOAUTH');
      stranger.disconnect();
    } finally {
      await ended(server);
      await rm(dir, { recursive: true, force: true });
    }
  });
});

async function ended(server: ChildProcess): Promise<void> {
  const gone = new Promise((done) => server.once('exit', done));
  server.kill('SIGTERM');
  await gone;
}
