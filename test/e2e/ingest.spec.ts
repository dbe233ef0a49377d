import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account, AssetSummary, Unit } from '#contract';
import type { ApiClient } from '../support/api-client.js';
import { BadLine } from '../support/bad-line.js';
import { BuiltArchive } from '../support/built-archive.js';

const MAIN = resolve('dist/apps/cli/src/main.js');
const MEBIBYTE = 1_048_576;

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

describe('a collecting station', () => {
  let archive: BuiltArchive;
  let line: BadLine;
  let chief: ApiClient;
  let archivist: ApiClient;
  let token: string;
  let stationId: string;
  let dir: string;
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    archive = await BuiltArchive.start();
    line = await BadLine.to(archive.url);
    chief = await archive.administrator();
    archivist = (await archive.person('archivist', ['archivist'])).client;
    const { items } = await chief.send<{ items: Unit[] }>('GET', '/units');
    const wish = { login: 'dock-1', name: '一号采集站', roles: ['station'], unitId: items[0]?.id };
    const made = await chief.send<{ account: Account; stationToken: { token: string } }>('POST', '/accounts', wish);
    token = made.stationToken.token;
    stationId = made.account.id;
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await line?.close();
    await archive?.stop();
  });
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liuhen-station-'));
    await mkdir(join(dir, 'DCIM'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  function start(...options: string[]): { child: ChildProcess; ended: Promise<Outcome> } {
    const args = [MAIN, 'ingest', join(dir, 'DCIM'), '--state', join(dir, 'state'), '--settle', '1', ...options];
    const env = { ...process.env, LIUHEN_TOKEN: token, LIUHEN_URL: line.url };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += `${chunk}`));
    const ended = once(child, 'close').then(([code]) => {
      children.delete(child);
      return { code: code as number | null, output };
    });
    return { child, ended };
  }

  async function lay(name: string, bytes: Buffer, at = new Date()): Promise<string> {
    const path = join(dir, 'DCIM', name);
    await writeFile(path, bytes);
    await utimes(path, at, at);
    return createHash('sha256').update(bytes).digest('hex');
  }

  async function archived(): Promise<AssetSummary[]> {
    return (await archivist.send<{ items: AssetSummary[] }>('GET', '/assets?limit=200')).items;
  }

  const journal = async (): Promise<{ path: string; state: string }[]> =>
    (await readFile(join(dir, 'state', 'journal.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));

  it('takes in key files first, keeps their receipts, and clears them only when told to', async () => {
    const ordinary = await lay('a.mp4', randomBytes(2 * MEBIBYTE), new Date('2020-01-01T00:00:00Z'));
    const marked = await lay('b_IMP.mp4', randomBytes(MEBIBYTE));
    await lay('empty.jpg', Buffer.alloc(0));
    const first = await start('--at-once', '1').ended;
    expect(first).toMatchObject({ code: 0, output: expect.stringContaining('sealed 3/3') });
    expect(await readdir(join(dir, 'DCIM'))).toHaveLength(3);
    const sent = (await journal()).filter(({ state }) => state === 'sent').map(({ path }) => path.split('/').at(-1));
    expect(sent[0]).toBe('b_IMP.mp4');
    const mine = (await archived()).filter(({ fileName }) => ['a.mp4', 'b_IMP.mp4'].includes(fileName));
    expect(mine.map(({ custody }) => custody)).toEqual(['sealed', 'sealed']);
    const receipts = await readdir(join(dir, 'state', 'receipts'));
    const texts = await Promise.all(receipts.map((name) => readFile(join(dir, 'state', 'receipts', name), 'utf8')));
    for (const digest of [ordinary, marked]) expect(texts.some((text) => text.includes(digest))).toBe(true);

    // The same again sends nothing, and clears what it is told to.
    const before = (await archived()).length;
    const second = await start('--clear').ended;
    expect(second).toMatchObject({ code: 0, output: expect.stringContaining('source cleared') });
    expect([await readdir(join(dir, 'DCIM')), (await archived()).length]).toEqual([[], before]);
  });

  it('goes on after it was killed in the middle of a file, and sends a file of the same bytes once', async () => {
    const bytes = randomBytes(24 * MEBIBYTE);
    const digest = await lay('长时间.mp4', bytes);
    line.allow(9 * MEBIBYTE);
    const { child, ended } = start('--clear');
    while (!line.isStalled) await sleep(20);
    child.kill('SIGKILL');
    await ended;
    line.allow(null);
    expect(await readdir(join(dir, 'DCIM'))).toEqual(['长时间.mp4']);
    line.allow(20 * MEBIBYTE);
    await lay('副本.mp4', bytes);
    const { code, output } = await start('--clear', '--at-once', '1').ended;
    line.allow(null);
    // Less than the whole was left to send, or the line would have stalled for ever.
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('sealed 2/2') });
    expect(await readdir(join(dir, 'DCIM'))).toEqual([]);
    const found = (await archived()).filter(({ sizeBytes }) => sizeBytes === bytes.length);
    expect(found).toHaveLength(1);
    const receipts = await readdir(join(dir, 'state', 'receipts'));
    expect(await readFile(join(dir, 'state', 'receipts', receipts[0] ?? ''), 'utf8')).toContain(digest);
  });

  it('watches: takes in what comes, leaves what is being written, ends when told to', async () => {
    const { child, ended } = start('--watch', '--clear');
    await lay('first.mp4', randomBytes(1_000));
    while ((await readdir(join(dir, 'DCIM'))).length > 0) await sleep(100);
    await lay('second.mp4.part', randomBytes(1_000));
    await lay('third.mp4', randomBytes(1_000));
    while ((await readdir(join(dir, 'DCIM'))).includes('third.mp4')) await sleep(100);
    const other = await start().ended;
    expect(other).toMatchObject({ code: 5, output: expect.stringContaining('Another ingest') });
    child.kill('SIGTERM');
    expect((await ended).code).toBe(130);
    expect(await readdir(join(dir, 'DCIM'))).toEqual(['second.mp4.part']);
  });

  it('waits out an archive that is away, and clears nothing by the word of another', async () => {
    await lay('a.mp4', randomBytes(1_000));
    expect((await start().ended).code).toBe(0);
    line.cut();
    const away = await start('--clear').ended;
    expect(away.code).toBe(6);
    line.restore();
    const keys = JSON.parse(await readFile(join(dir, 'state', 'keys.json'), 'utf8')) as { receiptVkey: string };
    const other = keys.receiptVkey.replace(/\/receipts\+.*/, '/receipts+00000000+AAAA');
    await writeFile(join(dir, 'state', 'keys.json'), JSON.stringify({ ...keys, receiptVkey: other }));
    const refused = await start('--clear').ended;
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('another key') });
    expect(await readdir(join(dir, 'DCIM'))).toEqual(['a.mp4']);
  });

  it('is out with its next request when its account is shut, and has lost nothing', async () => {
    await lay('late.mp4', randomBytes(1_000));
    await chief.send('PATCH', `/accounts/${stationId}`, { disabled: true });
    const shut = await start('--clear').ended;
    expect(shut).toMatchObject({ code: 3, output: expect.stringMatching(/登录/) });
    expect(await readdir(join(dir, 'DCIM'))).toEqual(['late.mp4']);
  });
});
