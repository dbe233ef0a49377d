import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#persistence';

export interface RunningProxy {
  readonly httpPort: number;
  readonly httpsPort: number;
  stop(): Promise<void>;
}

/**
 * docker/nginx.conf in a real nginx (Debian package `nginx-light` or `nginx`), with the places it names moved: ports,
 * secrets, /tmp, the name server. Everything else is as in the file.
 */
export async function startProxy(places: {
  readonly apiPort: number;
  readonly nameServerPort: number;
  readonly secretsDir: string;
}): Promise<RunningProxy> {
  const dir = await mkdtemp(join(tmpdir(), 'liuhen-proxy-'));
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  const text = await readFile('docker/nginx.conf', 'utf8');
  const moved: readonly (readonly [string, string])[] = [
    // First: the places below are in the system's /tmp themselves.
    ['/tmp/', `${dir}/`],
    ['listen 8080;', `listen 127.0.0.1:${httpPort};`],
    ['listen 8443 ssl;', `listen 127.0.0.1:${httpsPort} ssl;`],
    ['resolver 127.0.0.11 ', `resolver 127.0.0.1:${places.nameServerPort} `],
    ['http://api:8080', `http://api:${places.apiPort}`],
    ['/run/secrets/', `${places.secretsDir}/`],
    ['/dev/stdout', `${dir}/access.log`],
  ];
  let conf = text;
  for (const [from, to] of moved) {
    if (!conf.includes(from)) throw new Error(`nginx.conf no longer says: ${from}`);
    conf = conf.replaceAll(from, to);
  }
  await writeFile(join(dir, 'nginx.conf'), conf);
  // As root it would give its folders to another user, who may not enter this one.
  const asUs = process.getuid?.() === 0 ? 'user root; ' : '';
  const args = ['-p', dir, '-c', join(dir, 'nginx.conf'), '-g', `${asUs}daemon off;`];
  const server = spawn('nginx', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  server.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  const failed = new Promise<never>((_, fail) => {
    server.once('error', () => fail(new Error('nginx is missing: install the Debian package "nginx-light"')));
    server.once('exit', (code) => fail(new Error(`nginx ended with ${code}: ${words}`)));
  });
  failed.catch(() => undefined);
  await Promise.race([listening(httpsPort), failed]);
  return {
    httpPort,
    httpsPort,
    stop: async () => {
      await ended(server);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const isOpen = await new Promise<boolean>((done) => {
      const probe = connect(port, '127.0.0.1', () => done(true)).once('error', () => done(false));
      probe.once('connect', () => probe.destroy());
    });
    if (isOpen) return;
    await sleep(50);
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const gone = new Promise((done) => server.once('exit', done));
  server.kill('SIGTERM');
  await gone;
}
