import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { assetSchema, findingPageSchema, systemSchema } from '#contract';
import { type ApiClient, type RunningApi, runApi } from '../../support/running-api.js';
import { flipByteOnDisk } from '../../support/storage-root.js';

describe('findings over HTTP', () => {
  let api: RunningApi;
  let officer: ApiClient;
  let supervisor: ApiClient;
  const ids: string[] = [];

  beforeAll(async () => {
    api = await runApi();
    officer = await api.signIn(['officer']);
    supervisor = await api.signIn(['supervisor']);
    for (let i = 0; i < 3; i++) {
      const id = await officer.upload(randomBytes(2_000), { filename: `${i}.mp4` });
      await api.archive.work.seal.run(id);
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
    expect(system.store).toMatchObject({ kind: 'filesystem', locked: false, lockTest: null, sealingRefused: false });
  });
});
