import { randomBytes } from 'node:crypto';
import type { Actor, Id } from '#domain';
import { ledgerRepository } from '#persistence';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { aCase, checked, closableCase, openedCase, received } from './work.js';

const NOT_FOUND = { code: 'not-found' };

describe('cases', () => {
  let running: RunningArchive;
  let officer: Actor;
  let stranger: Actor;

  beforeAll(async () => {
    running = await runArchive();
    officer = await running.person(['officer']);
    stranger = await running.person(['officer']);
  });
  afterAll(() => checked(running));

  const cases = () => running.archive.cases;
  const close = (caseId: Id) => cases().close.run(officer, caseId, { manner: 'other', reason: '测试', despite: [] });
  const found = async (actor: Actor, search: string | null): Promise<Id[]> =>
    (await cases().list.run(actor, { search, state: null, cursor: null, limit: 100 })).items.map(
      (line) => line.record.id,
    );
  const assetsFound = async (actor: Actor, search: string): Promise<Id[]> => {
    const any = { caseId: null, isLinked: null, isMine: false, kind: null, custody: null, cursor: null, limit: 100 };
    return (await running.archive.assets.list.run(actor, { ...any, search })).items.map((line) => line.asset.id);
  };

  describe('are opened', () => {
    it('with every step of the newest procedure waiting once, in its order', async () => {
      const caseId = await cases().open.run(officer, aCase({ level: 'sensitive' }));
      const view = await cases().view.run(officer, caseId);
      expect(view.record).toMatchObject({
        state: 'open',
        level: 'sensitive',
        openedBy: officer.accountId,
        assetCount: 0,
      });
      const steps = view.procedure.steps.map((step) => step.id);
      expect(view.occurrences.map((occurrence) => occurrence.stepId).sort()).toEqual([...steps].sort());
      expect(view.occurrences.every((occurrence) => occurrence.n === 1 && occurrence.state === 'waiting')).toBe(true);
      expect(view.officers.map((one) => one.id)).toEqual([officer.accountId]);
      expect([view.mayEdit, view.mayUpload]).toEqual([true, true]);
      const opened = await ledgerRepository.last(running.parts.database.reader, `case:${caseId}`, 'case.opened');
      const rows = await running.parts.database.reader.query(
        `SELECT sha256 FROM procedures WHERE id = 'administrative-penalty-ordinary' AND version = 1`,
      );
      expect(JSON.parse(opened?.leaf.toString('utf8') ?? '').public.procedure_sha256).toBe(rows[0].sha256);
    });

    it('by several in charge, each named once', async () => {
      const officerIds = [stranger.accountId, officer.accountId, stranger.accountId];
      const caseId = await cases().open.run(officer, aCase({ officerIds }));
      const { officers } = await cases().view.run(stranger, caseId);
      expect(officers.map((one) => one.id).sort()).toEqual([officer.accountId, stranger.accountId].sort());
    });

    it.each(['archivist', 'supervisor', 'administrator'] as const)('not by an %s', async (role) => {
      const actor = await running.person([role]);
      await expect(cases().open.run(actor, aCase())).rejects.toMatchObject({ code: 'forbidden' });
    });

    it('not under a procedure there is none of, nor with someone in charge who is no officer', async () => {
      const archivist = await running.person(['archivist']);
      await expect(cases().open.run(officer, aCase({ procedureId: 'none' }))).rejects.toMatchObject(NOT_FOUND);
      for (const id of [archivist.accountId, '019a0000-0000-7000-8000-000000000000']) {
        await expect(cases().open.run(officer, aCase({ officerIds: [id] }))).rejects.toMatchObject(NOT_FOUND);
      }
    });

    it('with a number once in a unit, and again in another', async () => {
      const { number } = aCase();
      await cases().open.run(officer, aCase({ number }));
      await expect(cases().open.run(stranger, aCase({ number }))).rejects.toMatchObject({ code: 'case-number-taken' });
      const admin = await running.person(['administrator']);
      const unit = await running.archive.people.createUnit.run(admin, { name: '二科', parentId: officer.unitId });
      await cases().open.run(await running.person(['officer'], unit.id), aCase({ number }));
    });
  });

  describe('are changed', () => {
    it('in their title, and are found by the new one only, with their material', async () => {
      const { caseId, step } = await openedCase(running, officer, { title: '旧名称甲乙' });
      const target = { caseId, occurrenceId: step('interview') };
      const { assetId } = await received(running, officer, randomBytes(10), { target, fileName: '询问.mp4' });
      expect(await found(officer, '旧名称')).toEqual([caseId]);
      expect(await assetsFound(officer, '旧名称')).toEqual([assetId]);
      await cases().change.run(officer, caseId, { title: '新名称丙丁', reason: '笔误更正' });
      expect([await found(officer, '旧名称'), await assetsFound(officer, '旧名称')]).toEqual([[], []]);
      expect([await found(officer, '称丙'), await assetsFound(officer, '称丙')]).toEqual([[caseId], [assetId]]);
      expect(await assetsFound(officer, '询问')).toContain(assetId);
    });

    it('in who is in charge, which counts at once', async () => {
      const { caseId } = await openedCase(running, officer);
      await cases().change.run(officer, caseId, { officerIds: [stranger.accountId], reason: '移交' });
      await expect(cases().view.run(officer, caseId)).rejects.toMatchObject(NOT_FOUND);
      expect((await cases().view.run(stranger, caseId)).mayEdit).toBe(true);
    });

    it('in their parties, who stay in order', async () => {
      const { caseId } = await openedCase(running, officer, { parties: [{ kind: 'person', name: '甲' }] });
      const parties = ['丙', '乙', '丁'].map((name) => ({ kind: 'organisation' as const, name }));
      await cases().change.run(officer, caseId, { parties, reason: '补充当事人' });
      expect((await cases().view.run(officer, caseId)).parties).toEqual(parties);
    });

    it('not by others, not to nobody in charge, not to one who is no officer', async () => {
      const { caseId } = await openedCase(running, officer);
      const supervisor = await running.person(['supervisor']);
      for (const actor of [stranger, supervisor]) {
        await expect(cases().change.run(actor, caseId, { reason: '试' })).rejects.toMatchObject(NOT_FOUND);
      }
      const change = (officerIds: Id[]) => cases().change.run(officer, caseId, { officerIds, reason: '试' });
      await expect(change([])).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(change([supervisor.accountId])).rejects.toMatchObject(NOT_FOUND);
    });

    it('not once they are closed', async () => {
      const { caseId, step } = await closableCase(running, officer);
      await close(caseId);
      const refused = { code: 'case-closed' };
      await expect(cases().change.run(officer, caseId, { title: '晚', reason: '晚了' })).rejects.toMatchObject(refused);
      await expect(cases().addOccurrence.run(officer, caseId, 'interview')).rejects.toMatchObject(refused);
      const changed = cases().changeOccurrence.run(officer, caseId, step('lead'), { state: 'open' });
      await expect(changed).rejects.toMatchObject(refused);
      const { mayEdit, mayUpload } = await cases().view.run(officer, caseId);
      expect([mayEdit, mayUpload]).toEqual([false, false]);
    });

    it('by several at once: each change is kept', async () => {
      const { caseId } = await openedCase(running, officer);
      const ids = await Promise.all(
        Array.from({ length: 8 }, () => cases().addOccurrence.run(officer, caseId, 'interview')),
      );
      const { occurrences } = await cases().view.run(officer, caseId);
      const added = occurrences.filter((occurrence) => ids.includes(occurrence.id)).map((occurrence) => occurrence.n);
      expect(added.sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    });
  });

  describe('have steps that', () => {
    it('come again when the procedure lets them', async () => {
      const { caseId } = await openedCase(running, officer);
      await cases().addOccurrence.run(officer, caseId, 'site-inspection');
      const again = cases().addOccurrence.run(officer, caseId, 'filing');
      await expect(again).rejects.toMatchObject({ code: 'precondition-failed' });
      await expect(cases().addOccurrence.run(officer, caseId, 'dance')).rejects.toMatchObject(NOT_FOUND);
      await expect(cases().addOccurrence.run(stranger, caseId, 'interview')).rejects.toMatchObject(NOT_FOUND);
    });

    it('begin and end when they are said to, and go back only with a reason', async () => {
      const { caseId, step } = await openedCase(running, officer);
      const id = step('lead');
      const change = (what: Parameters<ReturnType<typeof cases>['changeOccurrence']['run']>[3]) =>
        cases().changeOccurrence.run(officer, caseId, id, what);
      const now = async () =>
        (await cases().view.run(officer, caseId)).occurrences.find((occurrence) => occurrence.id === id);

      await change({ state: 'open' });
      expect(await now()).toMatchObject({ state: 'open', startedAt: expect.any(Date), endedAt: null });
      const startedAt = new Date('2026-03-01T08:00:00.000Z');
      await change({ state: 'done', startedAt, endedAt: new Date('2026-03-01T09:00:00.000Z'), address: '幸福路88号' });
      expect(await now()).toMatchObject({ state: 'done', startedAt, address: '幸福路88号' });
      await expect(change({ state: 'open' })).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(change({ state: 'open', reason: '' })).rejects.toMatchObject({ code: 'invalid-input' });
      await change({ state: 'open', reason: '补拍' });
      expect(await now()).toMatchObject({ state: 'open', startedAt, endedAt: null, address: '幸福路88号' });
      await change({ state: 'waiting', reason: '误点' });
      expect(await now()).toMatchObject({ state: 'waiting', startedAt: null, endedAt: null });
      await change({ address: null });
      expect((await now())?.address).toBeNull();
    });

    it('do not end before they begin, and belong to their case', async () => {
      const { caseId, step } = await openedCase(running, officer);
      const other = await openedCase(running, officer);
      const times = { startedAt: new Date('2026-03-02T00:00:00Z'), endedAt: new Date('2026-03-01T00:00:00Z') };
      const backwards = cases().changeOccurrence.run(officer, caseId, step('lead'), { state: 'done', ...times });
      await expect(backwards).rejects.toMatchObject({ code: 'invalid-input' });
      const foreign = cases().changeOccurrence.run(officer, caseId, other.step('lead'), { state: 'open' });
      await expect(foreign).rejects.toMatchObject(NOT_FOUND);
    });
  });

  it('are shown to whom they concern', async () => {
    const admin = await running.person(['administrator']);
    const [above, below] = await Promise.all(
      ['上级', '下级'].map((name) => running.archive.people.createUnit.run(admin, { name, parentId: admin.unitId })),
    );
    const team = await running.archive.people.createUnit.run(admin, { name: '队', parentId: above?.id ?? '' });
    const own = await running.person(['officer'], team.id);
    const inTeam: Record<string, Id> = {};
    for (const level of ['normal', 'sensitive', 'restricted'] as const) {
      inTeam[level] = await cases().open.run(own, aCase({ level, title: '可见性' }));
    }
    const { normal = '', sensitive = '', restricted = '' } = inTeam;
    const all = [restricted, sensitive, normal];
    const seenBy = async (roles: Actor['roles'], unitId: Id): Promise<Id[]> =>
      (await found(await running.person(roles, unitId), '可见性')).sort().reverse();
    expect(await found(own, '可见性')).toHaveLength(3);
    expect(await seenBy(['supervisor'], above?.id ?? '')).toEqual([...all].sort().reverse());
    expect(await seenBy(['archivist'], team.id)).toEqual([sensitive, normal].sort().reverse());
    expect(await seenBy(['supervisor'], below?.id ?? '')).toEqual([]);
    expect(await seenBy(['officer'], team.id)).toEqual([]);
    expect(await seenBy(['administrator'], above?.id ?? '')).toEqual([]);
    const archivist = await running.person(['archivist'], above?.id ?? '');
    await expect(cases().view.run(archivist, restricted)).rejects.toMatchObject(NOT_FOUND);
    await expect(cases().replay.run(archivist, restricted)).rejects.toMatchObject(NOT_FOUND);
    // A case without material has an empty list of it, and not an error.
    const any = { search: null, isLinked: null, isMine: false, kind: null, custody: null, cursor: null, limit: 10 };
    expect(await running.archive.assets.list.run(archivist, { ...any, caseId: normal })).toEqual({
      items: [],
      next: null,
    });
  });
});
