import pg from 'pg';
import { type Actor, type Id, newId, REVIEW_HEADS, utc } from '#domain';
import { reviewRepository } from '#persistence';
import { keepReviewedProcedure, REVIEWED } from '../../support/reviewed-procedure.js';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { checked, openedCase, received } from './work.js';

/** Somebody with all rights on the database, who goes past the archive. */
describe('a row that was changed past the archive', () => {
  let running: RunningArchive;
  let owner: pg.Client;
  let caseId: Id;
  let formId: Id;
  let reviewId: Id;
  let recorderId: Id;
  let assetId: Id;
  let officerId: Id;

  beforeAll(async () => {
    running = await runArchive();
    owner = new pg.Client({ connectionString: running.ownerUrl });
    await owner.connect();
    const { archive } = running;
    const [officer, admin] = [await running.person(['officer']), await running.person(['administrator'])];
    officerId = officer.accountId;
    const [examiner, head] = [await running.person(['reviewer']), await running.person(['supervisor'])];
    await keepReviewedProcedure(running);
    await archive.law.keepCertificate.run(admin, {
      ...{ accountId: examiner.accountId, kind: 'legal-review', number: `法${newId().slice(-12)}` },
      ...{ validFrom: '2020-01-01', validTo: '2035-12-31' },
    });
    const lapsed = await archive.law.keepCertificate.run(admin, {
      ...{ accountId: officer.accountId, kind: 'enforcement', number: `执${newId().slice(-12)}` },
      ...{ validFrom: '2020-01-01', validTo: '2035-12-31' },
    });
    await archive.law.withdrawCertificate.run(admin, lapsed, { reason: '调离' });
    recorderId = await aRecorder(officer, head);
    const opened = await openedCase(running, officer, REVIEWED);
    caseId = opened.caseId;
    const decision = { kinds: ['closed' as const], amountFen: null, party: 'person' as const, effects: [] };
    await archive.reviews.judge.run(officer, caseId, decision);
    await review(officer, examiner, head, opened.step('legal-review'));
    formId = await aForm(officer);
    await permissions(officer, head);
    assetId = await notes(officer);
    await rules(admin);
  });
  afterAll(async () => {
    await owner.end();
    await checked(running);
  });

  async function aRecorder(officer: Actor, keeper: Actor): Promise<Id> {
    const { recorders } = running.archive;
    const plan = { kind: 'recorder' as const, unitId: keeper.unitId, serial: 'DSJ0000777', maker: '某厂', model: 'X1' };
    const id = await recorders.add.run(keeper, plan);
    const now = running.clock.now();
    await recorders.issue.run(keeper, id, { accountId: officer.accountId, officerNumber: '012345', at: now });
    running.clock.advance(60_000);
    await recorders.takeBack.run(keeper, id, { at: null, note: '完好' });
    await recorders.recordCheck.run(keeper, id, { kind: 'fault', passed: false, findings: '镜头破裂' });
    await recorders.recordCheck.run(keeper, id, { kind: 'repair', passed: true, findings: null });
    await recorders.change.run(keeper, id, { model: 'X2', reason: '登记有误' });
    await recorders.importList.run(keeper, id, { fileName: '清单.csv', body: Buffer.from('文件名\n一.mp4\n') });
    await recorders.measureClock.run(keeper, id, {
      ...{ source: 'dock', at: now, deviceTime: utc(new Date(now.getTime() + 20_000)), reference: null, wasSet: true },
    });
    return id;
  }

  /** Submitted, returned and disputed, and the discussion passes it. */
  async function review(officer: Actor, examiner: Actor, head: Actor, occurrenceId: Id): Promise<void> {
    const { reviews } = running.archive;
    reviewId = await reviews.submit.run(officer, caseId, { occurrenceId, note: '请重点审核裁量' });
    await reviews.take.run(examiner, reviewId);
    const answers = REVIEW_HEADS.map((of) => ({ head: of, finding: 'flawed' as const, ground: '缺签收日期' }));
    const returned = { stage: 0, outcome: 'returned' as const, answers, text: '补正后再送', changes: null };
    await reviews.giveOpinion.run(examiner, reviewId, returned);
    await reviews.dispute.run(officer, reviewId, '证据充分');
    await reviews.discuss.run(head, reviewId, {
      heldOn: utc(new Date(running.clock.now().getTime() + 8 * 3_600_000)).slice(0, 10),
      ...{ text: '经集体讨论，证据充分', result: 'passed' as const },
      participants: [
        { name: '王局长', post: '局长' },
        { name: '李副局长', post: '副局长' },
      ],
    });
  }

  /** An excuse that was approved, more time that was refused, and who took part. */
  async function permissions(officer: Actor, head: Actor): Promise<void> {
    const { archive } = running;
    const { caseId: id, step } = await openedCase(running, officer);
    const occurrenceId = step('site-inspection');
    const [reason, approve] = ['现场断电', true];
    const wish = { occurrenceId, paperId: null, kind: 'emergency' as const, reason };
    const excuse = await archive.law.askExcuse.run(officer, id, wish);
    await archive.law.decideExcuse.run(head, id, excuse, { approve, reason: '属实' });
    await archive.cases.changeOccurrence.run(officer, id, step('filing'), { state: 'done' });
    const { clocks } = (await archive.cases.view.run(officer, id)).law;
    const clock = clocks.find(({ limit }) => limit.extension !== null);
    const more = { limitId: clock?.limit.id ?? '', occurrenceId: clock?.occurrenceId ?? null, reason: '需检验' };
    const extension = await archive.law.askExtension.run(officer, id, more);
    await archive.law.decideExtension.run(head, id, extension, { approve: false, reason: '理由不足' });
    const people = [{ accountId: officer.accountId, role: 'officer' as const }];
    await archive.law.setPeople.run(officer, id, occurrenceId, { people });
    await archive.law.setPeople.run(officer, id, step('interview'), { people });
    await archive.law.setPeople.run(officer, id, step('interview'), { people: [] });
  }

  /** A mark with a second version, a transcript, and a break that was explained. */
  async function notes(officer: Actor): Promise<Id> {
    const { archive } = running;
    const { caseId: id, step } = await openedCase(running, officer);
    const target = { caseId: id, occurrenceId: step('site-inspection') };
    const clips: Id[] = [];
    for (const local of ['20261121080000', '20261121081000']) {
      const fileName = `DSJ0000888_012346_${local}_0001.mp4`;
      clips.push((await received(running, officer, Buffer.from(local), { fileName, target })).assetId);
      await archive.work.look.run(clips.at(-1) ?? '', async () => ({
        ...{ kind: 'video', mime: 'video/mp4', playMode: 'native', unviewable: null, durationMs: 60_000 },
        ...{ pageCount: null, deviceTime: null, place: null, facts: {}, renditions: [] },
      }));
    }
    const [first = '', second = ''] = clips;
    const place = { range: { startMs: 0, endMs: 1_000 } };
    await archive.marks.put.run(officer, first, { kind: 'note', text: '亮证', reason: null, place });
    const [mark] = (await archive.marks.view.run(officer, first)).marks;
    const content = { kind: 'note' as const, text: '出示证件', reason: null, place };
    await archive.marks.revise.run(officer, first, mark?.id ?? '', { content, version: 1 });
    const transcript = { text: '请出示证件', textAssetId: null, madeBy: 'hand' as const, maker: '记录员' };
    await archive.marks.transcribe.run(officer, first, transcript);
    const gap = { occurrenceId: target.occurrenceId, afterAssetId: first, beforeAssetId: second, text: '更换电池' };
    await archive.cases.explainGap.run(officer, id, gap);
    return first;
  }

  async function rules(admin: Actor): Promise<void> {
    const { archive } = running;
    const [own] = await archive.law.listAgencyLimits.run();
    const wish = { procedureId: own?.procedureId ?? '', limitId: own?.limit.id ?? '', reason: '本局规定' };
    const limit = { count: 12, unit: 'hours' as const, lastDayAtRest: 'stays' as const };
    await archive.law.setAgencyLimit.run(admin, { ...wish, limit });
    await archive.forms.agencyWords.set(admin, admin.unitId, '测监');
    const { body, version } = (await archive.reviews.viewRules.run()).policy;
    await archive.reviews.setPolicy.run(admin, { body, version, reason: '照旧' });
  }

  /** A form of every state: a draft, one that is issued, one that is printed, one that is void. */
  async function aForm(officer: Actor): Promise<Id> {
    const { forms, work } = running.archive;
    const opened = await openedCase(running, officer);
    const wish = { occurrenceId: opened.step('site-inspection'), paperId: 'inspection-record' };
    const made: Id[] = [];
    for (let n = 0; n < 4; n++) {
      const id = await forms.draft.run(officer, opened.caseId, { ...wish, templateId: 'inspection-record' });
      const { form } = await forms.view.run(officer, id);
      const filled = {
        place: '幸福路88号',
        party: '某某公司',
        findings: '占道堆放货物三处',
        began: '2026-11-21T09:00',
      };
      const values = { ...form.values, ...filled, shown: '已出示执法证件并告知权利义务，当事人不申请回避' };
      await forms.save.run(officer, id, { values, revision: 1 });
      if (n > 0) await forms.issue.run(officer, id, { revision: 2, withEnglish: false });
      made.push(id);
    }
    const [, , printed = '', voided = ''] = made;
    await work.printForm.run(printed, async () => Buffer.from('%PDF-1.7 a form'));
    const { form: paper } = await forms.view.run(officer, printed);
    await forms.compare.run(officer, printed, { assetId: paper.assetId ?? '', read: { party: '某某公司' } });
    await forms.void.run(officer, voided, { reason: '填写有误' });
    return printed;
  }

  const found = async (): Promise<string[]> =>
    (await running.archive.system.check.run()).findings.map(({ where, what }) => `${where} ${what}`);

  it('is none while nobody has', async () => {
    expect((await reviewRepository.find(running.parts.database.reader, reviewId))?.outcome).toBe('returned');
    expect(await found()).toEqual([]);
  });

  const differs = (what: string) => expect.stringContaining(`the row differs from its events in ${what}`);
  it.each<[string, string, () => string, unknown[]]>([
    [
      'a word of a form',
      `UPDATE forms SET values = values || '{"findings":"无异常"}'`,
      () => formId,
      [differs('field_findings')],
    ],
    [
      'a word taken out of one',
      `UPDATE forms SET values = values || '{"party":""}'`,
      () => formId,
      [differs('filled')],
    ],
    ['the number of a form', `UPDATE forms SET number = '某〔2026〕9号'`, () => formId, [differs('number')]],
    [
      'when it was issued',
      `UPDATE forms SET issued_at = issued_at - interval '1 day'`,
      () => formId,
      [differs('issued_at')],
    ],
    ['its state', `UPDATE forms SET state = 'voided'`, () => formId, [differs('state')]],
    ['that it was printed', `UPDATE forms SET print_state = 'none'`, () => formId, [differs('printed')]],
    ['the outcome of a review', `UPDATE reviews SET outcome = 'passed'`, () => reviewId, [differs('outcome')]],
    [
      'its materials',
      `UPDATE reviews SET materials = materials || '[{"assetId":"x","occurrenceId":"y","paperId":null}]'`,
      () => reviewId,
      [differs('materials')],
    ],
    ['when it was due', `UPDATE reviews SET due_at = due_at + interval '1 day'`, () => reviewId, [differs('due_at')]],
    [
      'an opinion',
      `UPDATE review_opinions SET answers = jsonb_set(answers, '{4,finding}', '"conforms"')`,
      () => `review ${reviewId}`,
      [differs('findings')],
    ],
    [
      'its ground',
      `UPDATE review_opinions SET answers = jsonb_set(answers, '{4,ground}', '"无"')`,
      () => `review ${reviewId}`,
      [differs('grounds')],
    ],
    [
      'what a discussion decided',
      `UPDATE review_disputes SET result = 'returned', text = '退回'`,
      () => `review ${reviewId}`,
      [differs('result, text')],
    ],
    ['a statement', `UPDATE condition_statements SET holds = NOT holds`, () => `case ${caseId}`, [differs('holds')]],
    [
      'since when a fact holds',
      `UPDATE condition_statements SET at = at - interval '1 day'`,
      () => `case ${caseId}`,
      [differs('since')],
    ],
    [
      'how long a certificate holds',
      `UPDATE certificates SET valid_to = '2026-01-01'`,
      () => 'all',
      [differs('valid_to'), differs('valid_to')],
    ],
    [
      'a certificate that was withdrawn',
      `UPDATE certificates SET withdrawn_at = NULL`,
      () => 'withdrawn',
      [differs('withdrawn_at')],
    ],
    [
      'a recorder',
      `UPDATE recorders SET serial = 'DSJ0000778', state = 'retired'`,
      () => recorderId,
      [differs('serial, state')],
    ],
    [
      'who carried it',
      `UPDATE recorder_issues SET issued_at = issued_at - interval '1 day'`,
      () => `recorder ${recorderId}`,
      [differs('issued_at')],
    ],
    [
      'what its clock showed',
      `UPDATE recorder_clocks SET device_at = device_at + interval '1 hour'`,
      () => `recorder ${recorderId}`,
      [differs('device_at')],
    ],
    [
      'what a check found',
      `UPDATE recorder_checks SET findings = '完好', passed = true`,
      () => `fault ${recorderId}`,
      [differs('passed, findings')],
    ],
    [
      'an excuse that was approved',
      `UPDATE excuses SET paper_id = 'notice', decision_reason = '同意'`,
      () => 'all',
      [differs('paper, decision_reason')],
    ],
    ['more time that was refused', `UPDATE extensions SET is_approved = true`, () => 'all', [differs('approved')]],
    ['who took part', `UPDATE occurrence_people SET role = 'head'`, () => `account ${officerId}`, [differs('named')]],
    [
      'whether a decision is major',
      `UPDATE decision_findings SET is_major = false`,
      () => `case ${caseId}`,
      [differs('major')],
    ],
    ['why a recording breaks off', `UPDATE gap_explanations SET text = '断电'`, () => 'all', [differs('text')]],
    [
      'that paper and form agree',
      `UPDATE form_comparisons SET agrees = NOT agrees, fields = '[]'`,
      () => 'all',
      [differs('agrees, differing, compared, read')],
    ],
    [
      'an earlier word of a mark',
      `UPDATE marks SET text = '无', end_ms = 500`,
      () => 'first version',
      [differs('range, text')],
    ],
    ['what is said in a recording', `UPDATE transcripts SET text = '无'`, () => `asset ${assetId}`, [differs('text')]],
    [
      'a list of a recorder',
      `UPDATE recorder_lists SET body = '\\x00'`,
      () => `recorder ${recorderId}`,
      [differs('digest, size_bytes')],
    ],
    [
      'a length set by the agency',
      `UPDATE agency_limits SET "limit" = jsonb_set("limit", '{count}', '99')`,
      () => 'all',
      [differs('length')],
    ],
    ['a word before numbers', `UPDATE agency_words SET word = '某'`, () => 'all', [differs('word')]],
    [
      'who reviews',
      `UPDATE review_policies SET body = jsonb_set(body, '{everyDecision}', to_jsonb(NOT (body ->> 'everyDecision')::boolean))`,
      () => 'all',
      [differs('every_decision')],
    ],
    [
      'a rule that is followed',
      `UPDATE calendars SET body = body - 'years'`,
      () => 'all',
      [expect.stringContaining('calendar 1: what is followed is not what its file says')],
    ],
    [
      'a file of rules, with its digest',
      `UPDATE form_templates SET file = file || ' ', sha256 = 'sha256:' || encode(sha256(convert_to(file || ' ', 'UTF8')), 'hex')`,
      () => 'inspection-record',
      [differs('sha256')],
    ],
    [
      'a file of rules without it',
      `UPDATE form_templates SET file = file || ' '`,
      () => 'inspection-record',
      [expect.stringContaining('form inspection-record/1: its file is not what its digest says')],
    ],
    ['an excuse taken away', `DELETE FROM excuses`, () => 'all', [expect.stringContaining('is gone')]],
    [
      'a statement taken away',
      `DELETE FROM condition_statements`,
      () => `case ${caseId}`,
      [expect.stringContaining('statement 1: the row its events tell of is gone')],
    ],
    [
      'an opinion taken away',
      `DELETE FROM review_opinions`,
      () => `review ${reviewId}`,
      [expect.stringContaining('is gone')],
    ],
  ])('%s is found', async (_, change, of, expected) => {
    // Undone afterwards: the check reads on connections of its own, so the change is committed first.
    const table = /(?:UPDATE|FROM) (\w+)/.exec(change)?.[1] ?? '';
    await owner.query(`CREATE TABLE kept AS TABLE ${table}`);
    await owner.query(`${change} WHERE ${whereOf(of())}`);
    try {
      expect(await found()).toEqual(expected);
    } finally {
      await owner.query(`SET session_replication_role = replica`);
      await owner.query(`DELETE FROM ${table}`);
      await owner.query(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE TABLE kept`);
      await owner.query(`SET session_replication_role = origin`);
      await owner.query('DROP TABLE kept');
    }
    expect(await found()).toEqual([]);
  });

  it('one put in is found too', async () => {
    const id = newId();
    await owner.query(
      `INSERT INTO condition_statements (id, case_id, condition_id, holds, at, stated_at, stated_by)
       SELECT $1, case_id, condition_id, NOT holds, at, stated_at, stated_by FROM condition_statements WHERE case_id = $2`,
      [id, caseId],
    );
    expect(await found()).toEqual([`case:${caseId} statement 2: no event tells of this row`]);
    await owner.query('DELETE FROM condition_statements WHERE id = $1', [id]);
  });

  /** `review ID`, `case ID`, `recorder ID`: by the row it belongs to; an id alone is the row's own. */
  function whereOf(of: string): string {
    if (of === 'all') return 'true';
    if (of === 'withdrawn') return 'withdrawn_at IS NOT NULL';
    if (of === 'first version') return 'version = 1';
    const [kind = '', id] = of.split(' ');
    if (id === undefined) return `id = '${of}'`;
    return kind === 'fault' ? `kind = 'fault' AND recorder_id = '${id}'` : `${kind}_id = '${id}'`;
  }
});
