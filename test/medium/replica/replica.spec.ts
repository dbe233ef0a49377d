import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assembleArchive, openArchive } from '#archive';
import type { Actor } from '#domain';
import { assetCheckRepository, replicaRepository } from '#persistence';
import { type RunningArchive, runArchive, SILENT } from '../../support/running-archive.js';
import { flipByteOnDisk } from '../../support/storage-root.js';
import { checked, MEBIBYTE, received, sha256Of } from '../archive/work.js';
import { sealedOriginal } from '../threats/threat-work.js';
import { look, pathOf, replicaOf, replicatedOriginal, runWithReplica, saidOf } from './replica-work.js';

const DAY_MS = 86_400_000;

describe('the copy in the second store', () => {
  let running: RunningArchive;
  let officer: Actor;
  let supervisor: Actor;

  beforeEach(async () => {
    running = await runWithReplica();
    officer = await running.person(['officer']);
    supervisor = await running.person(['supervisor']);
  });
  afterEach(() => checked(running));

  const replicaState = async () => (await running.archive.system.describe.run(supervisor)).replica;

  it.each([0, 1, 9 * MEBIBYTE + 11])('is made of what was sealed, %i bytes, read back and named', async (size) => {
    const content = randomBytes(size);
    const asset = await replicatedOriginal(running, officer, content);
    expect((await readFile(pathOf(running, asset, 'replica'))).equals(content)).toBe(true);
    expect((await stat(pathOf(running, asset, 'replica'))).mode & 0o777).toBe(0o444);
    const mark = (await readFile(join(running.dir, 'replica', 'store-id'), 'utf8')).trim();
    expect(await saidOf(running, asset.id, 'asset.replicated')).toEqual([
      {
        store: mark,
        store_kind: 'filesystem',
        object_key: asset.objectKey,
        object_version: null,
        size_bytes: size,
        sha256: sha256Of(content),
        sm3: asset.sm3,
        block_root: asset.blockRoot,
        lock: 'none',
        retain_until: null,
      },
    ]);
    expect(await replicaOf(running, asset.id)).toMatchObject({ storeId: mark, objectKey: asset.objectKey });
    expect((await running.archive.assets.view.run(officer, asset.id)).replica).toMatchObject({
      check: { result: 'intact', copy: 'replica' },
    });
    expect(await running.archive.work.replicate.run(asset.id)).toBe('nothing-owed');
  });

  it('is asked for by the seal, and by the sweep when that was lost', async () => {
    const asked: string[] = [];
    const enqueue = async (name: string, { assetId }: { assetId: string }) => void asked.push(`${name} ${assetId}`);
    const queue = { enqueue } as unknown as typeof running.parts.queue;
    const archive = assembleArchive({ ...running.parts, queue });
    const { assetId } = await received(running, officer, randomBytes(100));
    await archive.work.seal.run(assetId);
    expect(asked).toEqual([`asset.replicate ${assetId}`]);
    running.clock.advance(60_000);
    await archive.work.enqueueOwed.run();
    expect(asked.slice(1)).toContain(`asset.replicate ${assetId}`);
    expect(await replicaState()).toMatchObject({ problem: null, standing: { sealed: 1, copied: 0 } });
    await running.archive.work.replicate.run(assetId);
    asked.length = 0;
    await archive.work.enqueueOwed.run();
    expect(asked).not.toContain(`asset.replicate ${assetId}`);
    expect(await replicaState()).toMatchObject({
      standing: { sealed: 1, copied: 1, copiedBytes: 100, owedSince: null },
      watch: { open: 0, checkedLastDay: 1 },
    });
  });

  it('of a damaged original is not made: the damage is a finding, and nothing is put down', async () => {
    const asset = await sealedOriginal(running, officer, 2 * MEBIBYTE);
    const path = pathOf(running, asset);
    await flipByteOnDisk(path, MEBIBYTE + 1);
    expect(await running.archive.work.replicate.run(asset.id)).toBe('not-as-sealed');
    expect(await saidOf(running, asset.id, 'asset.checked')).toMatchObject([
      { result: 'altered', first_bad_block: 1, cause: 'replication' },
    ]);
    await expect(stat(pathOf(running, asset, 'replica'))).rejects.toMatchObject({ code: 'ENOENT' });
    // Not asked for again while the finding stands.
    const { id } = (await running.parts.replica?.open()) ?? { id: '' };
    const owed = () => {
      const now = new Date(running.parts.clock.now().getTime() + 60_000);
      return replicaRepository.owed(running.parts.database.reader, id, { now, before: now, limit: 10 });
    };
    expect(await owed()).toEqual([]);
    await flipByteOnDisk(path, MEBIBYTE + 1);
    await look(running, asset.id);
    expect(await owed()).toEqual([asset.id]);
    expect(await running.archive.work.replicate.run(asset.id)).toBe('replicated');
  });

  it('is looked at on its own rolling schedule, its findings kept apart from those of the original', async () => {
    const asset = await replicatedOriginal(running, officer, 3 * MEBIBYTE);
    const { reader } = running.parts.database;
    const [original, replica] = [
      await assetCheckRepository.find(reader, asset.id, 'original'),
      await assetCheckRepository.find(reader, asset.id, 'replica'),
    ];
    expect(Math.abs((original?.dueAt.getTime() ?? 0) - (replica?.dueAt.getTime() ?? 0))).toBe(15 * DAY_MS);
    running.clock.advance(31 * DAY_MS);
    expect(await running.archive.work.sweepWatch.run()).toBe(2);

    await flipByteOnDisk(pathOf(running, asset, 'replica'), 2 * MEBIBYTE);
    expect(await look(running, asset.id, 'replica')).toMatchObject({
      result: 'altered',
      facts: { firstBadBlock: 2, badBlocks: 1, blocks: 3 },
    });
    expect(await look(running, asset.id)).toMatchObject({ result: 'intact' });
    expect(await saidOf(running, asset.id, 'asset.checked')).toMatchObject([
      { copy: 'replica', result: 'altered', was: 'intact', first_bad_block: 2 },
    ]);
    const { items } = await running.archive.system.listFindings.run(supervisor, { cursor: null, limit: 10 });
    expect(items).toMatchObject([
      { check: { assetId: asset.id, copy: 'replica' }, other: { result: 'intact', copy: 'original' }, mayHeal: true },
    ]);
    expect((await running.archive.system.describe.run(supervisor)).watch.open).toBe(0);
    expect((await replicaState())?.watch.open).toBe(1);
    const { findings } = await running.archive.system.check.run();
    expect(findings).toMatchObject([{ where: `asset:${asset.id}`, copy: 'replica', result: 'altered' }]);
    expect(findings[0]?.what).toMatch(/^replica altered: first bad block 2/);
    await flipByteOnDisk(pathOf(running, asset, 'replica'), 2 * MEBIBYTE);
    await look(running, asset.id, 'replica');
  });

  it('a folder that is not mounted is no finding, holds nothing else up, and takes no copies', async () => {
    const asset = await replicatedOriginal(running, officer, 1_000);
    const root = join(running.dir, 'replica');
    await rename(root, `${root}-away`);
    await expect(look(running, asset.id, 'replica')).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(await replicaState()).toMatchObject({ problem: 'storage-unavailable' });
    await mkdir(root);
    // One that starts now finds an empty folder where its copies should be.
    const other = await running.another();
    const owed = await sealedOriginal(running, officer, 1_000);
    await expect(other.archive.work.replicate.run(owed.id)).rejects.toMatchObject({ code: 'storage-foreign' });
    expect((await other.archive.system.describe.run(supervisor)).replica).toMatchObject({ problem: 'storage-foreign' });
    const { assetId } = await received(running, officer, randomBytes(10));
    expect(await other.archive.work.seal.run(assetId)).toBe('sealed');

    await rm(root, { recursive: true });
    await rename(`${root}-away`, root);
    for (const id of [owed.id, assetId]) expect(await other.archive.work.replicate.run(id)).toBe('replicated');
    expect(await look(running, asset.id, 'replica')).toMatchObject({ result: 'intact' });
    await other.close();
  });
});

describe('originals that were sealed before there was a second store', () => {
  it('are copied by the sweep; another place in the settings is another store', async () => {
    const running = await runArchive();
    const officer = await running.person(['officer']);
    const assets = [await sealedOriginal(running, officer, 10), await sealedOriginal(running, officer, 20)];
    const supervisor = await running.person(['supervisor']);
    expect((await running.archive.system.describe.run(supervisor)).replica).toBeNull();

    const settings = { watchPeriodMs: DAY_MS, bytesPerSecond: 1e9, unlockedAllowed: false, healsAutomatically: false };
    for (const name of ['replica', 'another']) {
      const replica = { ...settings, store: { kind: 'filesystem', root: join(running.dir, name) } as const };
      const opened = await openArchive({ ...running.options, replica, log: SILENT, clock: running.clock });
      running.clock.advance(60_000);
      expect(await opened.archive.work.enqueueOwed.run()).toBeGreaterThanOrEqual(2);
      for (const { id } of assets) expect(await opened.archive.work.replicate.run(id)).toBe('replicated');
      expect((await opened.archive.system.describe.run(supervisor)).replica?.standing).toMatchObject({ copied: 2 });
      await opened.close();
    }
    await checked(running);
  });
});
