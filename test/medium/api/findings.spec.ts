import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { assetSchema, findingPageSchema, healingSchema, systemSchema } from '#contract';
import { type ApiClient, type RunningApi, runApi } from '../../support/running-api.js';
import { flipByteOnDisk } from '../../support/storage-root.js';

describe('findings over HTTP', () => {
  let api: RunningApi;
  let officer: ApiClient;
  let supervisor: ApiClient;
  const ids: string[] = [];

  beforeAll(async () => {
    api = await runApi({ replica: (dir) => ({ store: { kind: 'filesystem', root: join(dir, 'replica') } }) });
    officer = await api.signIn(['officer']);
    supervisor = await api.signIn(['supervisor']);
    for (let i = 0; i < 3; i++) {
      const id = await officer.upload(randomBytes(2_000), { filename: `${i}.mp4` });
      await api.archive.work.seal.run(id);
      if (i > 0) await api.archive.work.replicate.run(id);
      const actor = await api.person(['supervisor']);
      const { asset } = await api.archive.assets.view.run(actor, id);
      if (i > 0) await flipByteOnDisk(join(api.dir, 'objects', 'vault', asset.objectKey ?? ''), 0);
      await api.archive.work.checkAsset.run(id, { cause: 'scrub' });
      ids.push(id);
    }
  });
  afterAll(() => api.stop());

  const list = async (query = '') => findingPageSchema.parse(await supervisor.send('GET', `/findings${query}`));

  it('are listed newest first, in pages, with the block', async () => {
    const { items, nextCursor } = await list();
    expect(items.map(({ assetId }) => assetId)).toEqual([ids[2], ids[1]]);
    expect(items[0]).toMatchObject({ result: 'altered', firstBadBlock: 0, badBlocks: 1, blocks: 1, fileName: '2.mp4' });
    expect(nextCursor).toBeNull();

    const first = await list('?limit=1');
    expect(first.items).toEqual(items.slice(0, 1));
    const second = await list(`?limit=1&cursor=${first.nextCursor}`);
    expect([second.items, second.nextCursor]).toEqual([items.slice(1), null]);
  });

  it('stand on the page of the asset, for who may see it', async () => {
    const view = async (id = '') => assetSchema.parse(await officer.send('GET', `/assets/${id}`));
    expect((await view(ids[0])).check).toMatchObject({ result: 'intact', firstBadBlock: null });
    expect((await view(ids[1])).check).toMatchObject({ result: 'altered', firstBadBlock: 0 });
  });

  it('are counted by the system, which says that a filesystem holds no locks', async () => {
    const system = systemSchema.parse(await supervisor.send('GET', '/system'));
    expect(system.watch).toMatchObject({ open: 2, overdue: 0, checkedLastDay: 3 });
    expect(system.replica).toMatchObject({ kind: 'filesystem', problem: null, sealed: 3, copied: 2, locked: false });
    expect(system.store).toMatchObject({ kind: 'filesystem', locked: false, lockTest: null, sealingRefused: false });
  });

  it('are healed when a supervisor asks with a reason, and stay in the list as healed', async () => {
    const [, id = ''] = ids;
    const before = (await list()).items.find(({ assetId }) => assetId === id);
    expect(before).toMatchObject({ copy: 'original', other: { result: 'intact' }, healing: null, mayHeal: true });
    const ask = (body: object) => supervisor.raw('POST', `/assets/${id}/healings`, { body: JSON.stringify(body) });
    expect((await ask({ copy: 'original' })).status).toBe(400);
    const asked = await supervisor.send('POST', `/assets/${id}/healings`, { reason: '坏块，已查明' });
    expect(healingSchema.parse(asked)).toMatchObject({ assetId: id, state: 'waiting', found: 'altered' });
    expect((await list()).items.find(({ assetId }) => assetId === id)).toMatchObject({
      healing: { state: 'waiting' },
      mayHeal: false,
    });
    await api.archive.work.heal.run(healingSchema.parse(asked).id);
    expect((await list()).items.find(({ assetId }) => assetId === id)).toMatchObject({
      result: 'intact',
      formerVersions: 1,
      healing: { state: 'healed', found: 'altered', doneBytes: 2_000, totalBytes: 2_000 },
      mayHeal: false,
    });
    expect(assetSchema.parse(await officer.send('GET', `/assets/${id}`)).replica).toMatchObject({
      check: { result: 'intact' },
    });
  });
});
