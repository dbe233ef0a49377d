import { createHash, randomBytes } from 'node:crypto';
import { unfinishedUploadListSchema } from '#contract';
import { ArchiveError } from '#domain';
import { zh } from '../../../apps/web/src/i18n/zh.js';
import { ApiClient, type RunningApi, runApi } from '../../support/running-api.js';
import { idOf, json, metadataHeader, TusClient } from './wire.js';

const MEBIBYTE = 1_048_576;
const MAX_BYTES = 24 * MEBIBYTE;
const DAY_MS = 86_400_000;

describe('uploads that do not go smoothly', () => {
  let api: RunningApi;
  let officer: ApiClient;
  let tus: TusClient;

  beforeAll(async () => {
    api = await runApi({ settings: { maxUploadBytes: MAX_BYTES, uploadMemoryBytes: 16 * MEBIBYTE } });
    officer = await api.signIn(['officer']);
    tus = new TusClient(officer);
  });
  afterAll(async () => {
    expect((await api.archive.system.check.run()).findings).toEqual([]);
    await api.stop();
  });

  const hex = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const sealed = async (path: string): Promise<string | null> => {
    expect(await api.archive.work.seal.run(idOf(path))).toBe('sealed');
    return (await officer.send<{ digests: { sha256: string } }>('GET', `/assets/${idOf(path)}`)).digests.sha256;
  };
  const events = async (path: string): Promise<string[]> =>
    (await officer.send<{ items: { type: string }[] }>('GET', `/assets/${idOf(path)}/events`)).items.map(
      (event) => event.type,
    );
  /** Resumes from wherever the server is, as any client would. */
  const complete = async (path: string, bytes: Buffer): Promise<void> => {
    const offset = await tus.offset(path);
    const answer = await tus.patch(path, offset, bytes.subarray(offset));
    expect([answer.status, answer.headers['upload-offset']]).toEqual([204, String(bytes.length)]);
    expect(await sealed(path)).toBe(`sha256:${hex(bytes)}`);
  };
  /** Opens a PATCH and waits until the server reads its body. */
  const hangingPatch = async (path: string, offset: number, client = tus) => {
    const patch = client.openPatch(path, offset, { Expect: '100-continue', 'Transfer-Encoding': 'chunked' });
    await patch.continued();
    return patch;
  };

  describe('a dropped connection', () => {
    it('keeps what came: HEAD says how much, and the rest follows', async () => {
      const bytes = randomBytes(11 * MEBIBYTE + 13);
      const path = await tus.begin(bytes.length);
      const patch = tus.openPatch(path, 0, { 'Content-Length': String(bytes.length) });
      await patch.send(bytes.subarray(0, 6 * MEBIBYTE + 500));
      patch.drop();
      const offset = await tus.offset(path);
      expect(offset).toBeGreaterThan(0);
      expect(offset).toBeLessThanOrEqual(6 * MEBIBYTE + 500);
      expect(await tus.offset(path)).toBe(offset);
      await complete(path, bytes);
    });

    it('again and again, at places that are no whole blocks', async () => {
      const bytes = randomBytes(5 * MEBIBYTE + 7);
      const path = await tus.begin(bytes.length);
      let offset = 0;
      for (const length of [1, 1_000, MEBIBYTE - 1, MEBIBYTE + 1, 2 * MEBIBYTE]) {
        const patch = await hangingPatch(path, offset);
        await patch.send(bytes.subarray(offset, offset + length));
        patch.drop();
        const reached = await tus.offset(path);
        expect(reached).toBeGreaterThanOrEqual(offset);
        offset = reached;
      }
      await complete(path, bytes);
    });

    it('while the body comes in chunks of unknown number: the cut is no end', async () => {
      const bytes = randomBytes(2 * MEBIBYTE);
      const path = await tus.begin(null);
      const patch = await hangingPatch(path, 0);
      await patch.send(bytes.subarray(0, MEBIBYTE + 1));
      patch.drop();
      const offset = await tus.offset(path);
      expect((await tus.head(path)).headers['upload-defer-length']).toBe('1');
      const answer = await tus.patch(path, offset, bytes.subarray(offset), { 'Upload-Length': String(bytes.length) });
      expect(answer.status).toBe(204);
      expect(await sealed(path)).toBe(`sha256:${hex(bytes)}`);
    });
  });

  describe('two requests for one upload', () => {
    it('HEAD ends a request that hangs and says what it had; the next goes on from there', async () => {
      const bytes = randomBytes(7 * MEBIBYTE);
      const path = await tus.begin(bytes.length);
      const hanging = await hangingPatch(path, 0);
      await hanging.send(bytes.subarray(0, 5 * MEBIBYTE));
      const offset = await tus.offset(path);
      expect(offset).toBeGreaterThan(0);
      await expect(hanging.answer()).rejects.toThrow(/hang up|reset/);
      await complete(path, bytes);
    });

    it('a second PATCH that goes on where the hanging first one stands takes over', async () => {
      const bytes = randomBytes(3 * MEBIBYTE);
      const path = await tus.begin(bytes.length);
      const hanging = await hangingPatch(path, 0);
      const answer = await tus.patch(path, 0, bytes);
      expect(answer.status).toBe(204);
      await expect(hanging.answer()).rejects.toThrow(/hang up|reset/);
      expect(await sealed(path)).toBe(`sha256:${hex(bytes)}`);
    });

    it('a second PATCH for another place is told so, and the first goes on undisturbed', async () => {
      const bytes = randomBytes(3 * MEBIBYTE);
      const path = await tus.begin(bytes.length);
      const first = await hangingPatch(path, 0);
      await first.send(bytes.subarray(0, MEBIBYTE));
      const second = await tus.patch(path, 17, randomBytes(MEBIBYTE));
      expect([second.status, json(second).code]).toEqual([409, 'upload-offset-mismatch']);
      expect((await first.end(bytes.subarray(MEBIBYTE))).status).toBe(204);
      expect(await sealed(path)).toBe(`sha256:${hex(bytes)}`);
    });

    it.each([1, 70_000, 2 * MEBIBYTE + 1, 9 * MEBIBYTE])(
      '%i bytes by two PATCHes at once with different content: exactly one wins, and its content is what is kept',
      async (size) => {
        for (let round = 0; round < 3; round++) {
          const path = await tus.begin(size);
          const contents = [randomBytes(size), randomBytes(size)];
          const ends = await Promise.allSettled(contents.map((bytes) => tus.patch(path, 0, bytes)));
          const statuses = ends.map((end) => (end.status === 'fulfilled' ? end.value.status : 'cut'));
          expect(statuses.filter((status) => status === 204)).toHaveLength(1);
          for (const status of statuses) expect([204, 'cut', 403, 409]).toContain(status);
          const winner = contents[statuses.indexOf(204)] ?? Buffer.alloc(0);
          expect(await sealed(path)).toBe(`sha256:${hex(winner)}`);
          expect((await events(path)).filter((type) => type === 'asset.received')).toHaveLength(1);
        }
      },
    );

    it('many of the same at once: one is taken, none is doubled', async () => {
      const bytes = randomBytes(MEBIBYTE + 5);
      const path = await tus.begin(bytes.length);
      const ends = await Promise.allSettled(Array.from({ length: 8 }, () => tus.patch(path, 0, bytes)));
      expect(ends.filter((end) => end.status === 'fulfilled' && end.value.status === 204)).toHaveLength(1);
      expect(await sealed(path)).toBe(`sha256:${hex(bytes)}`);
    });
  });

  describe('lengths', () => {
    it('more than announced is 413 at once when the request says so', async () => {
      const path = await tus.begin(1_000);
      const answer = await tus.patch(path, 0, Buffer.alloc(1_001), { Expect: '100-continue' });
      expect(answer).toMatchObject({ status: 413, wasContinued: false });
      expect(json(answer)).toMatchObject({ code: 'upload-too-large', details: { maxBytes: 1_000 } });
    });

    it('more than announced is 413 in the midst when it does not, and the upload can still be ended rightly', async () => {
      const bytes = randomBytes(3 * MEBIBYTE);
      const path = await tus.begin(bytes.length);
      const patch = await hangingPatch(path, 0);
      await patch.send(bytes);
      expect(await patch.end(Buffer.from('one more'))).toMatchObject({ status: 413 });
      expect(await tus.offset(path)).toBeLessThanOrEqual(bytes.length);
      await complete(path, bytes);
    });

    it('an upload of unknown length ends at the most that is allowed', async () => {
      const path = await tus.begin(null);
      const patch = await hangingPatch(path, 0);
      const block = randomBytes(MEBIBYTE);
      for (let sent = 0; sent <= MAX_BYTES; sent += block.length) await patch.send(block);
      expect(json(await patch.answer())).toMatchObject({ status: 413, details: { maxBytes: MAX_BYTES } });
      patch.drop();
      const late = await tus.patch(path, await tus.offset(path), Buffer.alloc(0), {
        'Upload-Length': String(MAX_BYTES + 1),
      });
      expect(late.status).toBe(413);
    });

    it('a length that contradicts an earlier one, or what is stored, is refused', async () => {
      const path = await tus.begin(10);
      expect(json(await tus.patch(path, 0, Buffer.from('ab'), { 'Upload-Length': '11' }))).toMatchObject({
        status: 400,
        code: 'upload-length-conflict',
        details: { lengthBytes: 10 },
      });
      const deferred = await tus.begin(null);
      await tus.patch(deferred, 0, Buffer.from('abcdef'));
      expect(json(await tus.patch(deferred, 6, Buffer.alloc(0), { 'Upload-Length': '5' }))).toMatchObject({
        status: 400,
        code: 'upload-length-conflict',
        details: { offsetBytes: 6 },
      });
    });
  });

  describe('a finish that was cut off', () => {
    /** The store fails once as the object is made: before it, or after it when only the word of it was lost. */
    const breakFinish = (when: 'before' | 'after'): void => {
      const { store } = api.parts;
      const real = store.finishIntake.bind(store);
      store.finishIntake = async (intake, progress) => {
        store.finishIntake = real;
        if (when === 'after') await real(intake, progress);
        throw new ArchiveError('storage-unavailable', 'the store went away');
      };
    };
    const checked = (bytes: Buffer) => ({
      'Upload-Checksum': `sha256 ${createHash('sha256').update(bytes).digest('base64')}`,
    });
    const waysOn: Record<string, (path: string, bytes: Buffer) => Promise<void>> = {
      HEAD: async (path, bytes) => expect(await tus.offset(path)).toBe(bytes.length),
      'an empty PATCH': async (path, bytes) =>
        expect((await tus.patch(path, bytes.length, Buffer.alloc(0))).status).toBe(204),
      'the sweep': async () => {
        api.clock.advance(120_000);
        expect(await api.archive.uploads.sweep.run()).toMatchObject({ finished: 1 });
      },
      'DELETE, which comes too late': async (path) => expect((await tus.terminate(path)).status).toBe(403),
    };
    const cases = (['before', 'after'] as const).flatMap((when) =>
      Object.keys(waysOn).flatMap((way) => [false, true].map((isChecked) => ({ when, way, isChecked }))),
    );

    it.each(cases)(
      '$when the object is made (checksum: $isChecked) is carried to its end by $way',
      async ({ when, way, isChecked }) => {
        const bytes = randomBytes(MEBIBYTE + 300);
        const path = await tus.begin(bytes.length);
        breakFinish(when);
        const failed = await tus.patch(path, 0, bytes, isChecked ? checked(bytes) : {});
        expect([failed.status, json(failed).code]).toEqual([503, 'storage-unavailable']);
        await waysOn[way]?.(path, bytes);
        expect((await tus.head(path)).headers).toMatchObject({ 'upload-offset': String(bytes.length) });
        expect(await sealed(path)).toBe(`sha256:${hex(bytes)}`);
        expect(await events(path)).toEqual(['asset.begun', 'asset.received', 'asset.sealed']);
      },
    );

    it('finishing by many at once records one receipt', async () => {
      const bytes = randomBytes(100);
      const path = await tus.begin(bytes.length);
      breakFinish('before');
      expect((await tus.patch(path, 0, bytes)).status).toBe(503);
      // A HEAD may cut the empty PATCH off: it is as good as done.
      await Promise.allSettled([tus.head(path), tus.head(path), tus.patch(path, 100, Buffer.alloc(0)), tus.head(path)]);
      expect(await tus.offset(path)).toBe(100);
      expect(await sealed(path)).toBe(`sha256:${hex(bytes)}`);
      expect(await events(path)).toEqual(['asset.begun', 'asset.received', 'asset.sealed']);
    });
  });

  describe('uploads of others', () => {
    it('look like none, and cannot be stopped by who knows their address', async () => {
      const stranger = new TusClient(await api.signIn(['officer']));
      const bytes = randomBytes(3 * MEBIBYTE);
      const path = await tus.begin(bytes.length);
      const patch = await hangingPatch(path, 0);
      await patch.send(bytes.subarray(0, MEBIBYTE));
      const asked = [
        await stranger.head(path),
        await stranger.patch(path, 0, Buffer.from('x')),
        await stranger.patch(path, MEBIBYTE, Buffer.from('x')),
        await stranger.terminate(path),
      ];
      expect(asked.map((answer) => answer.status)).toEqual([404, 404, 404, 404]);
      expect(asked.map((answer) => answer.headers['upload-expires'])).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
      expect((await patch.end(bytes.subarray(MEBIBYTE))).status).toBe(204);
      expect(await sealed(path)).toBe(`sha256:${hex(bytes)}`);
      expect((await stranger.head(path)).status).toBe(404);
    });

    it('look like none once they are dropped, too', async () => {
      const stranger = new TusClient(await api.signIn(['officer']));
      const path = await tus.begin(10);
      await tus.terminate(path);
      expect((await tus.head(path)).status).toBe(410);
      expect((await stranger.head(path)).status).toBe(404);
    });
  });

  it('unfinished uploads of mine are listed with what a browser needs to go on', async () => {
    const client = await api.signIn(['officer']);
    const mine = new TusClient(client);
    const list = async () => unfinishedUploadListSchema.parse(await client.send('GET', '/uploads')).items;
    expect(await list()).toEqual([]);
    const path = await mine.begin(1_000, { filename: '现场 1.mp4' });
    await mine.patch(path, 0, Buffer.alloc(300));
    api.clock.advance(1_000);
    const deferred = await mine.begin(null, { filename: '2.mp4' });
    expect(await list()).toEqual([
      expect.objectContaining({ uploadUrl: deferred, fileName: '2.mp4', sizeBytes: null, receivedBytes: 0 }),
      expect.objectContaining({
        uploadUrl: path,
        assetId: idOf(path),
        fileName: '现场 1.mp4',
        sizeBytes: 1_000,
        receivedBytes: 300,
      }),
    ]);
    await mine.patch(path, 300, Buffer.alloc(700));
    await mine.terminate(deferred);
    expect(await list()).toEqual([]);
  });

  describe('memory', () => {
    it('a request that waits for memory can be given up and leaves the queue', async () => {
      // 16 MiB are room for five writers of at least 3 blocks each.
      const holding = await Promise.all(Array.from({ length: 5 }, async () => hangingPatch(await tus.begin(5), 0)));
      const path = await tus.begin(5);
      const waiting = tus.openPatch(path, 0, { 'Content-Length': '5' });
      await waiting.send(Buffer.from('hello'));
      // HEAD stops it: without leaving the queue it could not end.
      let isAnswered = false;
      void waiting.answer().finally(() => {
        isAnswered = true;
      });
      while (!isAnswered) expect((await tus.head(path)).status).toBe(200);
      expect(json(await waiting.answer())).toMatchObject({ status: 409, code: 'upload-taken-over' });
      for (const patch of holding) expect((await patch.end(Buffer.from('abcde'))).status).toBe(204);
      expect((await tus.patch(path, 0, Buffer.from('hello'))).status).toBe(204);
    });

    it('many small files at once are all received', async () => {
      const files = Array.from({ length: 150 }, (_, n) => randomBytes(n * 137));
      const made = await Promise.all(
        files.map((bytes, n) =>
          tus.create(
            {
              'Upload-Length': String(bytes.length),
              ...metadataHeader({ filename: `${n}.bin`, sha256: hex(bytes) }),
              'Content-Type': 'application/offset+octet-stream',
            },
            bytes,
          ),
        ),
      );
      expect(new Set(made.map((answer) => answer.status))).toEqual(new Set([201]));
      expect(new Set(made.map((answer) => answer.headers.location)).size).toBe(files.length);
      for (const n of [0, 1, 75, 149])
        expect(await sealed(made[n]?.headers.location ?? '')).toBe(`sha256:${hex(files[n] ?? Buffer.alloc(0))}`);
    });
  });

  it('a file that is not what its sender declared is quarantined, and that is said', async () => {
    const bytes = randomBytes(5_000);
    const path = await tus.begin(bytes.length, { filename: 'a.bin', sha256: hex(randomBytes(3)) });
    expect((await tus.patch(path, 0, bytes)).status).toBe(204);
    expect(await api.archive.work.seal.run(idOf(path))).toBe('quarantined');
    const asset = await officer.send<{ quarantineReason: keyof typeof zh.asset.quarantineReasons }>(
      'GET',
      `/assets/${idOf(path)}`,
    );
    expect(asset).toMatchObject({
      custody: 'quarantined',
      quarantineReason: 'declared-sha256',
      sealedAt: null,
      digests: { sha256: null },
    });
    expect(zh.asset.quarantineReasons[asset.quarantineReason]).toMatch(/申报|声明|上传/);
    expect(await officer.send('GET', `/assets/${idOf(path)}/receipt`)).toMatchObject({
      kind: 'received',
      sealed: null,
    });
    expect(await events(path)).toEqual(['asset.begun', 'asset.received', 'asset.quarantined']);
    expect(await api.archive.work.seal.run(idOf(path))).toBe('nothing-owed');
  });

  // Last: it moves the clock by days.
  describe('expiry', () => {
    const later = (ms: number): void => api.clock.advance(ms);
    const reSign = async (): Promise<void> => {
      // Sessions end while days pass: the same account, signed in anew.
      officer = await ApiClient.signIn(api.url, officer.session.account.login, 'correct horse battery!');
      tus = new TusClient(officer);
    };

    it('the sweep drops what nobody continued, and never a finished one', async () => {
      const abandoned = await tus.begin(1_000);
      await tus.patch(abandoned, 0, Buffer.alloc(400));
      const finished = await tus.begin(5);
      await tus.patch(finished, 0, Buffer.from('hello'));
      later(6 * DAY_MS);
      await reSign();
      const continued = await tus.begin(1_000);
      expect(await api.archive.uploads.sweep.run()).toMatchObject({ dropped: 0 });
      later(2 * DAY_MS);
      await reSign();
      await tus.patch(continued, 0, Buffer.alloc(1));
      expect((await api.archive.uploads.sweep.run()).dropped).toBeGreaterThanOrEqual(1);
      const gone = await tus.head(abandoned);
      expect([gone.status, gone.headers['upload-offset']]).toEqual([410, undefined]);
      expect(json(await tus.patch(abandoned, 400, Buffer.alloc(600)))).toMatchObject({
        status: 410,
        code: 'upload-expired',
      });
      expect(await tus.offset(continued)).toBe(1);
      expect(await tus.offset(finished)).toBe(5);
      expect(await sealed(finished)).toBe(`sha256:${hex(Buffer.from('hello'))}`);
      expect(await api.archive.uploads.sweep.run()).toMatchObject({ dropped: 0 });
    });

    it('an upload past its time that is still there can be continued: nothing is lost by it', async () => {
      const bytes = randomBytes(2_000);
      const path = await tus.begin(bytes.length);
      await tus.patch(path, 0, bytes.subarray(0, 500));
      later(8 * DAY_MS);
      await reSign();
      await complete(path, bytes);
    });

    it('one that is finished, or continued, between the look of the sweep and its hand stays', async () => {
      later(8 * DAY_MS);
      await api.archive.uploads.sweep.run();
      await reSign();
      const drop = await tus.begin(10);
      const paths = { finish: await tus.begin(5), go: await tus.begin(5) };
      later(8 * DAY_MS);
      await reSign();
      const { store } = api.parts;
      const real = store.abortIntake.bind(store);
      // The sweep has looked, and drops the first; meanwhile the others move on.
      store.abortIntake = async (intake, tail) => {
        store.abortIntake = real;
        expect((await tus.patch(paths.finish, 0, Buffer.from('hello'))).status).toBe(204);
        expect((await tus.patch(paths.go, 0, Buffer.from('h'))).status).toBe(204);
        await real(intake, tail);
      };
      expect(await api.archive.uploads.sweep.run()).toMatchObject({ dropped: 1 });
      expect((await tus.head(drop)).status).toBe(410);
      expect(await tus.offset(paths.go)).toBe(1);
      expect(await sealed(paths.finish)).toBe(`sha256:${hex(Buffer.from('hello'))}`);
    });
  });
});
