import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type App, describeSettings, loadConfig } from '#config';
import { freePort } from '#persistence';
import { type Compose, makeSecrets, readCompose, type Secrets, serviceOf } from './compose-file.js';

const OUR_SERVICES: Readonly<Record<string, App>> = { api: 'api', worker: 'worker', migrate: 'cli' };

describe('the image', () => {
  let dockerfile: string;
  let instructions: string[];

  beforeAll(async () => {
    dockerfile = await readFile('docker/Dockerfile', 'utf8');
    const text = dockerfile.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n/g, ' ');
    instructions = text.split('\n').filter((line) => line.trim() !== '');
  });
  const all = (name: string): string[] =>
    instructions.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length).trim());

  it('is built on an image that is an argument, in every stage', () => {
    expect(instructions[0]).toBe('ARG BASE_IMAGE=node:20-bookworm-slim');
    for (const from of all('FROM')) expect(from).toMatch(/^\$\{BASE_IMAGE\}( |$)/);
    expect(all('FROM').length).toBeGreaterThan(1);
  });

  it('runs as a user that is not root, by number', () => {
    const [, user, group] = /^(\d+):(\d+)$/.exec(all('USER').at(-1) ?? '') ?? [];
    expect(Number(user)).toBeGreaterThan(0);
    expect(Number(group)).toBeGreaterThan(0);
    expect(instructions.findIndex((line) => line.startsWith('USER'))).toBeLessThan(
      instructions.findIndex((line) => line.startsWith('ENTRYPOINT')),
    );
  });

  it('brings the programs that touch evidence', () => {
    for (const name of ['ffmpeg', 'poppler-utils', 'bubblewrap', 'fonts-noto-cjk', 'util-linux']) {
      expect(dockerfile).toMatch(new RegExp(`^ {6}.*\\b${name}\\b`, 'm'));
    }
  });

  it('asks the API for its health: well on 200, not on 503 or silence', async () => {
    const [, words = '[]'] = /CMD (\[.*\])/.exec(all('HEALTHCHECK')[0] ?? '') ?? [];
    const [command = '', ...args] = JSON.parse(words) as string[];
    let status = 200;
    const server = createServer((request, response) =>
      response.writeHead(request.url === '/healthz' ? status : 404).end(),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const env = { ...process.env, NODE_OPTIONS: '', LIUHEN_PORT: String((server.address() as AddressInfo).port) };
    const exitCode = (): Promise<number | null> =>
      new Promise((done) => spawn(command, args, { env, stdio: 'ignore' }).once('exit', done));
    expect(await exitCode()).toBe(0);
    status = 503;
    expect(await exitCode()).toBe(1);
    await new Promise((done) => server.close(done));
    expect(await exitCode()).toBe(1);
  });

  it('starts with a script that is sound, and names only settings that exist', async () => {
    expect(spawnSync('sh', ['-n', 'docker/start.sh']).status).toBe(0);
    expect(spawnSync('sh', ['-n', 'docker/postgres/10-owner.sh']).status).toBe(0);
    for (const name of dockerfile.match(/LIUHEN_\w+/g) ?? []) expect(knownNames()).toContain(name);
  });
});

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
      const env = Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [key, value.replace('/run/secrets', secrets.dir)]),
      );
      const config = loadConfig(env, app);
      expect(config.store).toMatchObject({ kind: 's3', endpoint: 'http://store:9000' });
      expect(config.queue.kind).toBe('redis');
      expect(config.database.url?.reveal()).toMatch(/^postgresql:\/\/liuhen_run:[0-9a-f]{48}@postgres:5432\/liuhen$/);
    }
  });

  it('lets each part see the secrets it names, and no others', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      const text = JSON.stringify([service.environment, service.command]);
      const named = [...text.matchAll(/\/run\/secrets\/(\w+)/g)].map(([, secret]) => secret ?? '');
      for (const secret of named) expect([name, service.secrets]).toEqual([name, expect.arrayContaining([secret])]);
      for (const secret of service.secrets) expect(Object.keys(compose.secrets)).toContain(secret);
      if (OUR_SERVICES[name] !== undefined) expect([...service.secrets].sort()).toEqual(named.sort());
    }
    expect(serviceOf(compose, 'api').secrets).not.toContain('database_owner_url');
    expect(serviceOf(compose, 'worker').secrets).not.toContain('database_owner_url');
  });

  it('runs two APIs, reached only through the proxy, and believes that proxy alone', () => {
    const api = serviceOf(compose, 'api');
    expect(api.deploy?.replicas).toBe(2);
    const open = Object.entries(compose.services).filter(([, { ports }]) => ports.length > 0);
    expect(open.map(([name]) => name)).toEqual(['proxy']);
    const { front } = serviceOf(compose, 'proxy').networks as Record<string, { ipv4_address: string }>;
    expect(api.environment.LIUHEN_TRUSTED_PROXIES).toBe(front?.ipv4_address);
    expect(api.environment.LIUHEN_BEHIND_TLS_PROXY).toBe('true');
    for (const [name, { networks }] of Object.entries(compose.services)) {
      const outside = (Array.isArray(networks) ? networks : Object.keys(networks)).filter(
        (network) => compose.networks[network]?.internal !== true,
      );
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

/** Names as they may stand in an environment: a secret's also with _FILE. */
function knownNames(): string[] {
  return describeSettings().flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
}

async function ended(server: ChildProcess): Promise<void> {
  const gone = new Promise((done) => server.once('exit', done));
  server.kill('SIGTERM');
  await gone;
}
