import { jest } from '@jest/globals';
import { Client, RETENTION_MODES } from 'minio';
import type { StoredObject } from '#object-store';
import { S3ObjectStore } from '#object-store';
import { expectContent, stored } from '../../contracts/object-store.contract.js';
import type { SharedS3 } from '../../support/s3-server.js';
import { freshS3Config, makeTestStore, sharedS3, type WholeS3Config } from '../../support/s3-server.js';
import { rawClient } from './raw-client.js';

// Real servers and disks, shared with whatever else runs: a slow machine is no failure.
jest.setTimeout(60_000);

const HOUR_MS = 3_600_000;
const content = Buffer.from('the original');

describe('S3 store: versions and locks', () => {
  let server: SharedS3;
  let store: S3ObjectStore;
  let config: WholeS3Config;
  /** Our own account, used as a tamperer with all our rights would. */
  let tamperer: Client;
  let vault: string;

  beforeAll(async () => {
    server = await sharedS3();
    ({ store, config } = await makeTestStore(server));
    tamperer = rawClient(config);
    vault = config.buckets.vault;
  }, 180_000);

  afterAll(() => server?.release());

  function inHours(hours: number): Date {
    return new Date(Date.now() + hours * HOUR_MS);
  }

  function versionOf(object: StoredObject): string {
    if (object.versionId === null) throw new Error('an original without a version');
    return object.versionId;
  }

  async function locked(until: Date): Promise<StoredObject> {
    const object = await stored(store, content);
    await store.lock(object, until);
    return object;
  }

  it('locks in COMPLIANCE mode and reads the lock back', async () => {
    const object = await stored(store, content);
    const until = inHours(2);
    const held = await store.lock(object, until);
    expect(held.mode).toBe('COMPLIANCE');
    expect(held.until?.getTime()).toBeGreaterThanOrEqual(until.getTime());
    expect(await store.retention(object)).toEqual(held);
  });

  it('lengthens a lock and never shortens it', async () => {
    const object = await locked(inHours(2));
    const longer = await store.lock(object, inHours(5));
    expect(longer.until?.getTime()).toBeGreaterThan(inHours(4).getTime());
    expect(await store.lock(object, inHours(1))).toEqual(longer);
    expect(await store.retention(object)).toEqual(longer);
  });

  it('makes a GOVERNANCE lock a COMPLIANCE one that ends no sooner', async () => {
    const object = await stored(store, content);
    const until = inHours(5);
    await tamperer.putObjectRetention(vault, object.key, {
      versionId: versionOf(object),
      mode: RETENTION_MODES.GOVERNANCE,
      retainUntilDate: until.toISOString(),
    });
    const held = await store.lock(object, inHours(1)).catch((error: unknown) => error);
    if (held instanceof Error) {
      // Some servers want the bypass right for this change; then it must not count as locked.
      expect(held).toMatchObject({ code: 'lock-not-held' });
      return;
    }
    expect(held).toMatchObject({ mode: 'COMPLIANCE' });
    expect((await store.retention(object)).until?.getTime()).toBeGreaterThanOrEqual(
      Math.floor(until.getTime() / 1000) * 1000,
    );
  });

  it('refuses a lock that would end in the past', async () => {
    const object = await stored(store, content);
    await expect(store.lock(object, new Date(Date.now() - 1000))).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(store.lock(object, new Date(Number.NaN))).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('does not call locked what the server could not hold: a date it cannot store', async () => {
    const object = await stored(store, content);
    const forEver = new Date('9999-12-31T00:00:00Z');
    const outcome = await store.lock(object, forEver).catch((error: unknown) => error);
    const held = await store.retention(object);
    const holds = held.until !== null && held.until.getTime() >= forEver.getTime();
    if (holds) expect(outcome).toEqual(held);
    else expect(outcome).toMatchObject({ code: 'lock-not-held' });
  });

  it.each([
    [
      'deleted by version',
      (object: StoredObject) => tamperer.removeObject(vault, object.key, { versionId: versionOf(object) }),
    ],
    [
      'deleted with the right to bypass governance',
      (object: StoredObject) =>
        tamperer.removeObject(vault, object.key, { versionId: versionOf(object), governanceBypass: true }),
    ],
    [
      'shortened',
      (object: StoredObject) =>
        tamperer.putObjectRetention(vault, object.key, {
          versionId: versionOf(object),
          mode: RETENTION_MODES.COMPLIANCE,
          retainUntilDate: inHours(1).toISOString(),
        }),
    ],
    [
      'made GOVERNANCE, bypassing governance',
      (object: StoredObject) =>
        tamperer.putObjectRetention(vault, object.key, {
          versionId: versionOf(object),
          mode: RETENTION_MODES.GOVERNANCE,
          retainUntilDate: inHours(1).toISOString(),
          governanceBypass: true,
        }),
    ],
  ])('a locked original cannot be %s', async (_, tamper) => {
    const object = await locked(inHours(3));
    const before = await store.retention(object);
    await expect(tamper(object)).rejects.toMatchObject({ code: 'AccessDenied' });
    await expectContent(store, object, content);
    expect(await store.retention(object)).toEqual(before);
  });

  it('a locked original cannot be deleted in a batch', async () => {
    const object = await locked(inHours(3));
    await tamperer.removeObjects(vault, [{ name: object.key, versionId: versionOf(object) }]).catch(() => undefined);
    await expectContent(store, object, content);
  });

  it('an original that is not locked yet can be deleted: only the lock holds it', async () => {
    const object = await stored(store, content);
    await tamperer.removeObject(vault, object.key, { versionId: versionOf(object) });
    await expect(store.read(object)).rejects.toMatchObject({ code: 'object-missing' });
    await expect(store.stat(object)).rejects.toMatchObject({ code: 'object-missing' });
  });

  it('reads the version it stored, whatever is put over it or marked deleted', async () => {
    const object = await locked(inHours(3));
    await tamperer.putObject(vault, object.key, Buffer.from('a forgery!!!'));
    await expectContent(store, object, content);
    await tamperer.removeObject(vault, object.key);
    await expectContent(store, object, content);
    expect(await store.stat(object)).toEqual({ sizeBytes: content.length });
    const versions = await store.listVersions('vault', object.key);
    expect(versions).toHaveLength(3);
    expect(versions[0]).toMatchObject({ isDeleteMarker: true, isLatest: true });
    expect(versions.at(-1)).toMatchObject({ versionId: object.versionId, isDeleteMarker: false, isLatest: false });
    const marker = { ...object, versionId: versions[0]?.versionId ?? null };
    await expect(store.read(marker)).rejects.toMatchObject({ code: 'object-missing' });
  });

  describe('the lock self-test', () => {
    it('removes what earlier ones left as soon as its lock has ended', async () => {
      const key = 'self-test/0123456789abcdef';
      await tamperer.putObject(vault, key, Buffer.from('of a test long ago'));
      await tamperer.removeObject(vault, key);
      expect(await store.listVersions('vault', key)).toHaveLength(2);
      expect(await store.testLock()).toMatchObject({ isHeld: true });
      expect(await store.listVersions('vault', key)).toEqual([]);
    });

    it('may be made again while the scratch objects of the one before are locked', async () => {
      expect(await store.testLock()).toMatchObject({ isHeld: true });
      expect(await store.testLock()).toMatchObject({ isHeld: true });
    });

    it('may be made by several processes at one moment', async () => {
      const tests = await Promise.all(Array.from({ length: 6 }, () => store.testLock()));
      expect(tests.map((test) => test?.isHeld)).toEqual(Array(6).fill(true));
    });

    it('gives no verdict with credentials that are not taken', async () => {
      const stranger = new S3ObjectStore({ ...config, secretKey: 'wrong' });
      await expect(stranger.testLock()).rejects.toMatchObject({ code: 'storage-unavailable' });
    });
  });

  it('does not read the vault by key alone', async () => {
    const object = await stored(store, content);
    const byKey = { ...object, versionId: null };
    await expect(store.read(byKey)).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(store.stat(byKey)).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(store.lock(byKey, inHours(1))).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('says missing for a version that never was', async () => {
    const object = await stored(store, content);
    const other = await stored(store, content);
    await expect(store.read({ ...object, versionId: other.versionId })).rejects.toMatchObject({
      code: 'object-missing',
    });
  });

  describe('buckets it refuses', () => {
    it('a vault without Object Lock', async () => {
      const fresh = freshS3Config(server);
      await rawClient(fresh).makeBucket(fresh.buckets.vault, fresh.region);
      await expect(new S3ObjectStore(fresh).prepare()).rejects.toMatchObject({ code: 'lock-not-held' });
    });

    it('a vault with versions but without Object Lock', async () => {
      const fresh = freshS3Config(server);
      const client = rawClient(fresh);
      await client.makeBucket(fresh.buckets.vault, fresh.region);
      await client.setBucketVersioning(fresh.buckets.vault, { Status: 'Enabled' });
      await expect(new S3ObjectStore(fresh).prepare()).rejects.toMatchObject({ code: 'lock-not-held' });
    });

    it.each(['vault', 'staging', 'media'] as const)('a default retention on %s', async (area) => {
      const fresh = freshS3Config(server);
      const client = rawClient(fresh);
      await client.makeBucket(fresh.buckets[area], fresh.region, { ObjectLocking: true });
      await client.setObjectLockConfig(fresh.buckets[area], {
        mode: RETENTION_MODES.GOVERNANCE,
        unit: 'Days',
        validity: 1,
      } as never);
      await expect(new S3ObjectStore(fresh).prepare()).rejects.toMatchObject({ code: 'lock-not-held' });
    });

    it('one bucket for two areas', () => {
      const { buckets, ...rest } = freshS3Config(server);
      expect(() => new S3ObjectStore({ ...rest, buckets: { ...buckets, media: buckets.vault } })).toThrow(
        expect.objectContaining({ code: 'invalid-input' }),
      );
    });
  });

  describe('endpoints it refuses', () => {
    it.each(['http://10.0.0.1:9000', 'http://storage.example', 'ftp://127.0.0.1', 'https://host/path', 'nonsense'])(
      '%s',
      (endpoint) => {
        expect(() => new S3ObjectStore({ ...config, endpoint })).toThrow(
          expect.objectContaining({ code: 'invalid-input' }),
        );
      },
    );

    it('but plain http on loopback, or when asked for', () => {
      for (const endpoint of [
        'http://localhost:9000',
        'http://127.0.0.9:9000',
        'http://[::1]:9000',
        'https://storage.example',
      ]) {
        expect(() => new S3ObjectStore({ ...config, endpoint })).not.toThrow();
      }
      expect(
        () => new S3ObjectStore({ ...config, endpoint: 'http://10.0.0.1:9000', allowPlainHttp: true }),
      ).not.toThrow();
    });
  });

  it('knows wrong credentials and a missing bucket for what they are: not reachable, and not missing evidence', async () => {
    const object = await stored(store, content);
    const stranger = new S3ObjectStore({ ...config, secretKey: 'wrong' });
    await expect(stranger.check()).rejects.toMatchObject({ code: 'storage-unavailable' });
    await expect(stranger.read(object)).rejects.toMatchObject({ code: 'storage-unavailable' });
    const nowhere = new S3ObjectStore({ ...config, buckets: { vault: 'gone-v', staging: 'gone-s', media: 'gone-m' } });
    await expect(nowhere.check()).rejects.toMatchObject({ code: 'storage-unavailable' });
    await expect(nowhere.read(object)).rejects.toMatchObject({ code: 'storage-unavailable' });
  });
});
