import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import { Client } from 'minio';
import { newId } from '#domain';
import type { S3StoreConfig } from '#object-store';
import { keys, S3ObjectStore } from '#object-store';
import { expectContent, listed, stored, Upload } from '../../contracts/object-store.contract.js';
import type { SharedS3 } from '../../support/s3-server.js';
import { makeTestStore, sharedS3, type WholeS3Config } from '../../support/s3-server.js';
import { rawClient } from './raw-client.js';

// Real servers and disks, shared with whatever else runs: a slow machine is no failure.
jest.setTimeout(60_000);

const MIB = 1_048_576;
const TOMORROW = new Date(Date.now() + 24 * 3_600_000);

/**
 * Traps of the `minio` client, each beside what the store does instead. A test of "minio" that begins to fail after an
 * update means the trap is gone and the way round it can be thought over.
 */
describe('traps of the minio client', () => {
  let server: SharedS3;
  let store: S3ObjectStore;
  let config: WholeS3Config;
  let minio: Client;

  beforeAll(async () => {
    server = await sharedS3();
    ({ store, config } = await makeTestStore(server));
    minio = rawClient(config);
  }, 180_000);

  afterAll(() => server?.release());

  function freshKey(): string {
    return keys.original(newId(), new Date());
  }

  async function unfinished(bucket: string, prefix = ''): Promise<string[]> {
    const found: string[] = [];
    const uploads = minio.listIncompleteUploads(bucket, prefix, true);
    for await (const { uploadId } of uploads as AsyncIterable<{ uploadId: string }>) found.push(uploadId);
    return found;
  }

  describe('lock headers on upload', () => {
    it('minio: become user metadata, and the object is stored unlocked without a word', async () => {
      const key = freshKey();
      const headers = {
        'x-amz-object-lock-mode': 'COMPLIANCE',
        'x-amz-object-lock-retain-until-date': TOMORROW.toISOString(),
      };
      const { versionId } = await minio.putObject(config.buckets.vault, key, Buffer.from('x'), 1, headers);
      const object = { area: 'vault', key, versionId, sizeBytes: 1 } as const;
      expect(await store.retention(object)).toEqual({ mode: 'none', until: null });
    });

    it('store: an object counts as locked only once the lock was read back from its version', async () => {
      const object = await stored(store, Buffer.from('x'));
      expect(await store.retention(object)).toEqual({ mode: 'none', until: null });
      await store.lock(object, TOMORROW);
      expect(await store.retention(object)).toMatchObject({ mode: 'COMPLIANCE' });
    });
  });

  describe('part numbers', () => {
    it('store: begin at 1, and the server holds exactly the parts told', async () => {
      const upload = await Upload.begin(store, 17 * MIB);
      await upload.send(randomBytes(17 * MIB), { last: true });
      const held = await new PartLister(config).parts(upload.intake.key, upload.intake.handle);
      expect(held.map(({ part, size }) => ({ part, size }))).toEqual([
        { part: 1, size: 8 * MIB },
        { part: 2, size: 8 * MIB },
        { part: 3, size: MIB },
      ]);
      expect(held.map(({ etag }) => etag)).toEqual(upload.parts.map(({ etag }) => etag));
      await upload.abort();
    });
  });

  describe('a source shorter than announced', () => {
    it('minio: is completed as if it were whole', async () => {
      const short = Readable.from([randomBytes(12 * MIB)]);
      const small = rawClient(config, { partSize: 5 * MIB });
      await small.putObject(config.buckets.media, 'renditions/short/minio', short, 30 * MIB);
      const { size } = await small.statObject(config.buckets.media, 'renditions/short/minio');
      expect(size).toBe(12 * MIB);
    });

    it('store: leaves neither object nor unfinished upload, nor does one that breaks', async () => {
      const key = keys.rendition(newId(), newId(), 'proxy.mp4');
      const short = Readable.from([randomBytes(12 * MIB)]);
      await expect(store.put('media', key, short, 30 * MIB)).rejects.toMatchObject({ code: 'invalid-input' });
      const breaking = new Readable({ read() {} });
      breaking.push(randomBytes(12 * MIB));
      setImmediate(() => breaking.destroy(new Error('the tool died')));
      await expect(store.put('media', key, breaking, 30 * MIB)).rejects.toThrow('the tool died');
      expect(await listed(store, 'media', key)).toEqual([]);
      expect(await unfinished(config.buckets.media, key)).toEqual([]);
    });
  });

  describe('an unfinished upload at the same key', () => {
    it('minio: is taken over by whoever writes to the key next', async () => {
      const small = rawClient(config, { partSize: 5 * MIB });
      const { media } = config.buckets;
      const abandoned = await small.initiateNewMultipartUpload(media, 'renditions/same/minio', {
        'x-amz-meta-from': 'first',
      });
      await small.putObject(media, 'renditions/same/minio', randomBytes(6 * MIB), 6 * MIB, { from: 'second' });
      const { metaData } = await small.statObject(media, 'renditions/same/minio');
      expect(metaData).toMatchObject({ from: 'first' });
      expect(await unfinished(media, 'renditions/same/minio')).not.toContain(abandoned);
    });

    it('store: stays apart', async () => {
      const key = freshKey();
      const [first, second] = [await store.beginIntake(key, 8 * MIB), await store.beginIntake(key, 8 * MIB)];
      expect(first.handle).not.toBe(second.handle);
      const writer = await store.resumeIntake(first, [], { onPart: () => undefined, onReleased: () => undefined });
      for (let block = 0; block < 8; block++) await writer.write(randomBytes(MIB));
      await writer.flush();
      await expect(
        store.finishIntake(second, {
          parts: [{ number: 1, offsetBytes: 0, sizeBytes: 8 * MIB, etag: 'x' }],
          tail: null,
        }),
      ).rejects.toMatchObject({ code: 'conflict', details: { firstBadPart: 1 } });
      await store.abortIntake(first, null);
      await store.abortIntake(second, null);
      expect(await unfinished(config.buckets.vault, key)).toEqual([]);
    });
  });

  it('a length not known before does not make huge parts', async () => {
    const upload = await Upload.begin(store, null);
    await upload.send(randomBytes(17 * MIB));
    expect(upload.parts.map((part) => part.sizeBytes)).toEqual([16 * MIB]);
    await upload.abort();
  });

  it('the etag of an original is not its MD5', async () => {
    const content = randomBytes(9 * MIB);
    const object = await stored(store, content);
    const { etag } = await minio.statObject(config.buckets.vault, object.key, { versionId: object.versionId ?? '' });
    expect(etag).not.toBe(createHash('md5').update(content).digest('hex'));
    await expectContent(store, object, content);
  });
});

class PartLister extends Client {
  readonly #bucket: string;

  constructor(config: S3StoreConfig) {
    const { hostname, port } = new URL(config.endpoint);
    const { accessKey, secretKey, region } = config;
    super({ endPoint: hostname, port: Number(port), useSSL: false, accessKey, secretKey, region });
    this.#bucket = config.buckets.vault;
  }

  parts(key: string, uploadId: string) {
    return this.listParts(this.#bucket, key, uploadId);
  }
}
