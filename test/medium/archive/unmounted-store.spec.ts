import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor } from '#domain';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { checked, received } from './work.js';

describe('a store folder whose disk is not mounted', () => {
  let running: RunningArchive;
  let officer: Actor;
  let root: string;

  beforeAll(async () => {
    running = await runArchive();
    officer = await running.person(['officer']);
    root = join(running.dir, 'objects');
  });
  afterAll(() => checked(running));

  it('is no reason to call originals missing, and not begun upon', async () => {
    const { assetId } = await received(running, officer, randomBytes(100_000));
    await rename(root, `${root}-away`);
    for (const area of ['vault', 'staging', 'media']) await mkdir(join(root, area), { recursive: true });

    await expect(running.archive.work.seal.run(assetId)).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(await running.archive.system.readiness.run()).toMatchObject({
      isReady: false,
      checks: { store: 'storage-unavailable' },
    });
    await expect(running.another()).rejects.toMatchObject({ code: 'storage-foreign' });

    await rm(root, { recursive: true });
    await rename(`${root}-away`, root);
    expect((await running.archive.assets.view.run(officer, assetId)).asset.custody).toBe('received');
    expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
    const again = await running.another();
    await again.close();
  });
});
