import { jest } from '@jest/globals';
import type { FormSheet } from '#domain';
import { type Actor, type Id, newId } from '#domain';
import { ledgerRepository, linkRepository } from '#persistence';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { checked, openedCase, received } from './work.js';

const draw = async (sheet: FormSheet): Promise<Buffer> => Buffer.from(`%PDF-1.7 ${JSON.stringify(sheet)}`);

describe('forms', () => {
  let running: RunningArchive;
  let officer: Actor;
  let stranger: Actor;
  let admin: Actor;
  const forms = () => running.archive.forms;

  beforeAll(async () => {
    running = await runArchive();
    [officer, stranger, admin] = [
      await running.person(['officer']),
      await running.person(['officer']),
      await running.person(['administrator']),
    ];
    await forms().agencyWords.set(admin, admin.unitId, '测监');
  });
  afterAll(() => checked(running));

  const parties = [{ kind: 'organisation' as const, name: '某某食品有限公司' }];
  const aCaseWith = () => openedCase(running, officer, { title: '无照经营案', parties });
  type Case = Awaited<ReturnType<typeof aCaseWith>>;
  const NOTICE = { paperId: 'prior-notice', templateId: 'prior-notice' };
  const FILLED = {
    ...{ facts: '无照经营三日', basis: '某条例第三条', penalty: '罚款五千元' },
    hearing: '本案不属于应当告知听证权利的情形',
  };
  const drafted = (opened: Case, wish = NOTICE, step = 'notice'): Promise<Id> =>
    forms().draft.run(officer, opened.caseId, { occurrenceId: opened.step(step), ...wish });
  const view = async (id: Id) => (await forms().view.run(officer, id)).form;
  /** Filled in and saved once. */
  async function filled(opened: Case): Promise<Id> {
    const id = await drafted(opened);
    await forms().save.run(officer, id, { values: { ...(await view(id)).values, ...FILLED }, revision: 1 });
    return id;
  }
  async function issued(opened: Case): Promise<Id> {
    const id = await filled(opened);
    await forms().issue.run(officer, id, { revision: 2, withEnglish: false });
    return id;
  }

  it('are filled from the case, and from other forms of it', async () => {
    const opened = await aCaseWith();
    const { values } = await view(await issued(opened));
    expect(values).toMatchObject({ party: '某某食品有限公司', 'case-title': '无照经营案', facts: '无照经营三日' });
    const wish = { paperId: 'decision', templateId: 'penalty-decision' };
    const decision = await view(await drafted(opened, wish, 'decision'));
    const { record } = await running.archive.cases.view.run(officer, opened.caseId);
    expect(decision.values).toMatchObject({
      'case-number': record.number,
      facts: '无照经营三日',
      penalty: '罚款五千元',
    });
  });

  it('templates are offered for the papers they are for', async () => {
    const opened = await aCaseWith();
    const offered = async (step: string, paperId: string): Promise<string[]> =>
      (await forms().view.templates(officer, opened.caseId, { occurrenceId: opened.step(step), paperId })).map(
        ({ id }) => id,
      );
    expect(await offered('notice', 'prior-notice')).toEqual(['prior-notice']);
    expect(await offered('notice', 'prior-notice-return')).toEqual(['service-return']);
    expect(await offered('closing', 'dossier-list')).toEqual([]);
    await expect(offered('closing', 'prior-notice')).rejects.toMatchObject({ code: 'not-found' });
    await expect(drafted(opened, { ...NOTICE, templateId: 'penalty-decision' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('may be incomplete while they are drafts, and not when they are issued', async () => {
    const id = await drafted(await aCaseWith());
    await expect(forms().issue.run(officer, id, { revision: 1, withEnglish: false })).rejects.toMatchObject({
      code: 'invalid-input',
      details: { problems: expect.arrayContaining([expect.objectContaining({ place: 'facts', zh: '必填' })]) },
    });
    for (const wrong of [{ 'issued-on': '昨天' }, { hearing: '不知道' }, { party: 'a\nb' }, { nothing: 'x' }])
      await expect(forms().save.run(officer, id, { values: wrong, revision: 1 })).rejects.toMatchObject({
        code: 'invalid-input',
      });
    expect((await view(id)).revision).toBe(1);
  });

  it('two who write in one form do not overwrite each other', async () => {
    const id = await filled(await aCaseWith());
    await expect(forms().save.run(officer, id, { values: {}, revision: 1 })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(forms().issue.run(officer, id, { revision: 1, withEnglish: false })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('are numbered without gaps, by series and year, however many are issued at once', async () => {
    const cases = await Promise.all(Array.from({ length: 6 }, aCaseWith));
    const ids = await Promise.all(cases.map((opened) => filled(opened)));
    const first = Number(/(\d+)号$/.exec((await view(await issued(await aCaseWith()))).number ?? '')?.[1]);
    // One of them cannot be issued: its number is not lost.
    const failing = await drafted(await aCaseWith());
    await Promise.allSettled(
      [...ids, failing].map((id, i) => forms().issue.run(officer, id, { revision: i < 6 ? 2 : 1, withEnglish: false })),
    );
    const numbers = await Promise.all(ids.map(async (id) => (await view(id)).number ?? ''));
    const year = new Date().getUTCFullYear();
    for (const number of numbers) expect(number).toMatch(new RegExp(`^测监罚告〔${year}〕\\d+号$`));
    const given = numbers.map((number) => Number(/(\d+)号$/.exec(number)?.[1])).sort((a, b) => a - b);
    expect(given).toEqual(given.map((_, i) => first + 1 + i));
    running.clock.set(new Date('2027-01-01T02:00:00Z'));
    expect((await view(await issued(await aCaseWith()))).number).toBe('测监罚告〔2027〕1号');
    running.clock.set(new Date());
  });

  it('printed once, tied to the step as the paper they are for', async () => {
    const opened = await aCaseWith();
    const id = await issued(opened);
    expect(await running.archive.work.printForm.run(id, draw)).toBe('printed');
    expect(await running.archive.work.printForm.run(id, draw)).toBe('nothing-owed');
    const form = await view(id);
    const link = await linkRepository.find(running.parts.database.reader, form.assetId ?? '');
    expect(link).toMatchObject({ caseId: opened.caseId, occurrenceId: opened.step('notice'), paperId: 'prior-notice' });
    const detail = await running.archive.assets.view.run(officer, form.assetId ?? '');
    expect(detail.asset.fileName).toBe(`行政处罚事先告知书 ${form.number}.pdf`);
    expect(detail.asset.receivedFrom).toBe(officer.accountId);
  });

  it('a print that was cut off leaves one paper, not two', async () => {
    const opened = await aCaseWith();
    const id = await issued(opened);
    const cut = async (): Promise<never> => Promise.reject(new Error('cut off'));
    await expect(running.archive.work.printForm.run(id, cut)).rejects.toThrow('cut off');
    // Received, and cut off before it was noted that it is printed.
    await running.archive.work.printForm.run(id, draw);
    const { assetId } = await view(id);
    await running.parts.database.reader.query(`UPDATE forms SET print_state = 'owed' WHERE id = $1`, [id]);
    expect(await running.archive.work.printForm.run(id, draw)).toBe('printed');
    expect((await view(id)).assetId).toBe(assetId);
    expect((await running.archive.cases.view.run(officer, opened.caseId)).record.assetCount).toBe(1);
  });

  it('nor does one that was cut off before its last byte, nor one that all came and was not finished', async () => {
    const opened = await aCaseWith();
    const id = await issued(opened);
    const { reader } = running.parts.database;
    const prints = async () =>
      await reader.query(
        `SELECT a.id, a.custody FROM assets a JOIN asset_links l ON l.asset_id = a.id WHERE l.case_id = $1`,
        [opened.caseId],
      );
    const finish = running.parts.store.finishIntake.bind(running.parts.store);
    const cutting = jest.spyOn(running.parts.store, 'finishIntake').mockRejectedValueOnce(new Error('cut off'));
    await expect(running.archive.work.printForm.run(id, draw)).rejects.toThrow('cut off');
    cutting.mockImplementation(finish);
    const begun = (await view(id)).assetId;
    expect([begun, await prints()]).toEqual([expect.any(String), []]);
    expect(await running.archive.work.printForm.run(id, draw)).toBe('printed');
    cutting.mockRestore();
    expect([(await view(id)).assetId, await prints()]).toEqual([begun, [{ id: begun, custody: 'received' }]]);
  });

  it('what is owed is asked for again', async () => {
    const id = await issued(await aCaseWith());
    running.clock.advance(60_000);
    await running.archive.work.enqueueOwed.run();
    const owed = await running.parts.database.reader.query(`SELECT print_state FROM forms WHERE id = $1`, [id]);
    expect(owed).toEqual([{ print_state: 'owed' }]);
    await running.archive.work.printForm.run(id, draw);
    running.clock.set(new Date());
  });

  it('once issued they stay as they are; void they keep their number', async () => {
    const id = await issued(await aCaseWith());
    const { values, number } = await view(id);
    await expect(forms().save.run(officer, id, { values, revision: 2 })).rejects.toMatchObject({
      code: 'precondition-failed',
    });
    await forms().void.run(officer, id, { reason: '金额有误' });
    expect(await view(id)).toMatchObject({ state: 'voided', number, printState: 'none' });
    expect(await running.archive.work.printForm.run(id, draw)).toBe('nothing-owed');
    await expect(forms().void.run(officer, id, { reason: '再次' })).rejects.toMatchObject({
      code: 'precondition-failed',
    });
  });

  it('a scanned copy is held against them, and how it came out is kept', async () => {
    const opened = await aCaseWith();
    const id = await issued(opened);
    const target = { caseId: opened.caseId, occurrenceId: opened.step('notice') };
    const { assetId } = await received(running, officer, Buffer.from('scan'), { fileName: '扫描件.pdf', target });
    const form = await view(id);
    const read = { ...form.values, number: form.number ?? '', 'issued-on': '', penalty: '罚款 五千元' };
    const asWritten = { ...read, 'issued-on': form.values['issued-on'] ?? '' };
    await forms().compare.run(officer, id, { assetId, read: { ...asWritten, penalty: '罚款五百元' } });
    await forms().compare.run(officer, id, { assetId, read: asWritten });
    const [newest, before] = (await forms().view.run(officer, id)).comparisons;
    expect([newest?.agrees, before?.agrees]).toEqual([true, false]);
    expect(before?.fields.filter(({ agrees }) => !agrees)).toEqual([
      { fieldId: 'penalty', electronic: '罚款五千元', paper: '罚款五百元', agrees: false },
    ]);
    // No text in the file: told so, not taken for agreement.
    await expect(forms().compare.run(officer, id, { assetId, read: null })).rejects.toMatchObject({
      code: 'precondition-failed',
    });
    const other = await received(running, officer, Buffer.from('of no case'));
    await expect(forms().compare.run(officer, id, { ...other, read })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('names and facts go into events as commitments only', async () => {
    const opened = await aCaseWith();
    const id = await issued(opened);
    const { items } = await running.archive.ledger.listEvents.run(
      officer,
      { kind: 'case', id: opened.caseId },
      {
        afterSeq: 0,
        limit: 100,
      },
    );
    const saved = items.filter(({ event }) => event.type === 'case.form_saved').at(-1);
    expect(JSON.stringify(saved?.body)).not.toMatch(/无照经营|某某食品|五千元/);
    expect(saved?.body).toMatchObject({ public: { form: id, values: { field_hearing: FILLED.hearing } } });
    expect(saved?.opened).toMatchObject({ field_penalty: '罚款五千元' });
    expect(
      await ledgerRepository.last(running.parts.database.reader, `case:${opened.caseId}`, 'case.form_issued'),
    ).not.toBeNull();
  });

  it('are read as evidence is: one event a session, and a further one when it comes back after a while', async () => {
    const opened = await aCaseWith();
    const id = await issued(opened);
    const reader = await running.person(['supervisor']);
    const reads = async () =>
      (
        await running.archive.ledger.listEvents.run(
          officer,
          { kind: 'case', id: opened.caseId },
          { afterSeq: 0, limit: 100 },
        )
      ).items.filter(({ event }) => event.type === 'case.form_viewed' && event.actor === reader.accountId);
    for (const minutes of [0, 5, 9]) {
      running.clock.advance(minutes * 60_000);
      await forms().view.run(reader, id);
    }
    expect((await reads()).map(({ body }) => body.public)).toEqual([{ form: id, session: reader.sessionId }]);
    running.clock.advance(11 * 60_000);
    await forms().view.run(reader, id);
    await forms().view.run({ ...reader, sessionId: newId() }, id);
    expect(await reads()).toHaveLength(3);
    // That it is there, and its number, is no reading of it.
    await forms().view.ofCase(reader, opened.caseId);
    expect(await reads()).toHaveLength(3);
    // No event, no word of it.
    const failing = jest.spyOn(running.parts.database, 'transaction').mockRejectedValueOnce(new Error('no log'));
    await expect(forms().view.run({ ...reader, sessionId: newId() }, id)).rejects.toThrow('no log');
    failing.mockRestore();
    running.clock.set(new Date());
  });

  it('are nobody else’s, and none are made in a closed case', async () => {
    const opened = await aCaseWith();
    const id = await issued(opened);
    const missing = { code: 'not-found' };
    await expect(forms().view.run(stranger, id)).rejects.toMatchObject(missing);
    await expect(forms().view.run(officer, newId())).rejects.toMatchObject(missing);
    await expect(forms().void.run(stranger, id, { reason: '不该' })).rejects.toMatchObject(missing);
    await expect(
      forms().draft.run(stranger, opened.caseId, { occurrenceId: opened.step('notice'), ...NOTICE }),
    ).rejects.toMatchObject(missing);
    await expect(forms().agencyWords.set(officer, officer.unitId, '我')).rejects.toMatchObject({ code: 'forbidden' });
    await running.parts.database.reader.query(`UPDATE cases SET state = 'closed', closed_at = now() WHERE id = $1`, [
      opened.caseId,
    ]);
    await expect(drafted(opened)).rejects.toMatchObject({ code: 'case-closed' });
    await expect(forms().compare.run(officer, id, { assetId: newId(), read: {} })).rejects.toMatchObject({
      code: 'case-closed',
    });
    expect(await running.archive.work.printForm.run(id, draw)).toBe('failed');
    await running.parts.database.reader.query(`UPDATE cases SET state = 'open', closed_at = NULL WHERE id = $1`, [
      opened.caseId,
    ]);
    await forms().askPrint.run(officer, id);
    expect(await running.archive.work.printForm.run(id, draw)).toBe('printed');
  });
});
