import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Actor, Id } from '#domain';
import { caseRepository, ledgerRepository } from '#persistence';
import { AskOriginalsCheck } from '../../../libs/archive/src/cases/ask-originals-check.js';
import { CheckCaseOriginals } from '../../../libs/archive/src/cases/check-case-originals.js';
import { EnqueueOwed } from '../../../libs/archive/src/upkeep/enqueue-owed.js';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { flipByteOnDisk } from '../../support/storage-root.js';
import { closableCase, received } from './work.js';

const ASKED = { reason: '开庭出示' };

describe('originals of a case that somebody is about to show', () => {
  let running: RunningArchive;
  let officer: Actor;

  beforeAll(async () => {
    running = await runArchive();
    officer = await running.person(['officer']);
  });
  afterAll(async () => {
    const { findings } = await running.archive.system.check.run();
    await running.stop();
    expect(findings).toEqual([]);
  });

  const reader = () => running.parts.database.reader;
  const standing = async (caseId: Id) => (await running.archive.cases.view.run(officer, caseId)).originalsCheck;
  const lookAt = (caseId: Id) => running.archive.work.checkCaseOriginals.run(caseId, 'court');
  const eventsOf = async (caseId: Id, type: Parameters<typeof ledgerRepository.last>[2]) => {
    const events = await ledgerRepository.ofTypes(reader(), `case:${caseId}`, [type]);
    return events.map(({ leaf }) => JSON.parse(leaf.toString()));
  };

  async function aCaseWith(originals: number) {
    const opened = await closableCase(running, officer);
    const target = { caseId: opened.caseId, occurrenceId: opened.step('site-inspection') };
    const assetIds: Id[] = [];
    for (let i = 0; i < originals; i++) {
      const { assetId } = await received(running, officer, randomBytes(3_000), { target, fileName: `现场${i}.mp4` });
      expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
      assetIds.push(assetId);
    }
    // What was looked at before it was asked for does not count.
    running.clock.advance(1_000);
    return { ...opened, target, assetIds: assetIds.sort() };
  }

  async function ask(caseId: Id, actor = officer): Promise<void> {
    await running.archive.cases.askOriginalsCheck.run(actor, caseId, ASKED);
    running.clock.advance(1_000);
  }

  async function flip(assetId: Id): Promise<void> {
    const { asset } = await running.archive.assets.view.run(officer, assetId);
    await flipByteOnDisk(join(running.dir, 'objects', 'vault', asset.objectKey ?? ''), 0);
  }

  /** Counts what is read; dies before the one named. */
  function counting(dieBefore: Id | null = null) {
    const looked: Id[] = [];
    const originals = {
      run: async (id: Id, options: Parameters<typeof running.archive.work.checkAsset.run>[1]) => {
        if (id === dieBefore) throw new Error('killed');
        looked.push(id);
        return await running.archive.work.checkAsset.run(id, options);
      },
    } as unknown as typeof running.archive.work.checkAsset;
    return { looked, check: new CheckCaseOriginals(running.parts, originals) };
  }

  /** The archive's parts with a queue that writes down what it is asked. */
  function noting() {
    const jobs: unknown[] = [];
    const queue = { enqueue: async (...job: unknown[]) => void jobs.push(job) };
    return { jobs, parts: { ...running.parts, queue: queue as unknown as typeof running.parts.queue } };
  }

  it('are all looked at again, and the case says so', async () => {
    const { caseId, assetIds } = await aCaseWith(3);
    expect(await standing(caseId)).toBeNull();
    await running.archive.work.checkAsset.run(assetIds[0] ?? '', { cause: 'scrub' });
    running.clock.advance(1_000);
    const askedAt = running.clock.now();
    await ask(caseId);
    const begun = { cause: 'court', askedAt, done: 0, total: 3, doneAt: null, intact: 0, notIntact: [] };
    expect(await standing(caseId)).toEqual(begun);
    await running.archive.work.checkAsset.run(assetIds[1] ?? '', { cause: 'court' });
    expect(await standing(caseId)).toEqual({ ...begun, done: 1, intact: 1 });
    expect(await lookAt(caseId)).toBe('checked');
    const doneAt = running.clock.now();
    expect(await standing(caseId)).toEqual({ ...begun, done: 3, intact: 3, doneAt });
    expect(await eventsOf(caseId, 'case.originals_checked')).toMatchObject([
      { on: [], actor: 'system', public: { cause: 'court', originals: 3, intact: 3 } },
    ]);
    expect(await lookAt(caseId)).toBe('nothing-owed');
  });

  it('are asked for with a reason that is no part of the leaf; once while it is under way, anew after it', async () => {
    const { caseId } = await aCaseWith(1);
    await ask(caseId);
    const first = await standing(caseId);
    await ask(caseId);
    expect(await standing(caseId)).toEqual(first);
    const asked = await eventsOf(caseId, 'case.check_asked');
    expect(asked).toMatchObject([
      {
        actor: officer.accountId,
        public: { cause: 'court' },
        committed: { reason: expect.stringMatching(/^sha256:/) },
      },
    ]);
    expect(JSON.stringify(asked)).not.toContain('开庭');
    await lookAt(caseId);
    running.clock.advance(1_000);
    await ask(caseId);
    expect(await standing(caseId)).toMatchObject({ done: 0, total: 1, doneAt: null });
    expect(await lookAt(caseId)).toBe('checked');
    expect(await eventsOf(caseId, 'case.check_asked')).toHaveLength(2);
    expect(await eventsOf(caseId, 'case.originals_checked')).toHaveLength(2);
  });

  it('one with a flipped byte is a finding, an alarm, and named', async () => {
    const { caseId, assetIds } = await aCaseWith(3);
    const [bad = ''] = assetIds;
    const fileName = (await running.archive.assets.view.run(officer, bad)).asset.fileName;
    await flip(bad);
    await ask(caseId);
    expect(await lookAt(caseId)).toBe('checked');
    expect(await standing(caseId)).toMatchObject({ done: 3, intact: 2, notIntact: [{ assetId: bad, fileName }] });
    expect(await eventsOf(caseId, 'case.originals_checked')).toMatchObject([
      { on: [`asset:${bad}`], public: { cause: 'court', originals: 3, intact: 2 } },
    ]);
    const finding = await ledgerRepository.last(reader(), `asset:${bad}`, 'asset.checked');
    expect(JSON.parse(finding?.leaf.toString() ?? '').public).toMatchObject({ result: 'altered', cause: 'court' });
    const supervisor = await running.person(['supervisor']);
    const { items } = await running.archive.system.listFindings.run(supervisor, { cursor: null, limit: 50 });
    expect(items.map(({ line }) => line?.asset.id)).toContain(bad);
    await flip(bad);
    await running.archive.work.checkAsset.run(bad, { cause: 'scrub' });
  });

  it('killed in the middle it goes on without reading twice what was looked at', async () => {
    const { caseId, assetIds } = await aCaseWith(4);
    await ask(caseId);
    const first = counting(assetIds[2]);
    await expect(first.check.run(caseId, 'court')).rejects.toThrow('killed');
    expect(first.looked).toEqual(assetIds.slice(0, 2));
    expect(await standing(caseId)).toMatchObject({ done: 2, total: 4, doneAt: null });
    running.clock.advance(60_000);
    const { jobs, parts } = noting();
    await new EnqueueOwed(parts).run();
    expect(jobs).toContainEqual(['case.court_check', { caseId }, { now: true }]);
    const second = counting();
    expect(await second.check.run(caseId, 'court')).toBe('checked');
    expect(second.looked).toEqual(assetIds.slice(2));
    const owed = await caseRepository.unchecked(reader(), running.clock.now(), 1_000);
    expect(owed.map(({ id }) => id)).not.toContain(caseId);
  });

  it('asked for by one without rights the case looks like not existing', async () => {
    const { caseId } = await aCaseWith(1);
    for (const role of ['officer', 'administrator'] as const) {
      const other = await running.person([role]);
      await expect(ask(caseId, other)).rejects.toMatchObject({ code: 'not-found' });
    }
    expect([await standing(caseId), await eventsOf(caseId, 'case.check_asked')]).toEqual([null, []]);
  });

  it('of a case just closed it is the same look, made quick: asked once, read once, said once', async () => {
    const { caseId, assetIds } = await aCaseWith(2);
    await running.archive.cases.close.run(officer, caseId, { manner: 'executed', reason: '执行完毕', despite: [] });
    running.clock.advance(1_000);
    await running.archive.work.checkAsset.run(assetIds[0] ?? '', { cause: 'close' });
    const before = await standing(caseId);
    const { jobs, parts } = noting();
    await new AskOriginalsCheck(parts).run(officer, caseId, ASKED);
    expect(jobs).toEqual([['case.court_check', { caseId }, { now: true }]]);
    expect(await standing(caseId)).toEqual({ ...before, cause: 'court' });
    // The slow one leaves it to the quick one.
    expect(await running.archive.work.checkCaseOriginals.run(caseId, 'close')).toBe('nothing-owed');
    const { check, looked } = counting();
    expect(await check.run(caseId, 'court')).toBe('checked');
    expect(looked).toEqual([assetIds[1]]);
    const { closing } = await running.archive.cases.view.run(officer, caseId);
    expect(closing?.originals).toMatchObject({ count: 2, intact: 2 });
    // What is looked at later changes nothing in what was found at the closing.
    await ask(caseId);
    expect(await lookAt(caseId)).toBe('checked');
    expect((await running.archive.cases.view.run(officer, caseId)).closing).toEqual(closing);
  });

  it('closed while it is under way, all are read once more since the closing, still quickly', async () => {
    const { caseId, assetIds } = await aCaseWith(2);
    await ask(caseId);
    await running.archive.work.checkAsset.run(assetIds[0] ?? '', { cause: 'court' });
    running.clock.advance(1_000);
    await running.archive.cases.close.run(officer, caseId, { manner: 'executed', reason: '执行完毕', despite: [] });
    expect(await standing(caseId)).toMatchObject({ cause: 'court', done: 0, total: 2 });
    const { check, looked } = counting();
    expect(await check.run(caseId, 'court')).toBe('checked');
    expect(looked).toEqual(assetIds);
    expect((await running.archive.cases.view.run(officer, caseId)).closing?.originals).toMatchObject({ intact: 2 });
  });

  it('what arrives meanwhile is not waited for, and what is moved into the case is looked at as well', async () => {
    const { caseId, target } = await aCaseWith(1);
    const { assetId: loose } = await received(running, officer, randomBytes(500));
    await running.archive.work.seal.run(loose);
    running.clock.advance(1_000);
    await ask(caseId);
    await received(running, officer, randomBytes(500), { target });
    expect(await standing(caseId)).toMatchObject({ total: 1 });
    const moving = {
      run: async (id: Id, options: Parameters<typeof running.archive.work.checkAsset.run>[1]) => {
        const wish = { ...target, range: null, purpose: null, reason: '补充' };
        await running.archive.assets.link.run(officer, loose, wish);
        return await running.archive.work.checkAsset.run(id, options);
      },
    } as unknown as typeof running.archive.work.checkAsset;
    expect(await new CheckCaseOriginals(running.parts, moving).run(caseId, 'court')).toBe('more-to-look-at');
    expect(await standing(caseId)).toMatchObject({ doneAt: null });
    expect(await lookAt(caseId)).toBe('checked');
    expect((await standing(caseId))?.total).toBeGreaterThanOrEqual(2);
  });
});
