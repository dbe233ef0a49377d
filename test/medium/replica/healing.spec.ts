import { createHash, randomBytes } from 'node:crypto';
import { chmod, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { assembleArchive } from '#archive';
import { type Actor, ArchiveError } from '#domain';
import type { ObjectStore } from '#object-store';
import { type AssetRecord, ledgerRepository } from '#persistence';
import { asSuperuser } from '../../support/attacks/superuser.js';
import type { RunningArchive } from '../../support/running-archive.js';
import { flipByteOnDisk } from '../../support/storage-root.js';
import { storeWith } from '../archive/store-with.js';
import { checked, MEBIBYTE } from '../archive/work.js';
import {
  healed,
  healingsOf,
  look,
  pathOf,
  replicaOf,
  replicatedOriginal,
  runWithReplica,
  saidOf,
  setAsideOf,
} from './replica-work.js';

describe('healing, on filesystems', () => {
  let running: RunningArchive;
  let officer: Actor;
  let supervisor: Actor;

  beforeEach(async () => {
    running = await runWithReplica();
    officer = await running.person(['officer']);
    supervisor = await running.person(['supervisor']);
  });
  afterEach(() => running.stop());

  const findings = async () =>
    (await running.archive.system.listFindings.run(supervisor, { cursor: null, limit: 10 })).items;
  const keptBytes = async (key: string): Promise<Buffer> => readFile(join(running.dir, 'objects', 'vault', key));
  const isWhole = async (asset: AssetRecord, content: Buffer): Promise<void> => {
    expect((await readFile(pathOf(running, asset))).equals(content)).toBe(true);
    expect((await stat(pathOf(running, asset))).mode & 0o777).toBe(0o444);
    const opened = await running.archive.assets.openOriginal.run(officer, asset.id, 'asset.read');
    expect((await buffer(await opened.open(null, new AbortController().signal))).equals(content)).toBe(true);
  };

  it('a flipped byte: found, healed when a person asks, the damaged bytes kept, and all of it told', async () => {
    const content = randomBytes(3 * MEBIBYTE + 7);
    const asset = await replicatedOriginal(running, officer, content);
    await flipByteOnDisk(pathOf(running, asset), 2 * MEBIBYTE);
    const damaged = await readFile(pathOf(running, asset));
    expect(await look(running, asset.id)).toMatchObject({ result: 'altered' });
    expect(await findings()).toMatchObject([{ mayHeal: true, healing: null, other: { result: 'intact' } }]);

    expect(await healed(running, supervisor, asset.id)).toBe('healed');
    await isWhole(asset, content);
    const [asked] = await saidOf(running, asset.id, 'asset.healing_asked');
    expect(asked).toMatchObject({ copy: 'original', from: 'replica', found: 'altered', first_bad_block: 2 });
    expect(JSON.stringify(asked)).not.toContain('坏块');
    const [told] = await saidOf(running, asset.id, 'asset.healed');
    const { storeId } = (await replicaOf(running, asset.id)) ?? {};
    expect(told).toMatchObject({
      ...{ healing: asked?.healing, copy: 'original', found: 'altered', first_bad_block: 2, bad_blocks: 1 },
      ...{ object_key: asset.objectKey, object_version: null, former_version: null },
      ...{ from: 'replica', from_store: storeId, from_key: asset.objectKey, from_version: null },
      ...{ sha256: asset.sha256, sm3: asset.sm3, block_root: asset.blockRoot, size_bytes: content.length },
    });
    const [key] = setAsideOf(told);
    expect((await keptBytes(key ?? '')).equals(damaged)).toBe(true);
    expect((await saidOf(running, asset.id, 'asset.checked')).at(-1)).toMatchObject({
      result: 'intact',
      was: 'altered',
      cause: 'healing',
      former_versions: 1,
    });

    // It stays in the list, as healed; later looks find it whole and tell nothing new.
    expect(await findings()).toMatchObject([
      { check: { result: 'intact', facts: { formerVersions: 1 } }, healing: { state: 'healed', found: 'altered' } },
    ]);
    expect((await running.archive.system.describe.run(supervisor)).watch.open).toBe(0);
    const before = await saidOf(running, asset.id, 'asset.checked');
    expect(await look(running, asset.id)).toEqual({ result: 'intact', also: [], facts: { formerVersions: 1 } });
    expect((await running.archive.system.check.run()).findings).toEqual([]);
    expect(await saidOf(running, asset.id, 'asset.checked')).toEqual(before);
  });

  it('twice: what was damaged each time is kept', async () => {
    const content = randomBytes(1_000);
    const asset = await replicatedOriginal(running, officer, content);
    for (const at of [1, 2]) {
      await flipByteOnDisk(pathOf(running, asset), at);
      await look(running, asset.id);
      expect(await healed(running, supervisor, asset.id)).toBe('healed');
    }
    const kept = (await saidOf(running, asset.id, 'asset.healed')).flatMap(setAsideOf);
    expect(new Set(kept).size).toBe(2);
    for (const key of kept) expect((await keptBytes(key)).equals(content)).toBe(false);
    expect(await look(running, asset.id)).toEqual({ result: 'intact', also: [], facts: { formerVersions: 2 } });
    await checkedNow();
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['missing', (path) => rm(path, { force: true })],
    [
      'cut off',
      async (path) => {
        await chmod(path, 0o600);
        await writeFile(path, Buffer.alloc(10));
      },
    ],
    [
      'grown',
      async (path) => {
        await chmod(path, 0o600);
        await writeFile(path, 'and more', { flag: 'a' });
      },
    ],
  ])('an original that is %s', async (_what, harm) => {
    const content = randomBytes(2 * MEBIBYTE);
    const asset = await replicatedOriginal(running, officer, content);
    await harm(pathOf(running, asset));
    await look(running, asset.id);
    expect(await healed(running, supervisor, asset.id)).toBe('healed');
    await isWhole(asset, content);
    await checkedNow();
  });

  it('an original that cannot be read', async () => {
    const content = randomBytes(5_000);
    const asset = await replicatedOriginal(running, officer, content);
    const inode = (await stat(pathOf(running, asset))).ino;
    // A bad sector under this very file.
    const readBlocks: ObjectStore['readBlocks'] = async (object, signal) => {
      if ((await stat(join(running.dir, 'objects', 'vault', object.key))).ino === inode)
        throw new ArchiveError('storage-unavailable', 'read object: EIO');
      return await running.parts.store.readBlocks(object, signal);
    };
    const { work, system } = assembleArchive({
      ...running.parts,
      store: storeWith(running.parts.store, { readBlocks }),
    });
    expect(await work.checkAsset.run(asset.id, { cause: 'scrub' })).toMatchObject({ result: 'unreadable' });
    const { id } = await system.askHealing.run(supervisor, asset.id, { copy: 'original', reason: '坏道' });
    expect(await work.heal.run(id)).toBe('healed');
    expect(await work.checkAsset.run(asset.id, { cause: 'scrub' })).toMatchObject({ result: 'intact' });
    await isWhole(asset, content);
  });

  it('does nothing when the copy is damaged too, and says so', async () => {
    const asset = await replicatedOriginal(running, officer, 2 * MEBIBYTE);
    await flipByteOnDisk(pathOf(running, asset), 0);
    await flipByteOnDisk(pathOf(running, asset, 'replica'), MEBIBYTE);
    const before = await Promise.all([readFile(pathOf(running, asset)), readFile(pathOf(running, asset, 'replica'))]);
    await look(running, asset.id);
    expect(await healed(running, supervisor, asset.id)).toBe('copy-altered');
    const after = await Promise.all([readFile(pathOf(running, asset)), readFile(pathOf(running, asset, 'replica'))]);
    expect(after.every((bytes, i) => bytes.equals(before[i] ?? Buffer.alloc(0)))).toBe(true);
    expect(await saidOf(running, asset.id, 'asset.healing_refused')).toMatchObject([{ refusal: 'copy-altered' }]);
    expect(await saidOf(running, asset.id, 'asset.checked')).toMatchObject([
      { result: 'altered', first_bad_block: 0 },
      { copy: 'replica', result: 'altered', first_bad_block: 1, cause: 'healing' },
    ]);
    expect((await findings()).map(({ check }) => [check.copy, check.result]).sort()).toEqual([
      ['original', 'altered'],
      ['replica', 'altered'],
    ]);
    const { findings: all } = await running.archive.system.check.run();
    expect(all.map(({ copy, result }) => [copy, result])).toEqual([
      ['original', 'altered'],
      ['replica', 'altered'],
    ]);
    // Nor is a copy made anew over it by the sweep.
    expect(await running.archive.work.replicate.run(asset.id)).toBe('nothing-owed');
  });

  it('nor when the copy is gone', async () => {
    const asset = await replicatedOriginal(running, officer, 100);
    await flipByteOnDisk(pathOf(running, asset), 0);
    await rm(pathOf(running, asset, 'replica'), { force: true });
    await look(running, asset.id);
    expect(await healed(running, supervisor, asset.id)).toBe('copy-missing');
  });

  it('a damaged copy is restored from the original, on the same terms', async () => {
    const content = randomBytes(MEBIBYTE + 1);
    const asset = await replicatedOriginal(running, officer, content);
    const path = pathOf(running, asset, 'replica');
    await flipByteOnDisk(path, 5);
    await look(running, asset.id, 'replica');
    expect(await healed(running, supervisor, asset.id, 'replica')).toBe('healed');
    expect((await readFile(path)).equals(content)).toBe(true);
    expect(await saidOf(running, asset.id, 'asset.healed')).toMatchObject([
      { copy: 'replica', from: 'original', from_store: null, store: (await replicaOf(running, asset.id))?.storeId },
    ]);
    expect(await look(running, asset.id, 'replica')).toMatchObject({ result: 'intact', facts: { formerVersions: 1 } });
    await checkedNow();
  });

  it('rows made to agree with a forgery are not believed: what the events say counts', async () => {
    const asset = await replicatedOriginal(running, officer, 1_000);
    const forgery = Buffer.alloc(1_000, 7);
    for (const copy of ['original', 'replica'] as const) {
      await chmod(pathOf(running, asset, copy), 0o600);
      await writeFile(pathOf(running, asset, copy), forgery);
    }
    const digest = (name: string) => `${name}:${createHash(name).update(forgery).digest('hex')}`;
    await running.parts.database.reader.query('UPDATE assets SET sha256 = $2, sm3 = $3 WHERE id = $1', [
      ...[asset.id, digest('sha256'), digest('sm3')],
    ]);
    expect(await look(running, asset.id)).toMatchObject({ result: 'altered' });
    expect(await healed(running, supervisor, asset.id)).toBe('copy-altered');
    expect(await saidOf(running, asset.id, 'asset.healed')).toEqual([]);
  });

  it('nor events that were edited: they are not those that were logged', async () => {
    const asset = await replicatedOriginal(running, officer, 1_000);
    await flipByteOnDisk(pathOf(running, asset), 0);
    await look(running, asset.id);
    const seal = await ledgerRepository.last(running.parts.database.reader, `asset:${asset.id}`, 'asset.sealed');
    const leaf = Buffer.from(seal?.leaf.toString('utf8').replace(/sm3:[0-9a-f]/, 'sm3:g') ?? '');
    await asSuperuser(running.ownerUrl, async (client) => {
      await client.query('ALTER TABLE events DISABLE TRIGGER ALL');
      await client.query('UPDATE events SET leaf = $2 WHERE id = $1', [seal?.id, leaf]);
      await client.query('ALTER TABLE events ENABLE TRIGGER ALL');
    });
    expect(await healed(running, supervisor, asset.id)).toBe('events-altered');
  });

  it('is refused when it is over: a file that was put back by hand', async () => {
    const asset = await replicatedOriginal(running, officer, 1_000);
    const path = pathOf(running, asset);
    await rename(path, `${path}.away`);
    await look(running, asset.id);
    await rename(`${path}.away`, path);
    expect(await healed(running, supervisor, asset.id)).toBe('not-damaged');
    expect(await saidOf(running, asset.id, 'asset.healed')).toEqual([]);
    expect((await saidOf(running, asset.id, 'asset.checked')).at(-1)).toMatchObject({
      result: 'intact',
      was: 'missing',
    });
  });

  it('waits for a copy whose store is away, and goes on when it is back', async () => {
    const asset = await replicatedOriginal(running, officer, 1_000);
    await flipByteOnDisk(pathOf(running, asset), 0);
    await look(running, asset.id);
    const { id } = await running.archive.system.askHealing.run(supervisor, asset.id, {
      copy: 'original',
      reason: '坏块',
    });
    const root = join(running.dir, 'replica');
    await rename(root, `${root}-away`);
    await expect(running.archive.work.heal.run(id)).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(await saidOf(running, asset.id, 'asset.healing_refused')).toEqual([]);
    await rename(`${root}-away`, root);
    expect(await running.archive.work.heal.run(id)).toBe('healed');
    expect(await running.archive.work.heal.run(id)).toBe('nothing-owed');
  });

  it('a disk that gives back other bytes than it was given ends it: nothing is pinned', async () => {
    const asset = await replicatedOriginal(running, officer, 1_000);
    await flipByteOnDisk(pathOf(running, asset), 0);
    await look(running, asset.id);
    const { id } = await running.archive.system.askHealing.run(supervisor, asset.id, {
      copy: 'original',
      reason: '坏块',
    });
    const putBeside: ObjectStore['putBeside'] = async (...given) => {
      const object = await running.parts.store.putBeside(...given);
      await flipByteOnDisk(pathOf(running, asset), 9);
      return object;
    };
    const broken = assembleArchive({ ...running.parts, store: storeWith(running.parts.store, { putBeside }) });
    expect(await broken.work.heal.run(id)).toBe('not-read-back');
    expect(await look(running, asset.id)).toMatchObject({ result: 'altered' });
  });

  describe('is for', () => {
    it('supervisors of the unit and administrators, with a reason; nobody else learns that there is something', async () => {
      const root = (await running.archive.people.listUnits.run())[0];
      const admin = await running.person(['administrator']);
      const unit = await running.archive.people.createUnit.run(admin, { name: '二队', parentId: root?.id ?? '' });
      const elsewhere = await running.person(['supervisor'], unit.id);
      const archivist = await running.person(['archivist']);
      const asset = await replicatedOriginal(running, officer, 100);
      const ask = (actor: Actor) =>
        running.archive.system.askHealing.run(actor, asset.id, { copy: 'original', reason: '坏块' });
      for (const actor of [officer, archivist, elsewhere])
        await expect(ask(actor)).rejects.toMatchObject({ code: 'not-found' });
      const why = (reason: string) => ({ code: 'precondition-failed', details: { why: reason } });
      await expect(ask(supervisor)).rejects.toMatchObject(why('not-damaged'));
      await flipByteOnDisk(pathOf(running, asset), 0);
      await look(running, asset.id);
      const asked = await ask(admin);
      await expect(ask(supervisor)).rejects.toMatchObject(why('under-way'));
      expect(await running.archive.work.heal.run(asked.id)).toBe('healed');
      await expect(ask(supervisor)).rejects.toMatchObject(why('not-damaged'));
      await checkedNow();
    });

    it('the settings, where they say so: without being asked, once for a finding', async () => {
      const own = await runWithReplica({
        replica: (dir) => ({ store: { kind: 'filesystem', root: join(dir, 'replica') }, healsAutomatically: true }),
      });
      const sender = await own.person(['officer']);
      const asset = await replicatedOriginal(own, sender, 100);
      await flipByteOnDisk(pathOf(own, asset), 0);
      await own.archive.work.checkAsset.run(asset.id, { cause: 'scrub' });
      for (let i = 0; i < 2; i++) await own.archive.work.sweepWatch.run();
      const [healing, ...more] = await healingsOf(own, asset.id);
      expect([healing?.askedBy, more]).toEqual([null, []]);
      expect(await own.archive.work.heal.run(healing?.id ?? '')).toBe('healed');
      await own.archive.work.sweepWatch.run();
      expect(await saidOf(own, asset.id, 'asset.healing_asked')).toHaveLength(1);
      await checked(own);
    });

    it('nobody by default: nothing is healed without being asked', async () => {
      const asset = await replicatedOriginal(running, officer, 100);
      await flipByteOnDisk(pathOf(running, asset), 0);
      await look(running, asset.id);
      await running.archive.work.sweepWatch.run();
      expect(await healingsOf(running, asset.id)).toEqual([]);
    });
  });

  async function checkedNow(): Promise<void> {
    expect((await running.archive.system.check.run()).findings).toEqual([]);
  }
});
