import { randomBytes } from 'node:crypto';
import { type Archive, type ArchiveParts, assembleArchive } from '#archive';
import type { Actor, Id } from '#domain';
import type { JobQueue } from '#jobs';
import { type LockTest, type ObjectStore, S3ObjectStore, type S3StoreConfig } from '#object-store';
import { type EventRecord, ledgerRepository } from '#persistence';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { freshS3Config, type SharedS3, sharedS3 } from '../../support/s3-server.js';
import { rawClient } from '../object-store/raw-client.js';
import { storeWith } from './store-with.js';
import { checked, received } from './work.js';

const HELD: LockTest = {
  isHeld: true,
  attempts: {
    lock: 'held',
    'delete-version': 'held',
    'delete-batch': 'held',
    shorten: 'held',
    downgrade: 'held',
    overwrite: 'held',
  },
};
const WEAK: LockTest = { isHeld: false, attempts: { ...HELD.attempts, 'delete-batch': 'not-held' } };

async function told(running: RunningArchive): Promise<Record<string, unknown>[]> {
  const events: EventRecord[] = await ledgerRepository.page(running.parts.database.reader, 'system', 0, 1_000);
  return events
    .filter((event) => event.type === 'system.lock_tested')
    .map((event) => JSON.parse(event.leaf.toString('utf8')).public);
}

describe('the proof that a store holds its locks', () => {
  let server: SharedS3;
  beforeAll(async () => {
    server = await sharedS3();
  });
  afterAll(() => server.release());

  describe('on S3 with Object Lock', () => {
    let running: RunningArchive;
    let officer: Actor;
    let supervisor: Actor;

    beforeAll(async () => {
      running = await runArchive({ store: () => ({ kind: 's3', ...freshS3Config(server) }) });
      officer = await running.person(['officer']);
      supervisor = await running.person(['supervisor']);
    });
    afterAll(() => checked(running));

    it('is had before the first seal, once, and is told', async () => {
      const before = await running.archive.system.describe.run(supervisor);
      expect(before.store).toMatchObject({ locked: false, lockTest: null, sealingRefused: false });
      const assets = await Promise.all([1, 2, 3].map(() => received(running, officer, randomBytes(10))));
      for (const result of await Promise.all(assets.map(({ assetId }) => running.archive.work.seal.run(assetId))))
        expect(result).toBe('sealed');
      expect(await told(running)).toEqual([
        {
          held: true,
          attempts: {
            lock: 'held',
            delete_version: 'held',
            delete_batch: 'held',
            shorten: 'held',
            downgrade: 'held',
            overwrite: 'held',
          },
        },
      ]);
      const { store } = await running.archive.system.describe.run(supervisor);
      expect(store).toMatchObject({ locked: true, lockTest: HELD, unlockedAllowed: false, sealingRefused: false });
    });

    it('is had again by schedule when it is a day old', async () => {
      const count = (await told(running)).length;
      await running.archive.system.lockProof.runIfDue();
      expect(await told(running)).toHaveLength(count);
      running.clock.advance(24 * 3_600_000);
      await running.archive.system.lockProof.runIfDue();
      expect(await told(running)).toHaveLength(count + 1);
    });
  });

  describe('on a store that gives in', () => {
    let running: RunningArchive;
    let officer: Actor;
    let supervisor: Actor;
    let verdict: LockTest;
    let weak: Archive;
    const errors: string[] = [];
    /** Seals the sweep has asked for. */
    const asked: Id[] = [];

    const over = (change: Partial<ArchiveParts> = {}): Archive => {
      const testLock: ObjectStore['testLock'] = async () => verdict;
      const log = { ...running.parts.log, error: (_: object, message: string) => void errors.push(message) };
      const enqueue = async (name: string, { assetId }: { assetId: Id }) =>
        void (name === 'asset.seal' && asked.push(assetId));
      const queue = { enqueue, depth: () => running.parts.queue.depth() } as unknown as JobQueue;
      const store = storeWith(running.parts.store, { testLock });
      return assembleArchive({ ...running.parts, store, log, queue, ...change });
    };
    const custodyOf = async (assetId: Id): Promise<string> =>
      (await running.archive.assets.view.run(officer, assetId)).asset.custody;

    beforeAll(async () => {
      running = await runArchive({ store: () => ({ kind: 's3', ...freshS3Config(server) }) });
      officer = await running.person(['officer']);
      supervisor = await running.person(['supervisor']);
      verdict = WEAK;
      weak = over();
    });
    afterAll(() => checked(running));

    it('nothing is sealed: originals stay received, and it is said why, loudly', async () => {
      const { assetId } = await received(running, officer, randomBytes(1_000));
      await expect(weak.work.seal.run(assetId)).rejects.toMatchObject({ code: 'lock-not-held' });
      expect(await custodyOf(assetId)).toBe('received');
      expect(await weak.assets.view.run(officer, assetId)).toMatchObject({ isSealRefused: true });
      expect(errors.join('\n')).toContain('DOES NOT HOLD ITS LOCKS');
      expect((await weak.system.describe.run(supervisor)).store).toMatchObject({
        locked: false,
        lockTest: WEAK,
        sealingRefused: true,
      });
      expect(await told(running)).toMatchObject([{ held: false, attempts: { delete_batch: 'not-held' } }]);
    });

    it('it is not asked for what would be refused, until the store holds its locks', async () => {
      running.clock.advance(3_600_000);
      errors.length = 0;
      await weak.work.enqueueOwed.run();
      expect(asked).toEqual([]);
      expect(errors).toEqual(['nothing is sealed: the store failed the lock self-test']);
      verdict = HELD;
      await weak.system.lockProof.runIfDue();
      await weak.work.enqueueOwed.run();
      const [assetId] = asked;
      expect(await weak.work.seal.run(assetId ?? '')).toBe('sealed');
    });

    it('with the settings that allow it, is sealed, and the seal says so', async () => {
      verdict = WEAK;
      const allowed = over({ settings: { ...running.parts.settings, unlockedVaultAllowed: true } });
      const { assetId } = await received(running, officer, randomBytes(1_000));
      expect(await allowed.work.seal.run(assetId)).toBe('sealed');
      const { sealed } = await allowed.assets.receipt.run(officer, assetId);
      expect(JSON.parse(sealed?.leaf.toString('utf8') ?? '').public).toMatchObject({
        lock: 'COMPLIANCE',
        lock_proved: false,
      });
      expect((await allowed.system.describe.run(supervisor)).store).toMatchObject({
        locked: false,
        unlockedAllowed: true,
        sealingRefused: false,
      });
      verdict = HELD;
      running.clock.advance(3_600_000);
      await weak.system.lockProof.runIfDue();
    });

    it('gives no verdict while the store is away', async () => {
      const before = await told(running);
      const testLock = () => new S3ObjectStore({ ...freshS3Config(server), endpoint: 'http://127.0.0.1:1' }).testLock();
      const away = over({ store: storeWith(running.parts.store, { testLock }) });
      const { assetId } = await received(running, officer, randomBytes(1_000));
      await expect(away.work.seal.run(assetId)).rejects.toMatchObject({ code: 'storage-unavailable' });
      expect(await told(running)).toEqual(before);
      expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
    });
  });

  describe('on S3 without Object Lock', () => {
    let config: S3StoreConfig;
    beforeAll(async () => {
      config = freshS3Config(server);
      const client = rawClient(config);
      await client.makeBucket(config.buckets.vault, config.region);
      await client.setBucketVersioning(config.buckets.vault, { Status: 'Enabled' });
    });

    it('the store is refused, unless the settings allow it', async () => {
      await expect(new S3ObjectStore(config).prepare()).rejects.toMatchObject({ code: 'lock-not-held' });
      const store = new S3ObjectStore({ ...config, allowUnlocked: true });
      await store.prepare();
      expect(await store.testLock()).toEqual({
        isHeld: false,
        attempts: {
          lock: 'not-held',
          'delete-version': 'not-run',
          'delete-batch': 'not-run',
          shorten: 'not-run',
          downgrade: 'not-run',
          overwrite: 'not-run',
        },
      });
    });

    it('allowed, it seals without a lock and says that there is none', async () => {
      const running = await runArchive({
        store: () => ({ kind: 's3', ...config, allowUnlocked: true }),
        settings: { unlockedVaultAllowed: true },
      });
      const officer = await running.person(['officer']);
      const { assetId } = await received(running, officer, randomBytes(1_000));
      expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
      const { asset } = await running.archive.assets.view.run(officer, assetId);
      expect(asset).toMatchObject({ lockMode: 'none', retainUntil: null });
      expect(await running.archive.work.checkAsset.run(assetId, { cause: 'scrub' })).toMatchObject({
        result: 'intact',
      });
      await checked(running);
    });
  });

  it('a filesystem has no locks to prove: exempt, and shown as unlocked', async () => {
    const running = await runArchive();
    expect(await running.archive.system.lockProof.run()).toBeNull();
    expect(await running.archive.system.lockProof.require()).toBe('exempt');
    const supervisor = await running.person(['supervisor']);
    expect((await running.archive.system.describe.run(supervisor)).store).toMatchObject({
      kind: 'filesystem',
      locked: false,
      lockTest: null,
      sealingRefused: false,
    });
    expect(await told(running)).toEqual([]);
    await checked(running);
  });
});
