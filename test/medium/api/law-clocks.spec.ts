import type { CaseLineView, CaseView, ClockView } from '#contract';
import { CaseByApi } from '../../support/case-by-api.js';
import { type LawArchive, runLawArchive } from './law-archive.js';

describe('clocks, over the API', () => {
  let law: LawArchive;

  beforeAll(async () => {
    law = await runLawArchive();
  });
  afterAll(() => law.stop());

  const goTo = (time: string): void => law.api.clock.set(new Date(time));
  const open = (change: object = {}): Promise<CaseByApi> => CaseByApi.open(law.driver, law.plan(change));
  const clockOf = ({ law: { clocks } }: CaseView, limitId: string): ClockView => {
    const found = clocks.filter((clock) => clock.limitId === limitId);
    expect(found).toHaveLength(1);
    return found[0] as ClockView;
  };
  const move = (of: CaseByApi, stepId: string, change: object): Promise<CaseView> =>
    of.send('PATCH', `/occurrences/${of.step(stepId).occurrenceId}`, change);
  const late = async (query = ''): Promise<CaseLineView[]> =>
    (await law.supervisor.send<{ items: CaseLineView[] }>('GET', `/late?limit=200${query}`)).items;

  /** Counted by hand on the notices of the State Council's office for 2026; Beijing midnight is 16:00 UTC. */
  it.each([
    // 14 and 28 February are worked, 15 to 23 are the Spring Festival.
    ['2026-02-11T02:00:00Z', 'lead-check', '2026-03-10'],
    ['2026-02-13T15:59:59Z', 'lead-check', '2026-03-12'],
    ['2026-02-13T16:00:00Z', 'lead-check', '2026-03-13'],
    // 20 September is worked, 25 to 27 are Mid-Autumn, 1 to 7 October the National Day, 10 October is worked.
    ['2026-09-18T02:00:00Z', 'lead-check', '2026-10-15'],
    ['2026-09-24T02:00:00Z', 'lead-check', '2026-10-22'],
    ['2026-09-30T02:00:00Z', 'lead-check', '2026-10-27'],
  ])('a limit in working days from %s (%s) ends with %s', async (startedAt, limitId, lastDay) => {
    goTo('2026-12-01T02:00:00Z');
    const own = await open();
    await move(own, 'lead', { state: 'open', startedAt });
    expect(clockOf(own.view, limitId)).toMatchObject({
      ...{
        lastDay,
        startedAt: new Date(startedAt).toISOString(),
        state: 'late',
        of: 'agency',
        metAt: null,
        warnings: [],
      },
      dueAt: new Date(Date.parse(`${lastDay}T15:59:59.999Z`)).toISOString(),
      rule: { procedureId: 'administrative-penalty-ordinary', version: 1, part: `limits/${limitId}` },
    });
  });

  it.each([
    ['2026-02-10T02:00:00Z', 'seizure', '2026-03-12'],
    ['2026-09-10T02:00:00Z', 'seizure', '2026-10-10'],
    ['2026-02-11T02:00:00Z', 'preservation', '2026-02-27'],
    ['2026-09-24T02:00:00Z', 'preservation', '2026-10-12'],
  ])('of what was taken on %s (%s) with %s', async (startedAt, limitId, lastDay) => {
    goTo('2026-12-01T02:00:00Z');
    const own = await open();
    const stepId = limitId === 'seizure' ? 'seizure' : 'evidence-preservation';
    await move(own, stepId, { state: 'open', startedAt });
    expect(clockOf(own.view, limitId).lastDay).toBe(lastDay);
  });

  it('warns where a day is not sure, and the calendar says how far it reaches', async () => {
    goTo('2026-12-20T02:00:00Z');
    const own = await open();
    await move(own, 'lead', { state: 'open' });
    expect(clockOf(own.view, 'lead-check')).toMatchObject({ warnings: ['calendar-provisional'], state: 'running' });
    const calendar = await law.officer.send<{ publishedTo: string; endsSoon: boolean }>('GET', '/calendar');
    expect(calendar).toMatchObject({ publishedTo: '2026-12-31', endsSoon: true });
    goTo('2027-12-20T02:00:00Z');
    const beyond = await open();
    await move(beyond, 'lead', { state: 'open' });
    expect(clockOf(beyond.view, 'lead-check').warnings).toContain('calendar-ends');
  });

  it('shows what is due in its time, and to the supervisor once it is late; extended in time it is due later', async () => {
    goTo('2026-03-02T02:00:00Z');
    const [own, other] = [await open(), await open()];
    for (const one of [own, other]) await move(one, 'seizure', { state: 'open' });
    const { dueAt, lastDay } = clockOf(own.view, 'seizure');
    expect(lastDay).toBe('2026-04-01');
    const due = (await law.dueOf(own.view.id)).find(({ kind, ref }) => kind === 'clock' && ref === 'seizure');
    expect(due).toMatchObject({ kind: 'clock', dueAt, isLate: false, caseNumber: own.view.number, of: 'agency' });

    const wish = { limitId: 'seizure', occurrenceId: own.step('seizure').occurrenceId, reason: '案情复杂' };
    await own.send('POST', '/extensions', wish);
    await expect(own.send('POST', '/extensions', wish)).rejects.toMatchObject({ status: 412 });
    await expect(own.send('POST', '/extensions', { ...wish, limitId: 'service' })).rejects.toMatchObject({
      status: 404,
    });
    await own.look();
    const [asked] = own.view.law.extensions;
    const decision = `/cases/${own.view.id}/extensions/${asked?.id}/decision`;
    await expect(law.officer.send('POST', decision, { approve: true, reason: '同意' })).rejects.toMatchObject({
      status: 404,
    });
    const view = await law.supervisor.send<CaseView>('POST', decision, { approve: true, reason: '同意' });
    expect(clockOf(view, 'seizure')).toMatchObject({ lastDay: '2026-05-01', extensions: 1, refusedExtensions: 0 });

    goTo('2026-04-01T15:59:59.999Z');
    const isThere = async (of: CaseByApi, query = ''): Promise<boolean> =>
      (await late(query)).some(
        ({ caseId, kind, ref }) => caseId === of.view.id && kind === 'clock' && ref === 'seizure',
      );
    expect([await isThere(own), await isThere(other)]).toEqual([false, false]);
    goTo('2026-04-01T16:00:00Z');
    expect([await isThere(own), await isThere(other)]).toEqual([false, true]);
    // Approved when it is over it counts for nothing, and says so.
    await other.send('POST', '/extensions', { ...wish, occurrenceId: other.step('seizure').occurrenceId });
    const tooLate = `/cases/${other.view.id}/extensions/${other.view.law.extensions[0]?.id}/decision`;
    const still = await law.supervisor.send<CaseView>('POST', tooLate, { approve: true, reason: '同意' });
    expect(clockOf(still, 'seizure')).toMatchObject({
      lastDay: '2026-04-01',
      extensions: 0,
      refusedExtensions: 1,
      state: 'late',
    });

    const [line] = (await late('&kind=clock')).filter(
      ({ caseId, ref }) => caseId === other.view.id && ref === 'seizure',
    );
    expect(line).toMatchObject({ isLate: true, officers: expect.arrayContaining([expect.stringMatching(/^人员/)]) });
    expect(line?.rule.source).not.toBe('');
    const [mine, nobody] = [law.officer.session.account.id, law.supervisor.session.account.id];
    expect([await isThere(other, `&officerId=${mine}`), await isThere(other, `&officerId=${nobody}`)]).toEqual([
      true,
      false,
    ]);
    expect(await isThere(other, '&kind=breach')).toBe(false);
    // Done at last it is late no more.
    await move(other, 'seizure-disposal', { state: 'done' });
    expect(clockOf(other.view, 'seizure').state).toBe('met-late');
    expect(await isThere(other)).toBe(false);
  });

  it('stands still while goods are appraised, and says since when', async () => {
    goTo('2026-03-02T02:00:00Z');
    const own = await open();
    await move(own, 'seizure', { state: 'open' });
    await law.driver.pass(24);
    await move(own, 'appraisal', { state: 'open' });
    expect(clockOf(own.view, 'seizure')).toMatchObject({ state: 'paused', dueAt: null, lastDay: null });
    await law.driver.pass(10 * 24);
    await move(own, 'appraisal', { state: 'done' });
    expect(clockOf(own.view, 'seizure').lastDay).toBe('2026-04-11');
  });

  it('asks for recordings within a day of the step, or within what the agency has set', async () => {
    goTo('2026-03-05T02:00:00Z');
    const own = await open();
    await move(own, 'interview', { state: 'open' });
    await own.stateOwed();
    await move(own, 'interview', { state: 'done' });
    expect(clockOf(own.view, 'hand-in')).toMatchObject({ dueAt: '2026-03-06T02:00:00.000Z', lastDay: null });
    const wish = { procedureId: 'administrative-penalty-ordinary', limitId: 'hand-in', reason: '本局规定' };
    await law.administrator.send('PUT', '/agency-limits', {
      ...wish,
      limit: { count: 12, unit: 'hours', lastDayAtRest: 'stays' },
    });
    expect(clockOf(await own.look(), 'hand-in').dueAt).toBe('2026-03-05T14:00:00.000Z');
    // The lists follow by a sweep.
    expect(await law.api.archive.work.refreshLines.run()).toBeGreaterThan(0);
    expect(await law.api.archive.work.refreshLines.run()).toBe(0);
    const [line] = (await law.dueOf(own.view.id)).filter(({ ref }) => ref === 'hand-in');
    expect(line?.dueAt).toBe('2026-03-05T14:00:00.000Z');
    await law.administrator.send('PUT', '/agency-limits', { ...wish, limit: null });
    expect(clockOf(await own.look(), 'hand-in').dueAt).toBe('2026-03-06T02:00:00.000Z');
    const refused = law.administrator.send('PUT', '/agency-limits', { ...wish, limitId: 'seizure', limit: null });
    await expect(refused).rejects.toMatchObject({ status: 404 });
    await own.hand('interview', null);
    expect(clockOf(await own.look(), 'hand-in').state).toBe('met');
  });

  it('states since when a fact holds, and not before what was stated last', async () => {
    goTo('2026-03-05T02:00:00Z');
    const own = await open({ procedureId: 'administrative-inspection' });
    goTo('2026-03-09T02:00:00Z');
    const stating = (at: string, holds = true) =>
      own.send('POST', '/statements', { conditionId: 'problem-found', holds, at });
    const refused = async (at: string, ...words: readonly [zh: string, en: string]) => {
      const error = await stating(at, false).catch((reason: unknown) => reason);
      const [zh, en] = words.map((word) => expect.stringContaining(word));
      expect(error).toMatchObject({ status: 400, problem: { details: { problems: [{ place: 'at', zh, en }] } } });
    };
    await refused('2026-03-09T02:00:00.001Z', '现在', 'future');
    await refused('2026-03-05T01:59:59.999Z', '立案', 'before the case');
    // To the millisecond: when it was opened, and now.
    await stating('2026-03-05T02:00:00.000Z', false);
    await stating('2026-03-06T02:00:00.000Z');
    await refused('2026-03-06T01:59:59.999Z', '上一次', 'stated');
    await stating('2026-03-08T02:00:00.000Z', false);
    const told = own.view.law.conditions.find(({ conditionId }) => conditionId === 'problem-found');
    expect(told).toMatchObject({ holds: false, isOwed: false });
    expect(told?.statements.map(({ holds, at, by }) => [holds, at, by.id])).toEqual([
      [false, '2026-03-05T02:00:00.000Z', law.actor.accountId],
      [true, '2026-03-06T02:00:00.000Z', law.actor.accountId],
      [false, '2026-03-08T02:00:00.000Z', law.actor.accountId],
    ]);
    const { occurrenceId } = own.step('inspection');
    for (const wrong of [
      { conditionId: 'problem-found', occurrenceId },
      { conditionId: 'at-premises' },
      { conditionId: 'sampled', occurrenceId: own.step('plan').occurrenceId },
    ])
      await expect(own.send('POST', '/statements', { ...wrong, holds: true })).rejects.toMatchObject({ status: 400 });
    await expect(own.send('POST', '/statements', { conditionId: 'none', holds: true })).rejects.toMatchObject({
      status: 404,
    });
  });
});
