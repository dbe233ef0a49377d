import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { S3StoreConfig, StoredPart } from '#object-store';
import { S3ObjectStore } from '#object-store';
import { expectContent, listed, sha256, stored, Upload } from '../../contracts/object-store.contract.js';
import type { SharedS3 } from '../../support/s3-server.js';
import { makeTestStore, sharedS3 } from '../../support/s3-server.js';
import type { FaultyProxy } from './faulty-proxy.js';
import { firstTimes, startFaultyProxy } from './faulty-proxy.js';
import { rawClient } from './raw-client.js';

// Real servers and disks, shared with whatever else runs: a slow machine is no failure.
jest.setTimeout(60_000);

const MIB = 1_048_576;
const PART = /^PUT .*partNumber=2/;
const COMPLETE = /^POST .*uploadId=/;
const INITIATE = /^POST .*\?uploads/;
const ALWAYS = Number.POSITIVE_INFINITY;

describe('S3 store: when the way to the server breaks', () => {
  let server: SharedS3;
  let proxy: FaultyProxy;
  /** Reaches the server directly. */
  let store: S3ObjectStore;
  /** Reaches it through the proxy. */
  let shaky: S3ObjectStore;
  let config: S3StoreConfig;
  const content = randomBytes(20 * MIB + 3);

  beforeAll(async () => {
    server = await sharedS3();
    proxy = await startFaultyProxy(server.endpoint);
    ({ store, config } = await makeTestStore(server));
    shaky = new S3ObjectStore({ ...config, endpoint: proxy.endpoint, timeoutMs: 1_500 });
  }, 180_000);

  afterEach(() => {
    proxy.decide = () => null;
    proxy.seen.length = 0;
  });

  afterAll(async () => {
    await proxy?.close();
    await server?.release();
  });

  describe('a part', () => {
    it.each([
      ['is sent again when the connection broke before', { kind: 'unreached' }],
      ['is sent again when its answer was lost, and stored once', { kind: 'answer-lost' }],
      ['is sent again when a gateway failed', { kind: 'answer', status: 502 }],
      [
        'is sent again when the server asks to slow down',
        { kind: 'answer', status: 503, body: '<Error><Code>SlowDown</Code></Error>' },
      ],
      ['is sent again when no answer comes in time', { kind: 'silence' }],
    ] as const)('%s', async (_, fault) => {
      proxy.decide = firstTimes(1, PART, fault);
      const upload = await Upload.begin(shaky, content.length);
      await upload.send(content);
      expect(proxy.seen.filter((what) => PART.test(what)).length).toBe(2);
      await expectContent(store, await upload.finish(), content);
    });

    it('that is refused ends the upload with what came before it told, and every buffer given back', async () => {
      proxy.decide = firstTimes(ALWAYS, PART, {
        kind: 'answer',
        status: 403,
        body: '<Error><Code>AccessDenied</Code></Error>',
      });
      const upload = await Upload.begin(shaky, 40 * MIB);
      const told: StoredPart[] = [];
      const released: Buffer[] = [];
      const writer = await shaky.resumeIntake(upload.intake, [], {
        onPart: (part) => told.push(part),
        onReleased: (bytes) => released.push(bytes),
      });
      let given = 0;
      const writing = (async () => {
        for (; given < 8; given++) await writer.write(Buffer.alloc(MIB));
        while (told.length === 0) await sleep(10);
        for (; given < 40; given++) await writer.write(Buffer.alloc(MIB));
        await writer.flush({ last: true });
      })();
      await expect(writing).rejects.toMatchObject({ code: 'storage-unavailable' });
      await writer.abandon();
      expect(told.map((part) => part.number)).toEqual([1]);
      expect(new Set(released).size).toBe(released.length);
      expect(released.length).toBeGreaterThanOrEqual(given);
      expect(proxy.seen.filter((what) => PART.test(what)).length).toBe(1);
      await upload.abort();
    });

    it('that never gets through ends as storage-unavailable', async () => {
      proxy.decide = firstTimes(ALWAYS, PART, { kind: 'unreached' });
      const upload = await Upload.begin(shaky, content.length);
      await expect(upload.send(content)).rejects.toMatchObject({ code: 'storage-unavailable' });
      expect(proxy.seen.filter((what) => PART.test(what)).length).toBe(4);
      proxy.decide = () => null;
      await upload.send(content.subarray(upload.storedBytes));
      await expectContent(store, await upload.finish(), content);
    });

    it('in a full store ends as storage-full', async () => {
      const limited = await makeTestStore(server, server.limited);
      const upload = await Upload.begin(limited.store, content.length);
      await expect(upload.send(content)).rejects.toMatchObject({ code: 'storage-full' });
      const key = 'renditions/a/b/c';
      await expect(limited.store.put('media', key, content, content.length)).rejects.toMatchObject({
        code: 'storage-full',
      });
    });

    it('of a given-up upload does not keep the connection or the caller waiting', async () => {
      proxy.decide = firstTimes(ALWAYS, /^PUT .*partNumber=/, { kind: 'silence' });
      const upload = await Upload.begin(shaky, content.length);
      const released: Buffer[] = [];
      const writer = await shaky.resumeIntake(upload.intake, [], {
        onPart: () => undefined,
        onReleased: (bytes) => released.push(bytes),
      });
      for (let block = 0; block < 9; block++) await writer.write(Buffer.alloc(MIB));
      await writer.abandon();
      expect(released).toHaveLength(9);
    });
  });

  describe('completing', () => {
    it.each([
      ['the answer is lost', { kind: 'answer-lost' }],
      ['the answer is cut', { kind: 'answer-cut', bytes: 40 }],
      ['it is not reached', { kind: 'unreached' }],
      ['a gateway answers for it', { kind: 'answer', status: 504 }],
      [
        'it says 200 and then that it failed',
        { kind: 'answer', status: 200, body: '<Error><Code>InternalError</Code><Message>try again</Message></Error>' },
      ],
    ] as const)('makes one object when %s', async (_, fault) => {
      const upload = await Upload.begin(shaky, content.length);
      await upload.send(content);
      proxy.decide = firstTimes(1, COMPLETE, fault);
      const object = await upload.finish();
      await expectContent(store, object, content);
      expect(await store.listVersions('vault', object.key)).toHaveLength(1);
    });

    it('is done when no answer ever came back, and the next call finds it', async () => {
      const upload = await Upload.begin(shaky, content.length);
      await upload.send(content);
      let done = false;
      proxy.decide = (what) => {
        done ||= COMPLETE.test(what);
        return done ? (COMPLETE.test(what) ? { kind: 'answer-lost' } : { kind: 'unreached' }) : null;
      };
      await expect(upload.finish()).rejects.toMatchObject({ code: 'storage-unavailable' });
      upload.store = store;
      const object = await upload.finish();
      expect(await upload.finish()).toEqual(object);
      expect(await store.listVersions('vault', object.key)).toHaveLength(1);
      await expectContent(store, object, content);
    });

    it('puts an empty object once when the answer is lost', async () => {
      const upload = await Upload.begin(shaky, 0);
      proxy.decide = firstTimes(1, /^PUT /, { kind: 'answer-lost' });
      const object = await upload.finish();
      await expectContent(store, object, Buffer.alloc(0));
    });

    it('names a part that another writer replaced meanwhile', async () => {
      const upload = await Upload.begin(store, content.length);
      await upload.send(content);
      const late = await store.resumeIntake(upload.intake, upload.parts.slice(0, 1), {
        onPart: () => undefined,
        onReleased: () => undefined,
      });
      for (let block = 0; block < 8; block++) await late.write(randomBytes(MIB));
      await late.flush();
      await expect(upload.finish()).rejects.toMatchObject({ code: 'conflict', details: { firstBadPart: 2 } });
      expect(await store.listVersions('vault', upload.intake.key)).toEqual([]);
    });

    it('names the part of a tail that is gone', async () => {
      const upload = await Upload.begin(store, content.length);
      await upload.send(content);
      if (upload.tail === null) throw new Error('expected a tail');
      await store.dropTail(upload.intake, upload.tail);
      await expect(upload.finish()).rejects.toMatchObject({ code: 'conflict', details: { firstBadPart: 3 } });
    });

    it('says when an upload can never be finished: RGW wants all stored parts named', async () => {
      const upload = await Upload.begin(store, null);
      await upload.send(content);
      const acknowledged = { parts: [...upload.parts], tail: upload.tail };
      await upload.sendAndDie(randomBytes(40 * MIB), 'flush');
      await expect(store.finishIntake(upload.intake, acknowledged)).rejects.toMatchObject({ code: 'upload-expired' });
    });

    it('drops tails that were stored but never recorded', async () => {
      const upload = await Upload.begin(store, content.length);
      await upload.sendAndDie(randomBytes(100), 'flush');
      await upload.send(content);
      expect((await listed(store, 'staging', upload.intake.key)).length).toBe(2);
      await upload.finish();
      expect(await listed(store, 'staging', upload.intake.key)).toEqual([]);
    });
  });

  describe('reading', () => {
    it('fails when the answer breaks off, instead of giving a short object', async () => {
      const object = await stored(store, content);
      proxy.decide = firstTimes(1, /^GET .*versionId/, { kind: 'answer-cut', bytes: 5 * MIB });
      await expect(shaky.read(object).then(buffer)).rejects.toMatchObject({ code: 'storage-unavailable' });
    });

    it('fails when the server sends another length than asked for', async () => {
      const object = await stored(store, Buffer.from('short'));
      await expect(store.read({ ...object, sizeBytes: 6 })).rejects.toMatchObject({ code: 'storage-unavailable' });
    });

    it('asks again when a gateway failed', async () => {
      const object = await stored(store, content);
      proxy.decide = firstTimes(2, /^(GET|HEAD) /, { kind: 'answer', status: 503 });
      expect(sha256(await buffer(await shaky.read(object)))).toBe(sha256(content));
      proxy.decide = firstTimes(2, /^(GET|HEAD) /, { kind: 'answer', status: 503 });
      expect(await shaky.stat(object)).toEqual({ sizeBytes: content.length });
    });

    it('gives up on a server that says nothing', async () => {
      const object = await stored(store, content);
      proxy.decide = firstTimes(ALWAYS, /^(GET|HEAD) /, { kind: 'silence' });
      await expect(shaky.read(object)).rejects.toMatchObject({ code: 'storage-unavailable' });
      await expect(shaky.check()).rejects.toMatchObject({ code: 'storage-unavailable' });
    }, 30_000);

    it('waits for a reader that pauses longer than the server may', async () => {
      const object = await stored(store, content);
      const body = await shaky.read(object);
      const pieces: Buffer[] = [];
      for await (const piece of body) {
        if (pieces.length === 3) await sleep(2_500);
        pieces.push(piece as Buffer);
      }
      expect(sha256(Buffer.concat(pieces))).toBe(sha256(content));
    });

    it('stops a transfer when told to', async () => {
      const object = await stored(store, content);
      const stop = new AbortController();
      const body = await store.read(object, undefined, stop.signal);
      body.once('data', () => stop.abort());
      await expect(buffer(body)).rejects.toMatchObject({ name: 'AbortError' });
    });
  });

  it('begins when the first answer was lost; the upload nobody knows can be seen and dropped', async () => {
    proxy.decide = firstTimes(1, INITIATE, { kind: 'answer-lost' });
    const upload = await Upload.begin(shaky, content.length);
    const raw = rawClient(config);
    const uploads = raw.listIncompleteUploads(config.buckets.vault, upload.intake.key, true);
    const seen: string[] = [];
    for await (const { uploadId } of uploads as AsyncIterable<{ uploadId: string }>) seen.push(uploadId);
    expect(seen).toHaveLength(2);
    expect(seen).toContain(upload.intake.handle);
    await upload.send(content);
    await expectContent(store, await upload.finish(), content);
  });

  it('removes and lists again after a failure that passes', async () => {
    await store.put('media', 'renditions/x/y/z', Buffer.from('z'), 1);
    proxy.decide = firstTimes(1, /^DELETE /, { kind: 'answer', status: 500 });
    await shaky.remove('media', 'renditions/x/y/z');
    expect(await listed(store, 'media', 'renditions/x/')).toEqual([]);
  });
});
