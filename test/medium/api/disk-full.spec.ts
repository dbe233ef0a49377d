import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ERROR_TEXT } from '#domain';
import { type ApiClient, type RunningApi, runApi } from '../../support/running-api.js';
import { idOf, json, TusClient } from './wire.js';

const MEBIBYTE = 1_048_576;
const run = promisify(execFile);

describe('a disk that fills up', () => {
  let disk: string;
  let api: RunningApi;
  let officer: ApiClient;
  let tus: TusClient;

  beforeAll(async () => {
    // 72 MiB that fill up: a file system in memory, which only root may make.
    if (process.getuid?.() !== 0) throw new Error('this test mounts a tmpfs: run it as root');
    disk = await mkdtemp(join(tmpdir(), 'liuhen-disk-'));
    await run('mount', ['-t', 'tmpfs', '-o', 'size=72m', 'tmpfs', disk]);
    api = await runApi({ store: async () => ({ kind: 'filesystem', root: join(disk, 'objects') }) });
    officer = await api.signIn(['officer']);
    tus = new TusClient(officer);
  });
  afterAll(async () => {
    expect((await api.archive.system.check.run()).findings).toEqual([]);
    await api.stop();
    await run('umount', [disk]);
    await rm(disk, { recursive: true });
  });

  const hex = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const resize = (mebibytes: number) => run('mount', ['-o', `remount,size=${mebibytes}m`, disk]);

  it('refuses what cannot fit before a byte is sent', async () => {
    const answer = await tus.create({ 'Upload-Length': String(80 * MEBIBYTE) });
    expect([answer.status, answer.headers.location]).toEqual([507, undefined]);
    expect(json(answer)).toMatchObject({ code: 'storage-full', details: { lengthBytes: 80 * MEBIBYTE } });
  });

  it('says so in the midst of an upload, keeps what arrived, goes on reading, and takes the rest once there is room', async () => {
    const earlier = randomBytes(3 * MEBIBYTE);
    const path = await tus.begin(earlier.length);
    await tus.patch(path, 0, earlier);
    await api.archive.work.seal.run(idOf(path));

    const bytes = randomBytes(90 * MEBIBYTE);
    const large = await tus.begin(null, { filename: '长录像.mp4' });
    const full = await tus.patch(large, 0, bytes, { 'Upload-Length': String(bytes.length) });
    expect(full.status).toBe(507);
    expect(full.headers['content-type']).toContain('application/problem+json');
    expect(full.headers['upload-expires']).toBeDefined();
    expect(json(full)).toMatchObject({
      code: 'storage-full',
      title: ERROR_TEXT['storage-full'].zh,
      titleEn: expect.stringContaining('resume'),
    });

    const kept = await tus.offset(large);
    expect(kept).toBeGreaterThan(0);
    const read = await officer.raw('GET', `/assets/${idOf(path)}/original`);
    expect(hex(Buffer.from(await read.arrayBuffer()))).toBe(hex(earlier));
    // The health of the API is not that of the disk; and trying again changes nothing for the worse.
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
    expect((await tus.patch(large, kept, bytes.subarray(kept))).status).toBe(507);
    expect(await tus.offset(large)).toBeGreaterThanOrEqual(kept);

    await resize(160);
    const offset = await tus.offset(large);
    const done = await tus.patch(large, offset, bytes.subarray(offset));
    expect([done.status, done.headers['upload-offset']]).toEqual([204, String(bytes.length)]);
    expect(await api.archive.work.seal.run(idOf(large))).toBe('sealed');
    expect(await officer.send('GET', `/assets/${idOf(large)}`)).toMatchObject({
      digests: { sha256: `sha256:${hex(bytes)}` },
    });
  });

  it('with not a block left, an upload is refused, and one sent whole at creation too', async () => {
    await mkdir(join(disk, 'other'), { recursive: true });
    await writeFile(join(disk, 'other', 'filler'), Buffer.alloc(120 * MEBIBYTE)).catch(() => undefined);
    const path = await tus.begin(null);
    const answer = await tus.patch(path, 0, randomBytes(2 * MEBIBYTE));
    expect([answer.status, json(answer).code]).toEqual([507, 'storage-full']);
    const whole = await tus.create(
      { 'Upload-Defer-Length': '1', 'Content-Type': 'application/offset+octet-stream' },
      randomBytes(MEBIBYTE),
    );
    expect(whole.status).toBe(507);
    await rm(join(disk, 'other'), { recursive: true });
    expect((await tus.patch(path, 0, randomBytes(2 * MEBIBYTE))).status).toBe(204);
  });
});
