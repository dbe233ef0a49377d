import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '#domain';
import { commandAs, findPostgresBinaries, isReadable, type PostgresUser } from './postgres-binaries.js';

const SUPERUSER = 'postgres';
const LOG_LIMIT_BYTES = 16 * 2 ** 20;

/** initdb works in a folder of its own, renamed when complete: a crash leaves nothing half made. */
export async function prepareCluster(dir: string, user: PostgresUser | null): Promise<string> {
  const data = join(dir, 'data');
  if (await isReadable(join(data, 'PG_VERSION'))) {
    await restoreOwner(data, user);
    return readPassword(dir);
  }
  const fresh = join(dir, 'data.new');
  await rm(fresh, { recursive: true, force: true });
  const password = randomBytes(24).toString('hex');
  await writePassword(dir, password);
  await mkdir(fresh, { mode: 0o700 });
  const passwordCopy = join(dir, 'password.initdb');
  await writeFile(passwordCopy, password, { mode: 0o600 });
  if (user !== null) {
    await chown(fresh, user.uid, user.gid);
    await chown(passwordCopy, user.uid, user.gid);
  }
  try {
    await initialise(dir, fresh, passwordCopy, user);
  } finally {
    await rm(passwordCopy, { force: true });
  }
  await rename(fresh, data);
  await syncFolder(dir);
  return password;
}

async function initialise(dir: string, data: string, passwordFile: string, user: PostgresUser | null): Promise<void> {
  const binaries = await findPostgresBinaries(dir);
  // Order and case come from PostgreSQL's own tables, not from the machine's: an index stays right when the folder is
  // moved to another machine. LC_CTYPE must not be C, or pg_trgm sees no letters in Chinese.
  const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  const args = [
    `--pgdata=${data}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    `--locale=${locale}`,
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--lc-messages=C',
    '--data-checksums',
  ];
  const command = await commandAs(user, binaries.initdb, args, [join(data, 'x')]);
  const log = await openLog(dir);
  try {
    const child = spawn(command.command, command.args, {
      cwd: '/',
      env: cleanEnvironment(binaries.env),
      stdio: ['ignore', log.fd, log.fd],
    });
    const code = await exitOf(child);
    if (code !== 0) {
      throw new ArchiveError('database-unavailable', `initdb ended with ${code}; see ${join(dir, 'postgres.log')}`);
    }
  } finally {
    await log.close();
  }
}

/** A folder copied or unpacked by root belongs to root; the server reads only what is its own. */
async function restoreOwner(data: string, user: PostgresUser | null): Promise<void> {
  if (user === null || (await stat(data)).uid === user.uid) {
    return;
  }
  const code = await exitOf(spawn('chown', ['-R', `${user.uid}:${user.gid}`, data], { stdio: 'ignore' }));
  if (code !== 0) {
    throw new ArchiveError('database-unavailable', `the files in ${data} could not be given to the user postgres`);
  }
  await chmod(data, 0o700);
}

async function writePassword(dir: string, password: string): Promise<void> {
  const path = join(dir, 'password');
  const file = await open(`${path}.new`, 'w', 0o600);
  await file.writeFile(password);
  await file.sync();
  await file.close();
  await rename(`${path}.new`, path);
  await syncFolder(dir);
}

export async function readPassword(dir: string): Promise<string> {
  const path = join(dir, 'password');
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new ArchiveError('database-unavailable', `the password of the embedded database is missing: ${path}`, {
      cause,
    });
  });
  return text.trim();
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  await folder.sync();
  await folder.close();
}

/** Nothing of our own environment: PG* variables and secrets are not the server's business. */
export function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC', ...extra };
}

/** Appends; the file of an earlier run is put aside once it is large. */
export async function openLog(dir: string): Promise<FileHandle> {
  const path = join(dir, 'postgres.log');
  const sizeBytes = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (sizeBytes > LOG_LIMIT_BYTES) {
    await rename(path, `${path}.old`);
  }
  return open(path, 'a', 0o600);
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((done, fail) => child.once('error', fail).once('exit', (code) => done(code)));
}
