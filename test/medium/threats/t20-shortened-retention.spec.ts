import { type Client, RETENTION_MODES } from 'minio';
import { type ArchiveParts, assembleArchive } from '#archive';
import type { Actor } from '#domain';
import type { ObjectStore, Retention, S3StoreConfig } from '#object-store';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { freshS3Config, type SharedS3, sharedS3 } from '../../support/s3-server.js';
import { storeWith } from '../archive/store-with.js';
import { rawClient } from '../object-store/raw-client.js';
import { scrub, sealedOriginal, toldOf } from './threat-work.js';

const HOUR_MS = 3_600_000;

describe('T20: the owner of the bucket shortens a retention', () => {
  let server: SharedS3;
  let config: S3StoreConfig;
  let running: RunningArchive;
  let officer: Actor;
  let owner: Client;

  beforeAll(async () => {
    server = await sharedS3();
    config = freshS3Config(server);
    running = await runArchive({ store: () => ({ kind: 's3', ...config }) });
    officer = await running.person(['officer']);
    owner = rawClient(config);
  });
  afterAll(async () => {
    await running.stop();
    await server.release();
  });

  it.each([
    ['sooner', RETENTION_MODES.COMPLIANCE, false],
    ['to governance', RETENTION_MODES.GOVERNANCE, false],
    ['to governance, with the right to bypass it', RETENTION_MODES.GOVERNANCE, true],
  ])('%s: refused, and the lock is as it was', async (_what, mode, governanceBypass) => {
    const asset = await sealedOriginal(running, officer, 1_000);
    const change = owner.putObjectRetention(config.buckets.vault, asset.objectKey ?? '', {
      versionId: asset.objectVersion ?? '',
      mode,
      governanceBypass,
      retainUntilDate: new Date(Date.now() + HOUR_MS).toISOString(),
    });
    await expect(change).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(await scrub(running, asset.id)).toMatchObject({ result: 'intact' });
  });

  it.each<[string, (held: Retention) => Retention]>([
    ['is shorter', ({ until }) => ({ mode: 'COMPLIANCE', until: new Date((until?.getTime() ?? 0) - 1_000) })],
    ['is of governance', ({ until }) => ({ mode: 'GOVERNANCE', until })],
    ['is gone', () => ({ mode: 'none', until: null })],
  ])('on a server that gave in: a lock that %s is a finding', async (_what, weaken) => {
    const asset = await sealedOriginal(running, officer, 1_000);
    const { store } = running.parts;
    const retention: ObjectStore['retention'] = async (object) => weaken(await store.retention(object));
    const parts: ArchiveParts = { ...running.parts, store: storeWith(store, { retention }) };
    const checked = await assembleArchive(parts).work.checkAsset.run(asset.id, { cause: 'scrub' });
    expect(checked).toMatchObject({ result: 'lock-weaker', also: [] });
    expect(await toldOf(running, asset.id)).toMatchObject([{ result: 'lock-weaker', was: 'intact' }]);
  });
});
