import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor, Id } from '#domain';
import { caseRepository, ledgerRepository } from '#persistence';
import { CheckCaseOriginals } from '../../../libs/archive/src/cases/check-case-originals.js';
import type { CaseClosing } from '../../../libs/archive/src/cases/close-case.js';
import { EnqueueOwed } from '../../../libs/archive/src/upkeep/enqueue-owed.js';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { flipByteOnDisk } from '../../support/storage-root.js';
import { anUpload, aPiece, closableCase, received } from './work.js';

const CLOSING: CaseClosing = { manner: 'executed', reason: '罚款已缴清', despite: [] };
const CLOSED = { code: 'case-closed' };
const NOT_FOUND = { code: 'not-found' };

describe('a case that is closed', () => {
  let running: RunningArchive;
  let officer: Actor;
  /** By a hand in the database; it stays in its chain for ever. */
  let changedAfterClosing = '';

  beforeAll(async () => {
    running = await runArchive();
    officer = await running.person(['officer']);
  });
  afterAll(async () => {
    const { findings } = await running.archive.system.check.run();
    await running.stop();
    expect(findings.filter(({ where }) => where !== `case:${changedAfterClosing}`)).toEqual([]);
  });

  const cases = () => running.archive.cases;
  const close = (id: Id, change: Partial<CaseClosing> = {}, actor = officer) =>
    cases().close.run(actor, id, { ...CLOSING, ...change });
  const publicOf = async (caseId: Id, type: Parameters<typeof ledgerRepository.last>[2]) => {
    const event = await ledgerRepository.last(running.parts.database.reader, `case:${caseId}`, type);
    return event && JSON.parse(event.leaf.toString()).public;
  };

  /** A case with sealed originals in one of its steps. */
  async function aCaseWith(originals: number) {
    const opened = await closableCase(running, officer);
    const target = { caseId: opened.caseId, occurrenceId: opened.step('site-inspection') };
    const assetIds: Id[] = [];
    for (let i = 0; i < originals; i++) {
      const { assetId } = await received(running, officer, randomBytes(3_000), { target });
      expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
      assetIds.push(assetId);
    }
    return { ...opened, target, assetIds };
  }

  async function damage(assetId: Id): Promise<void> {
    const { asset } = await running.archive.assets.view.run(officer, assetId);
    await flipByteOnDisk(join(running.dir, 'objects', 'vault', asset.objectKey ?? ''), 0);
  }

  it('says where the chain of everything in it ends, how and why it was closed', async () => {
    const { caseId, assetIds } = await aCaseWith(2);
    await close(caseId);
    const heads = await Promise.all(
      [...assetIds].sort().map(async (id) => {
        const events = await ledgerRepository.page(running.parts.database.reader, `asset:${id}`, 0, 100);
        const last = events.at(-1);
        return { chain: `asset:${id}`, seq: last?.chainSeq, leaf: `sha256:${last?.leafHash.toString('hex')}` };
      }),
    );
    expect(await publicOf(caseId, 'case.closed')).toEqual({ heads, manner: 'executed', quarantined: [] });
    const view = await cases().view.run(officer, caseId);
    expect(view.record.state).toBe('closed');
    expect([view.mayEdit, view.mayUpload, view.mayExport]).toEqual([false, false, true]);
    expect(view.closing).toMatchObject({
      ...{ manner: 'executed', reason: '罚款已缴清', quarantined: [], originals: null, timestamp: null },
      ...{ hasAuthority: null, by: expect.stringMatching(/^人员/) },
    });
    const event = await ledgerRepository.last(running.parts.database.reader, `case:${caseId}`, 'case.closed');
    expect(event?.leaf.toString()).not.toContain('罚款');
  });

  it('takes no change, and nothing goes into it or out of it', async () => {
    const { caseId, step, target, assetIds } = await aCaseWith(1);
    const [assetId = ''] = assetIds;
    const elsewhere = await closableCase(running, officer);
    const { assetId: loose } = await received(running, officer, randomBytes(10));
    await close(caseId);
    const link = (id: Id, to: { caseId: Id; occurrenceId: Id }) =>
      running.archive.assets.link.run(officer, id, { ...to, range: null, purpose: null, reason: '有误' });
    const refused = [
      () => cases().change.run(officer, caseId, { title: '别的', reason: '更正' }),
      () => cases().addOccurrence.run(officer, caseId, 'interview'),
      () => cases().changeOccurrence.run(officer, caseId, step('lead'), { state: 'open' }),
      () => running.archive.uploads.begin.run(officer, anUpload({ target })),
      () => link(loose, target),
      () => link(assetId, { caseId, occurrenceId: step('lead') }),
      () => link(assetId, { caseId: elsewhere.caseId, occurrenceId: elsewhere.step('lead') }),
      () => close(caseId),
      () => cases().closingObstacles.run(officer, caseId),
    ];
    for (const attempt of refused) await expect(attempt()).rejects.toMatchObject(CLOSED);
    const view = await running.archive.assets.view.run(officer, assetId);
    expect([view.link?.caseId, view.mayLink]).toEqual([caseId, false]);
  });

  it('is still viewed, replayed and given out', async () => {
    const { caseId, assetIds } = await aCaseWith(1);
    await close(caseId);
    const replay = await cases().replay.run(officer, caseId);
    expect(replay.chapters.flatMap(({ items }) => items)).toHaveLength(1);
    await running.archive.assets.openOriginal.run(officer, assetIds[0] ?? '', 'asset.read');
    expect(await running.archive.exports.begin.run(officer, caseId, '移送法院')).toBeDefined();
  });

  it('may be closed by those only who may change it', async () => {
    const { caseId } = await aCaseWith(0);
    for (const role of ['officer', 'archivist', 'supervisor', 'administrator'] as const) {
      const other = await running.person([role]);
      await expect(close(caseId, {}, other)).rejects.toMatchObject(NOT_FOUND);
      await expect(cases().closingObstacles.run(other, caseId)).rejects.toMatchObject(NOT_FOUND);
    }
    expect((await cases().view.run(officer, caseId)).record.state).toBe('open');
  });

  it('is not closed while something of it is on its way, unsealed or quarantined: each is named', async () => {
    const { caseId, target } = await aCaseWith(1);
    const bytes = randomBytes(900);
    const under = await running.archive.uploads.begin.run(
      officer,
      anUpload({ target, lengthBytes: bytes.length, fileName: '未传完.mp4' }),
    );
    const { assetId: unsealed } = await received(running, officer, randomBytes(900), {
      target,
      fileName: '未封存.mp4',
    });
    const { assetId: altered } = await received(running, officer, randomBytes(900), { target, fileName: '已隔离.mp4' });
    const { asset } = await running.archive.assets.view.run(officer, altered);
    const path = join(running.dir, 'objects', 'vault', asset.objectKey ?? '');
    await chmod(path, 0o600);
    await writeFile(path, randomBytes(900));
    expect(await running.archive.work.seal.run(altered)).toBe('quarantined');

    const all = [
      { kind: 'unfinished-upload', assetId: under.assetId },
      { kind: 'unsealed', assetId: unsealed },
      { kind: 'quarantined', assetId: altered },
    ];
    const obstaclesAt = async (attempt: Promise<unknown>): Promise<unknown[]> => {
      const error = await attempt.then(
        () => null,
        (reason: unknown) => reason as { code: string; details: { obstacles: unknown[] } },
      );
      expect(error?.code).toBe('case-not-closable');
      return error?.details.obstacles ?? [];
    };
    expect(await obstaclesAt(close(caseId))).toEqual(expect.arrayContaining(all));
    const told = await cases().closingObstacles.run(officer, caseId);
    expect(told.obstacles.map(({ fileName }) => fileName).sort()).toEqual(
      ['已隔离.mp4', '未传完.mp4', '未封存.mp4'].sort(),
    );
    // What can be settled must be, known or not.
    const known = { despite: all.map(({ assetId }) => assetId) };
    expect(await obstaclesAt(close(caseId, known))).toHaveLength(2);

    await running.archive.work.seal.run(unsealed);
    await running.archive.uploads.write.run(officer, under.assetId, aPiece(bytes));
    await running.archive.work.seal.run(under.assetId);
    expect(await obstaclesAt(close(caseId))).toEqual([{ kind: 'quarantined', assetId: altered }]);
    await close(caseId, { despite: [altered] });
    expect((await publicOf(caseId, 'case.closed')).quarantined).toEqual([altered]);
    expect(await running.archive.work.checkCaseOriginals.run(caseId, 'close')).toBe('checked');
    expect(await publicOf(caseId, 'case.originals_checked')).toEqual({ cause: 'close', originals: 4, intact: 3 });
  });

  it('and an upload that begins for it at the same moment: one of them is refused', async () => {
    for (let round = 0; round < 5; round++) {
      const { caseId, target } = await aCaseWith(0);
      const [begun, closed] = await Promise.allSettled([
        running.archive.uploads.begin.run(officer, anUpload({ target, lengthBytes: 3 })),
        close(caseId),
      ]);
      expect([begun.status, closed.status].sort()).toEqual(['fulfilled', 'rejected']);
    }
  });

  it('has all its originals read again: intact is said once, of a damaged one everyone is told', async () => {
    const { caseId, assetIds } = await aCaseWith(3);
    const [bad = ''] = assetIds;
    await damage(bad);
    await close(caseId);
    const { work } = running.archive;
    running.clock.advance(60_000);
    const owed = () => caseRepository.unchecked(running.parts.database.reader, running.clock.now(), 1_000);
    expect(await owed()).toContainEqual({ id: caseId, cause: 'close' });
    const asked: unknown[] = [];
    const queue = { enqueue: async (name: string, payload: unknown) => void asked.push({ name, payload }) };
    const sweep = new EnqueueOwed({ ...running.parts, queue: queue as unknown as typeof running.parts.queue });
    await sweep.run();
    expect(asked).toContainEqual({ name: 'case.check', payload: { caseId } });
    expect(await work.checkCaseOriginals.run(caseId, 'close')).toBe('checked');
    expect(await work.checkCaseOriginals.run(caseId, 'close')).toBe('nothing-owed');
    expect((await owed()).map(({ id }) => id)).not.toContain(caseId);
    const { reader } = running.parts.database;
    const event = await ledgerRepository.last(reader, `case:${caseId}`, 'case.originals_checked');
    expect(JSON.parse(event?.leaf.toString() ?? '')).toMatchObject({
      on: [`asset:${bad}`],
      public: { cause: 'close', originals: 3, intact: 2 },
    });
    const finding = await ledgerRepository.last(reader, `asset:${bad}`, 'asset.checked');
    expect(JSON.parse(finding?.leaf.toString() ?? '').public).toMatchObject({ result: 'altered', cause: 'close' });
    expect((await cases().view.run(officer, caseId)).closing?.originals).toMatchObject({ count: 3, intact: 2 });
    await damage(bad);
    await work.checkAsset.run(bad, { cause: 'scrub' });
  });

  it('is compared with its events: a row opened again, and a head that is not there, are found', async () => {
    const { caseId } = await aCaseWith(1);
    await close(caseId);
    const found = async (): Promise<string[]> =>
      (await running.archive.system.check.run()).findings
        .filter(({ where }) => where === `case:${caseId}`)
        .map(({ what }) => what);
    expect(await found()).toEqual([]);
    const { reader } = running.parts.database;
    const { closed_at: closedAt } = (await reader.query('SELECT closed_at FROM cases WHERE id = $1', [caseId]))[0];
    await reader.query(`UPDATE cases SET state = 'open', closed_at = NULL WHERE id = $1`, [caseId]);
    expect(await found()).toEqual(['row and events differ in whether the case is closed']);
    await cases().change.run(officer, caseId, { title: '又改', reason: '偷改' });
    expect(await found()).toEqual([
      'row and events differ in whether the case is closed',
      expect.stringMatching(/^event \d+ \(case\.changed\) changes a case that was closed$/),
    ]);
    changedAfterClosing = caseId;
    await reader.query(`UPDATE cases SET state = 'closed', closed_at = $2 WHERE id = $1`, [caseId, closedAt]);
  });

  it('goes on with those that are left when the look was cut off', async () => {
    const { caseId, assetIds } = await aCaseWith(2);
    running.clock.advance(1_000);
    await close(caseId);
    running.clock.advance(1_000);
    const [first = '', second = ''] = [...assetIds].sort();
    await running.archive.work.checkAsset.run(first, { cause: 'close' });
    const looked: Id[] = [];
    const originals = {
      run: async (id: Id, options: Parameters<typeof running.archive.work.checkAsset.run>[1]) => {
        looked.push(id);
        return await running.archive.work.checkAsset.run(id, options);
      },
    } as unknown as typeof running.archive.work.checkAsset;
    const check = new CheckCaseOriginals(running.parts, originals);
    await expect(check.run(caseId, 'close', { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow(
      'stopped',
    );
    expect(await check.run(caseId, 'close')).toBe('checked');
    expect(looked).toEqual([second]);
  });
});
