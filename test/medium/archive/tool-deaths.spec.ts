import { randomBytes } from 'node:crypto';
import type { Actor } from '#domain';
import { assetRepository } from '#persistence';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { checked, received } from './work.js';

describe('an original over which workers die', () => {
  let running: RunningArchive;
  let officer: Actor;

  beforeAll(async () => {
    running = await runArchive();
    officer = await running.person(['officer']);
  });
  afterAll(() => checked(running));

  const asset = async (assetId: string) => (await running.archive.assets.view.run(officer, assetId)).asset;

  it('is shown as not viewable in the end, and sealed all the same', async () => {
    const { assetId } = await received(running, officer, randomBytes(1000));
    // What is left when the process ends inside the tools.
    const die = () => assetRepository.toolsBegin(running.parts.database.reader, assetId);
    const looked: number[] = [];
    const look = async () => {
      looked.push(1);
      throw new Error('tool failed');
    };
    for (let death = 0; death < 4; death++) await die();
    await expect(running.archive.work.look.run(assetId, look)).rejects.toThrow('tool failed');
    // A failure the worker lives through forgets the deaths.
    expect((await asset(assetId)).toolDeaths).toBe(0);
    for (let death = 0; death < 5; death++) await die();
    await running.archive.work.look.run(assetId, look);
    expect(looked).toHaveLength(1);
    expect(await asset(assetId)).toMatchObject({ viewing: 'unviewable', unviewableReason: 'corrupt' });
    expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
    expect(await running.archive.work.enqueueOwed.run()).toBe(0);
  });
});
