import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../libs/persistence/src/embedded-postgres.js';

export interface TestPostgres {
  /** Superuser, database `postgres`. */
  readonly superuserUrl: string;
  /** Null when the server was started by someone else. */
  readonly pid: number | null;
  /** Stops what was started here; a server named by the environment is left running. */
  stop(): Promise<void>;
}

/** A real server: the one named by LIUHEN_TEST_POSTGRES_URL (a superuser's address), else one of our own. */
export async function startPostgres(dir?: string): Promise<TestPostgres> {
  const named = process.env.LIUHEN_TEST_POSTGRES_URL;
  if (named !== undefined && dir === undefined) {
    return { superuserUrl: named, pid: null, stop: async () => undefined };
  }
  const place = dir ?? (await mkdtemp(join(tmpdir(), 'liuhen-postgres-')));
  const server = await startEmbeddedPostgres({ dir: place });
  const watch = stopWithUs(server.pid);
  return {
    superuserUrl: server.superuserUrl,
    pid: server.pid,
    stop: async () => {
      await server.stop();
      watch.kill();
      if (dir === undefined) {
        await rm(place, { recursive: true, force: true });
      }
    },
  };
}

/**
 * The server lives in a process group of its own and would outlast a run that was killed. The end of the pipe tells
 * this little watcher that we are gone, however we went.
 */
function stopWithUs(pid: number): ChildProcess {
  const watcher = spawn('sh', ['-c', `read _; kill -INT ${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  if (watcher.stdin instanceof Socket) {
    watcher.stdin.unref();
  }
  return watcher;
}

export interface TestDatabase {
  /** The superuser's address of the new database. */
  readonly url: string;
  readonly name: string;
  /** Ends its sessions and drops it; the last one dropped stops a server started here. */
  drop(): Promise<void>;
}

/** One server for all databases of a test file. */
let shared: { server: Promise<TestPostgres>; users: number } | null = null;

/** A new, empty database on the shared server, or on one given. Call `drop` in `afterAll`. */
export async function freshDatabase(own?: TestPostgres): Promise<TestDatabase> {
  if (own !== undefined) return await makeDatabase(own, async () => undefined);
  shared ??= { server: startPostgres(), users: 0 };
  const current = shared;
  current.users += 1;
  const server = await current.server;
  return await makeDatabase(server, async () => {
    current.users -= 1;
    if (current.users > 0) return;
    shared = null;
    await server.stop();
  });
}

async function makeDatabase(server: TestPostgres, release: () => Promise<void>): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(server.superuserUrl, `create database ${name}`);
  const url = new URL(server.superuserUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    name,
    drop: async () => {
      await asSuperuser(server.superuserUrl, `drop database if exists ${name} with (force)`);
      await release();
    },
  };
}

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
