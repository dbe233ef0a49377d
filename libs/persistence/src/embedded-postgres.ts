import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ArchiveError } from '#domain';
import { freePort } from './free-port.js';
import { commandAs, findPostgresBinaries, findPostgresUser, type PostgresUser } from './postgres-binaries.js';
import { cleanEnvironment, openLog, prepareCluster, readPassword } from './postgres-cluster.js';

/**
 * A real PostgreSQL run beside the archive, for the embedded shape and for tests.
 *
 * In `dir`: `data` (the cluster, with checksums), `password` (0600, of the superuser), `postgres.log`. Nothing in it
 * names its own place, so the folder may be moved while the server is down. Listens on 127.0.0.1 only.
 *
 * The server runs in a process group of its own: Ctrl-C reaches us, not it, so that work can end before the database
 * does. If we are killed it lives on, and the next start takes it over.
 */
export interface EmbeddedPostgresOptions {
  readonly dir: string;
  /** A free port is chosen when not given; a server taken over keeps the port it has. */
  readonly port?: number;
  /** How long crash recovery may take, milliseconds. */
  readonly startTimeoutMs?: number;
}

export interface EmbeddedPostgres {
  readonly pid: number;
  readonly port: number;
  /** True when a server left running by a killed process was taken over. */
  readonly takenOver: boolean;
  /** Superuser, database `postgres`. Holds the password. */
  readonly superuserUrl: string;
  /** Superuser, the named database (which must exist). Holds the password. */
  urlOf(database: string): string;
  /** Ends sessions, writes a checkpoint, waits until the server is gone. Safe to call twice. */
  stop(): Promise<void>;
}

const SUPERUSER = 'postgres';
const START_TIMEOUT_MS = 300_000;
const LAUNCHES = 6;

/** Starts the server, or takes over the one already running in `dir`. Throws `database-unavailable`. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true });
  for (let tries = 1; tries <= LAUNCHES; tries += 1) {
    const server = (await findEmbeddedPostgres(dir)) ?? (await launchOnce(dir, options));
    if (server !== null) {
      return server;
    }
    // It ended at once: another start was faster (found next time), or what is left of a killed server still holds
    // its shared memory for a moment.
    await sleep(tries * 200);
  }
  throw new ArchiveError('database-unavailable', `PostgreSQL does not stay up; see ${join(dir, 'postgres.log')}`);
}

/** The server running in `dir`, or null. Waits for one that is still starting up. */
export async function findEmbeddedPostgres(dir: string): Promise<EmbeddedPostgres | null> {
  const lock = await readLockFile(dir);
  if (lock === null || !(await isServerOf(lock.pid, dir))) {
    await dropForeignLock(dir, lock);
    return null;
  }
  const server = serverAt(dir, { ...lock, password: await readPassword(dir), takenOver: true });
  try {
    await untilReady(server.superuserUrl, START_TIMEOUT_MS, () => isAlive(lock.pid));
    return server;
  } catch (error) {
    if (await isServerOf(lock.pid, dir)) {
      throw error;
    }
    return null;
  }
}

/**
 * A lock file whose pid now belongs to another program (after a reboot, in a container): PostgreSQL would refuse to
 * start if that program runs under its own user. One whose pid is dead it replaces by itself.
 */
async function dropForeignLock(dir: string, lock: { readonly pid: number } | null): Promise<void> {
  if (lock !== null && isAlive(lock.pid) && (await readLockFile(dir))?.pid === lock.pid) {
    await rm(join(dir, 'data', 'postmaster.pid'), { force: true });
  }
}

/** @returns null when the server ended before it was ready */
async function launchOnce(dir: string, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres | null> {
  const user = await findPostgresUser();
  const password = await prepareCluster(dir, user);
  const port = options.port ?? (await freePort());
  const child = await launch(dir, user, port);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const server = serverAt(dir, { pid: child.pid ?? 0, port, password, takenOver: false });
  try {
    await untilReady(server.superuserUrl, options.startTimeoutMs ?? START_TIMEOUT_MS, isRunning);
    return server;
  } catch (error) {
    if (!isRunning()) {
      return null;
    }
    await server.stop();
    throw error;
  }
}

interface Running {
  readonly pid: number;
  readonly port: number;
  readonly password: string;
  readonly takenOver: boolean;
}

function serverAt(dir: string, running: Running): EmbeddedPostgres {
  const { pid, port, takenOver } = running;
  const urlOf = (database: string) =>
    `postgresql://${SUPERUSER}:${running.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  return { pid, port, takenOver, superuserUrl: urlOf('postgres'), urlOf, stop: () => stopServer(pid, dir) };
}

async function launch(dir: string, user: PostgresUser | null, port: number): Promise<ChildProcess> {
  const binaries = await findPostgresBinaries(dir);
  const data = join(dir, 'data');
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    // What is acknowledged must survive a power cut; none of these may be weakened by a file in the data folder.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_min_messages: 'warning',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const command = await commandAs(user, binaries.postgres, args, [join(data, 'x')]);
  const log = await openLog(dir);
  try {
    const child = spawn(command.command, command.args, {
      cwd: '/',
      env: cleanEnvironment(binaries.env),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await new Promise<void>((done, fail) => child.once('spawn', done).once('error', fail));
    child.unref();
    return child;
  } catch (cause) {
    throw new ArchiveError('database-unavailable', `PostgreSQL could not be started (${command.command})`, { cause });
  } finally {
    await log.close();
  }
}

async function untilReady(url: string, timeoutMs: number, isRunning: () => boolean): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch (cause) {
      if (isWrongPassword(cause) || !isRunning() || Date.now() > deadline) {
        throw new ArchiveError('database-unavailable', 'the embedded PostgreSQL did not start', { cause });
      }
    } finally {
      await client.end().catch(() => undefined);
    }
    await sleep(50);
  }
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '28P01';
}

/** SIGINT is PostgreSQL's fast shutdown; it is not followed by anything harder, which would only mean recovery later. */
async function stopServer(pid: number, dir: string): Promise<void> {
  if (!(await isServerOf(pid, dir))) {
    return;
  }
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    return;
  }
  while (isAlive(pid) && (await isServerOf(pid, dir))) {
    await sleep(20);
  }
}

/** Lines of postmaster.pid (src/include/utils/pidfile.h): 1 pid, 4 port. */
async function readLockFile(dir: string): Promise<{ pid: number; port: number } | null> {
  const text = await readFile(join(dir, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return pid > 0 && port > 0 ? { pid, port } : null;
}

/** Whether the process is a PostgreSQL working in this very folder, wherever the folder is now. */
async function isServerOf(pid: number, dir: string): Promise<boolean> {
  if (!isAlive(pid)) {
    return false;
  }
  if (process.platform !== 'linux') {
    return true;
  }
  try {
    const [program, place, ours] = await Promise.all([
      readlink(`/proc/${pid}/exe`),
      stat(`/proc/${pid}/cwd`),
      stat(join(dir, 'data')),
    ]);
    return /\/postgres( \(deleted\))?$/.test(program) && place.dev === ours.dev && place.ino === ours.ino;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
