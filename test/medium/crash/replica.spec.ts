import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Actor, Id } from '#domain';
import type { AssetRecord } from '#persistence';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { freshS3Config, type SharedS3, sharedS3, type WholeS3Config } from '../../support/s3-server.js';
import { flipByteOnDisk } from '../../support/storage-root.js';
import { checked, MEBIBYTE } from '../archive/work.js';
import { rawClient } from '../object-store/raw-client.js';
import {
  folderReplica,
  look,
  pathOf,
  replicatedOriginal,
  runWithReplica,
  saidOf,
  setAsideOf,
} from '../replica/replica-work.js';
import { sealedOriginal } from '../threats/threat-work.js';
import { surviveCopying } from './replica-survival.js';

// A process of its own is started for every point.
jest.setTimeout(1_200_000);

/** What goes on: an archive that knows nothing of the process that died. */
async function goOn(running: RunningArchive, work: { replicate: Id } | { heal: Id }): Promise<string> {
  const { archive, close } = await running.another();
  try {
    return 'heal' in work ? await archive.work.heal.run(work.heal) : await archive.work.replicate.run(work.replicate);
  } finally {
    await close();
  }
}

async function askHealing(running: RunningArchive, assetId: Id, supervisor: Actor): Promise<Id> {
  await look(running, assetId);
  const wish = { copy: 'original', reason: '坏块' } as const;
  return (await running.archive.system.askHealing.run(supervisor, assetId, wish)).id;
}

describe('a death at any step, on filesystems', () => {
  let running: RunningArchive;
  let officer: Actor;
  let supervisor: Actor;
  const content = randomBytes(MEBIBYTE + 7);

  beforeAll(async () => {
    running = await runWithReplica();
    officer = await running.person(['officer']);
    supervisor = await running.person(['supervisor']);
  });
  afterAll(() => checked(running));

  it('of copying: the copy is made once, and whole', async () => {
    const assets = new Map<Id, AssetRecord>();
    const points = await surviveCopying({
      ...{ running, atOnce: 2 },
      prepare: async () => {
        const asset = await sealedOriginal(running, officer, content);
        assets.set(asset.id, asset);
        return { assetId: asset.id, work: { replicate: asset.id } };
      },
      goOn: async ({ assetId, work }) => {
        await goOn(running, work);
        const asset = assets.get(assetId);
        if (asset === undefined) throw new Error('not prepared');
        expect((await readFile(pathOf(running, asset, 'replica'))).equals(content)).toBe(true);
        expect(await saidOf(running, assetId, 'asset.replicated')).toHaveLength(1);
      },
    });
    expect(points).toEqual(
      expect.arrayContaining([
        'putBeside, under way',
        'putBeside, done',
        'transaction, before the commit',
        'transaction, committed',
      ]),
    );
    // Nothing was moved aside: what was there was right.
    await expect(readdir(join(running.dir, 'replica', 'vault', 'set-aside'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each(['altered', 'missing'] as const)('of healing what is %s: healed once, the damaged kept', async (found) => {
    const prepared = new Map<Id, { asset: AssetRecord; damaged: Buffer | null }>();
    const points = await surviveCopying({
      ...{ running, atOnce: 2 },
      prepare: async () => {
        const asset = await replicatedOriginal(running, officer, content);
        const path = pathOf(running, asset);
        if (found === 'altered') await flipByteOnDisk(path, 9);
        else await rm(path, { force: true });
        prepared.set(asset.id, { asset, damaged: found === 'altered' ? await readFile(path) : null });
        return { assetId: asset.id, work: { heal: await askHealing(running, asset.id, supervisor) } };
      },
      goOn: async ({ assetId, work }) => {
        await goOn(running, work);
        const { asset, damaged = null } = prepared.get(assetId) ?? {};
        if (asset === undefined) throw new Error('not prepared');
        expect((await readFile(pathOf(running, asset))).equals(content)).toBe(true);
        const told = await saidOf(running, assetId, 'asset.healed');
        expect(told).toMatchObject([{ found, sha256: asset.sha256 }]);
        expect(await saidOf(running, assetId, 'asset.healing_refused')).toEqual([]);
        const kept = setAsideOf(told[0]);
        expect(kept).toHaveLength(damaged === null ? 0 : 1);
        for (const key of kept)
          expect((await readFile(join(running.dir, 'objects', 'vault', key))).equals(damaged ?? content)).toBe(true);
      },
    });
    expect(points).toEqual(
      expect.arrayContaining([
        'statement, done',
        'putBeside, under way',
        'putBeside, done',
        'transaction, before the commit',
        'transaction, committed',
      ]),
    );
  });
});

describe('a death at any step, on S3', () => {
  let server: SharedS3;
  let running: RunningArchive;
  let config: WholeS3Config;
  let officer: Actor;
  let supervisor: Actor;

  beforeAll(async () => {
    server = await sharedS3();
    // Without locks: only there can a version be made to be gone.
    config = freshS3Config(server, { allowUnlocked: true });
    const client = rawClient(config);
    await client.makeBucket(config.buckets.vault, config.region);
    await client.setBucketVersioning(config.buckets.vault, { Status: 'Enabled' });
    const settings = { unlockedVaultAllowed: true };
    running = await runArchive({ store: () => ({ kind: 's3', ...config }), settings, replica: folderReplica });
    officer = await running.person(['officer']);
    supervisor = await running.person(['supervisor']);
  });
  afterAll(async () => {
    await checked(running);
    await server.release();
  });

  it('of healing: one version is made, and pinned', async () => {
    // Two parts.
    const content = randomBytes(8 * MEBIBYTE + 7);
    const points = await surviveCopying({
      ...{ running, atOnce: 2 },
      prepare: async () => {
        const asset = await replicatedOriginal(running, officer, content);
        const versionId = asset.objectVersion ?? '';
        await rawClient(config).removeObject(config.buckets.vault, asset.objectKey ?? '', { versionId });
        return { assetId: asset.id, work: { heal: await askHealing(running, asset.id, supervisor) } };
      },
      goOn: async ({ assetId, work }) => {
        await goOn(running, work);
        const { asset } = await running.archive.assets.view.run(officer, assetId);
        expect(await look(running, assetId)).toMatchObject({ result: 'intact' });
        const versions = await running.parts.store.listVersions('vault', asset.objectKey ?? '');
        expect(versions.map(({ versionId }) => versionId)).toEqual([asset.objectVersion]);
        expect(await saidOf(running, assetId, 'asset.healed')).toMatchObject([{ object_version: asset.objectVersion }]);
      },
    });
    expect(points).toEqual(
      expect.arrayContaining(['putBeside, under way', 'putBeside, done', 'transaction, committed']),
    );
  });
});
