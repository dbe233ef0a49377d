import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import pg from 'pg';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../../../libs/persistence/src/embedded-postgres.js';
import { completeSymlinks } from '../../../libs/persistence/src/postgres-binaries.js';
import { startChild } from '../../support/child-process.js';

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

jest.setTimeout(60_000);

describe('embedded PostgreSQL', () => {
  let parent: string;
  let dir: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'liuhen-embedded-'));
    dir = join(parent, 'here');
  });

  afterEach(async () => {
    await (await findEmbeddedPostgres(dir))?.stop();
    await rm(parent, { recursive: true, force: true });
  });

  it('keeps its data over restarts and in a moved folder, durable and with checksums', async () => {
    const first = await startEmbeddedPostgres({ dir });
    await ask(first.superuserUrl, "create table note as select '违法行为'::text as words");
    const settings = await ask(
      first.superuserUrl,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
              current_setting('data_checksums') as checksums, current_setting('listen_addresses') as listen,
              current_setting('unix_socket_directories') as sockets`,
    );
    expect(settings).toEqual([{ fsync: 'on', commit: 'on', checksums: 'on', listen: '127.0.0.1', sockets: '' }]);
    await first.stop();
    await first.stop();

    await rename(dir, join(parent, 'there'));
    dir = join(parent, 'there');
    const second = await startEmbeddedPostgres({ dir });
    expect(await ask(second.superuserUrl, 'select words from note')).toEqual([{ words: '违法行为' }]);
  });

  it('sees letters in Chinese, so that fragments can be searched', async () => {
    const { superuserUrl } = await startEmbeddedPostgres({ dir });
    await ask(superuserUrl, 'create extension pg_trgm');
    const [row] = await ask(superuserUrl, "select cardinality(show_trgm('违法行为')) as count");
    expect(row?.count).toBeGreaterThan(0);
  });

  it('refuses a wrong password and keeps its own to itself', async () => {
    const { superuserUrl } = await startEmbeddedPostgres({ dir });
    const wrong = new URL(superuserUrl);
    wrong.password = 'guess';
    await expect(ask(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(dir, 'password'))).mode & 0o777).toBe(0o600);
  });

  it('takes over the server that a killed process left running', async () => {
    const child = await startChild(new URL('../../support/postgres-child.ts', import.meta.url), [dir]);
    const pid = Number(await child.nextLine());
    await child.kill();
    const second = await startEmbeddedPostgres({ dir });
    expect(second).toMatchObject({ takenOver: true, pid });
    await second.stop();
    expect(await findEmbeddedPostgres(dir)).toBeNull();
  });

  it('recovers after the server itself was killed', async () => {
    const first = await startEmbeddedPostgres({ dir });
    await ask(first.superuserUrl, 'create table kept as select 1 as one');
    process.kill(first.pid, 'SIGKILL');
    const second = await startEmbeddedPostgres({ dir });
    expect(second.takenOver).toBe(false);
    expect(await ask(second.superuserUrl, 'select one from kept')).toEqual([{ one: 1 }]);
  });

  it('starts although its lock file names a process of another program', async () => {
    await (await startEmbeddedPostgres({ dir })).stop();
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore', uid: (await stat(join(dir, 'data'))).uid });
    try {
      await writeFile(
        join(dir, 'data', 'postmaster.pid'),
        `${stranger.pid}\n${dir}/data\n1\n5432\n\n127.0.0.1\n\nready\n`,
      );
      const server = await startEmbeddedPostgres({ dir });
      expect(server.takenOver).toBe(false);
      expect(stranger.exitCode).toBeNull();
    } finally {
      stranger.kill();
      await once(stranger, 'exit');
    }
  });

  it('begins again after the making of the cluster was cut', async () => {
    await startEmbeddedPostgres({ dir }).then((server) => server.stop());
    await rename(join(dir, 'data'), join(dir, 'data.new'));
    await rm(join(dir, 'data.new', 'global'), { recursive: true });
    const server = await startEmbeddedPostgres({ dir });
    expect(await ask(server.superuserUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is one server when two processes start it at once', async () => {
    await startEmbeddedPostgres({ dir }).then((server) => server.stop());
    const [one, two] = await Promise.all([startEmbeddedPostgres({ dir }), startEmbeddedPostgres({ dir })]);
    expect(one.pid).toBe(two.pid);
    expect(await readFile(join(dir, 'data', 'postmaster.pid'), 'utf8')).toMatch(new RegExp(`^${one.pid}\n`));
  });
});

describe('the libraries of the embedded PostgreSQL', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liuhen-libraries-'));
    await mkdir(join(dir, 'package/native/lib'), { recursive: true });
    await writeFile(join(dir, 'package/native/lib/libpq.so.5.18'), 'library');
    const list = [
      { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so' },
      { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' },
    ];
    await writeFile(join(dir, 'package/native/pg-symlinks.json'), JSON.stringify(list));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('get the links that an install without scripts leaves out, relative and once', async () => {
    const native = join(dir, 'package/native');
    expect(await completeSymlinks(native, join(dir, 'spare'))).toBeNull();
    expect(await completeSymlinks(native, join(dir, 'spare'))).toBeNull();
    expect(await readlink(join(native, 'lib/libpq.so.5'))).toBe('libpq.so.5.18');
    expect(await readFile(join(native, 'lib/libpq.so'), 'utf8')).toBe('library');
  });

  it('get them elsewhere when the package cannot be written', async () => {
    const native = join(dir, 'package/native');
    // A folder that is a file: not even root can write into it.
    const list = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5.18/libpq.so' }];
    await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(list));
    const spare = join(dir, 'spare');
    await expect(completeSymlinks(native, spare)).resolves.toBe(join(spare, 'lib'));
    expect(await readFile(join(spare, 'lib/libpq.so'), 'utf8')).toBe('library');
  });
});
