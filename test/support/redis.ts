import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '#persistence';

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Null when the server is named by LIUHEN_TEST_REDIS_URL: then it is neither stopped nor killed here. */
  readonly pid: number | null;
  /** Stops the server and removes its folder, when both are ours. */
  stop(): Promise<void>;
}

export interface RedisOptions {
  /** Kept after stop when given. */
  readonly dir?: string;
  readonly port?: number;
}

/**
 * A real Redis as the archive wants it (AOF, noeviction), or the one named by LIUHEN_TEST_REDIS_URL unless a folder
 * or port of one's own is asked for.
 */
export async function startRedis(options: RedisOptions = {}): Promise<TestRedis> {
  const named = process.env.LIUHEN_TEST_REDIS_URL;
  if (named !== undefined && options.dir === undefined && options.port === undefined) {
    return { url: named, port: Number(new URL(named).port || 6379), pid: null, stop: async () => undefined };
  }
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'liuhen-redis-')));
  const port = options.port ?? (await freePort());
  const server = spawn(
    'redis-server',
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir],
      ...['--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', ''],
    ],
    { stdio: 'ignore' },
  );
  await started(server);
  const url = `redis://127.0.0.1:${port}`;
  await answering(url, server);
  return {
    url,
    port,
    pid: server.pid ?? null,
    stop: async () => {
      await ended(server);
      if (options.dir === undefined) {
        await rm(dir, { recursive: true, force: true });
      }
    },
  };
}

function started(server: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    server.once('spawn', done);
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'ENOENT'
          ? new Error(
              'redis-server is missing: install the Debian package "redis-server", or set LIUHEN_TEST_REDIS_URL',
            )
          : error,
      ),
    );
  });
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  server.once('exit', () => client.disconnect());
  try {
    await client.ping();
  } finally {
    client.disconnect();
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) {
    return;
  }
  server.kill('SIGTERM');
  const gone = new Promise<void>((done) => server.once('exit', () => done()));
  await Promise.race([gone, sleep(10_000, undefined, { ref: false }).then(() => server.kill('SIGKILL'))]);
  await gone;
}
