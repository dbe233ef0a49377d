import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Client } from 'minio';
import type { Actor } from '#domain';
import type { S3StoreConfig } from '#object-store';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { freshS3Config, type SharedS3, sharedS3 } from '../../support/s3-server.js';
import { rawClient } from '../object-store/raw-client.js';
import { foundBy, scrub, sealedOriginal, toldOf } from './threat-work.js';

describe('T2: the owner of the bucket puts something over an original', () => {
  let server: SharedS3;
  let config: S3StoreConfig;
  let running: RunningArchive;
  let officer: Actor;
  let owner: Client;
  let vault: string;

  beforeAll(async () => {
    server = await sharedS3();
    config = freshS3Config(server);
    running = await runArchive({ store: () => ({ kind: 's3', ...config }) });
    officer = await running.person(['officer']);
    owner = rawClient(config);
    vault = config.buckets.vault;
  });
  afterAll(async () => {
    await running.stop();
    await server.release();
  });

  it.each<[string, object, (key: string) => Promise<unknown>]>([
    [
      'another version',
      { extraVersions: 1, deleteMarkers: 0 },
      (key) => owner.putObject(vault, key, Buffer.from('a forgery')),
    ],
    ['a delete marker', { extraVersions: 0, deleteMarkers: 1 }, (key) => owner.removeObject(vault, key)],
  ])('%s: the original is served all the same, and it is told', async (_what, facts, harm) => {
    const content = randomBytes(1_000);
    const asset = await sealedOriginal(running, officer, content);
    expect(await scrub(running, asset.id)).toMatchObject({ result: 'intact' });
    await harm(asset.objectKey ?? '');

    const opened = await running.archive.assets.openOriginal.run(officer, asset.id, 'asset.download');
    expect(await buffer(await opened.open(null, new AbortController().signal))).toEqual(content);
    expect(await scrub(running, asset.id)).toEqual({ result: 'extra-version', also: [], facts });
    expect(await toldOf(running, asset.id)).toMatchObject([{ result: 'extra-version', was: 'intact' }]);
    expect(await foundBy(running, asset.id)).toEqual(['extra-version']);
  });

  it('the original is gone: its lock was set aside by whoever owns the disks', async () => {
    const asset = await sealedOriginal(running, officer, 1_000);
    // A locked version cannot be removed by anyone who comes through the gateway: a row that names another stands for it.
    const nameVersion = (version: string | null) =>
      running.parts.database.reader.query('UPDATE assets SET object_version = $2 WHERE id = $1', [asset.id, version]);
    await nameVersion('no-such-version');
    expect(await scrub(running, asset.id)).toMatchObject({ result: 'missing', also: ['extra-version'] });
    await nameVersion(asset.objectVersion);
    expect(await scrub(running, asset.id)).toMatchObject({ result: 'intact' });
    expect(await toldOf(running, asset.id)).toMatchObject([
      { result: 'missing', was: 'intact' },
      { result: 'intact', was: 'missing' },
    ]);
  });
});
