import { randomBytes } from 'node:crypto';
import { type ArchiveParts, assembleArchive } from '#archive';
import { type Actor, type Id, retainUntil } from '#domain';
import { S3ObjectStore, type S3StoreConfig } from '#object-store';
import { ledgerRepository } from '#persistence';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { freshS3Config, type SharedS3, sharedS3 } from '../../support/s3-server.js';
import { rawClient } from '../object-store/raw-client.js';
import { TableDump } from './table-dump.js';
import { checked, MEBIBYTE, received, sha256Of } from './work.js';

const SIZE = 9 * MEBIBYTE + 11;

describe('the seal, on S3 with Object Lock', () => {
  let server: SharedS3;
  let config: S3StoreConfig;
  let running: RunningArchive;
  let officer: Actor;

  beforeAll(async () => {
    server = await sharedS3();
    config = freshS3Config(server);
    running = await runArchive({ store: () => ({ kind: 's3', ...config }) });
    officer = await running.person(['officer']);
  });
  afterAll(async () => {
    await checked(running);
    await server.release();
  });

  const view = async (assetId: Id) => (await running.archive.assets.view.run(officer, assetId)).asset;
  const lastEvent = async (assetId: Id) => {
    const event = (await ledgerRepository.page(running.parts.database.reader, `asset:${assetId}`, 0, 100)).at(-1);
    return { type: event?.type, public: JSON.parse(event?.leaf.toString('utf8') ?? '{}').public };
  };

  it.each([0, 1, SIZE])('locks the version of %i bytes for half a year and reads the lock back', async (size) => {
    const content = randomBytes(size);
    const { assetId } = await received(running, officer, content);
    expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
    const asset = await view(assetId);
    expect(asset).toMatchObject({ custody: 'sealed', sha256: sha256Of(content), lockMode: 'COMPLIANCE' });
    const wanted = retainUntil(asset.receivedAt ?? new Date(0)).getTime();
    expect(asset.retainUntil?.getTime()).toBeGreaterThanOrEqual(wanted);

    const versionId = asset.objectVersion ?? '';
    const held = await rawClient(config).getObjectRetention(config.buckets.vault, asset.objectKey ?? '', { versionId });
    expect(held?.mode).toBe('COMPLIANCE');
    expect(new Date(held?.retainUntilDate ?? 0).getTime()).toBe(asset.retainUntil?.getTime());
    expect((await lastEvent(assetId)).public).toMatchObject({
      lock: 'COMPLIANCE',
      object_version: versionId,
      retain_until: asset.retainUntil?.toISOString(),
    });
  });

  it.each<[string, string, (key: string, versionId: string) => Promise<unknown>]>([
    [
      'was written over',
      'extra-version',
      (key) => rawClient(config).putObject(config.buckets.vault, key, randomBytes(10)),
    ],
    [
      'was hidden by a delete marker',
      'extra-version',
      (key) => rawClient(config).removeObject(config.buckets.vault, key),
    ],
    [
      'was removed',
      'missing',
      (key, versionId) => rawClient(config).removeObject(config.buckets.vault, key, { versionId }),
    ],
  ])('quarantines an original that %s before it was locked', async (_what, difference, harm) => {
    const { assetId } = await received(running, officer, randomBytes(1000));
    const { objectKey, objectVersion } = await view(assetId);
    await harm(objectKey ?? '', objectVersion ?? '');
    expect(await running.archive.work.seal.run(assetId)).toBe('quarantined');
    expect(await view(assetId)).toMatchObject({ custody: 'quarantined', quarantineReason: difference });
    expect(await lastEvent(assetId)).toMatchObject({ type: 'asset.quarantined', public: { difference } });
  });

  it('quarantines what is not what the sender declared, and locks nothing', async () => {
    const { assetId } = await received(running, officer, randomBytes(1000), {
      declaredSha256: sha256Of(Buffer.from('something else')),
    });
    expect(await running.archive.work.seal.run(assetId)).toBe('quarantined');
    const { objectKey, objectVersion } = await view(assetId);
    const object = { area: 'vault' as const, key: objectKey ?? '', versionId: objectVersion, sizeBytes: 1000 };
    expect((await running.parts.store.retention(object)).mode).toBe('none');
  });

  it('waits for a store that does not answer', async () => {
    const { assetId } = await received(running, officer, randomBytes(1000));
    const store = new S3ObjectStore({ ...config, endpoint: 'http://127.0.0.1:1', timeoutMs: 500 });
    const dump = await TableDump.open(running.ownerUrl);
    const before = await dump.read();
    const away: ArchiveParts = { ...running.parts, store };
    await expect(assembleArchive(away).work.seal.run(assetId)).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(await dump.read()).toEqual(before);
    await dump.close();
    expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
  });

  it('is done once by however many', async () => {
    const { assetId } = await received(running, officer, randomBytes(SIZE));
    const other = await running.another();
    const results = await Promise.all([
      running.archive.work.seal.run(assetId),
      other.archive.work.seal.run(assetId),
      running.archive.work.seal.run(assetId),
    ]);
    expect([...results].sort()).toEqual(['nothing-owed', 'nothing-owed', 'sealed']);
  });

  it('is missed by the check when its version is gone', async () => {
    // A locked version cannot be removed: a row that names another version stands for it.
    const { assetId } = await received(running, officer, randomBytes(1000));
    await running.archive.work.seal.run(assetId);
    const { objectVersion } = await view(assetId);
    const set = (version: string | null) =>
      running.parts.database.reader.query('UPDATE assets SET object_version = $2 WHERE id = $1', [assetId, version]);
    await set('no-such-version');
    const { findings } = await running.archive.system.check.run();
    const found = findings.filter((finding) => finding.where === `asset:${assetId}`);
    expect(found.map(({ result, what }) => result ?? what)).toEqual([
      'missing',
      'extra-version',
      'the row names another object than the events',
    ]);
    await set(objectVersion);
  });
});
