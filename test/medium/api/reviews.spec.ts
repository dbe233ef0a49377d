import type {
  CaseLineView,
  CaseReviewsView,
  FaultView,
  FormSummary,
  FormView,
  ReviewRules,
  ReviewStaffingView,
  ReviewView,
} from '#contract';
import { dueOf } from '#domain';
import type { ApiClient } from '../../support/api-client.js';
import type { CaseByApi } from '../../support/case-by-api.js';
import { CHINA } from '../../support/case-walk.js';
import { certify } from '../../support/certify.js';
import { Refused } from '../../support/running-api.js';
import { type LawArchive, runLawArchive } from './law-archive.js';
import {
  caseBeforeReview,
  LARGE_FINE,
  makePapers,
  PASSED,
  RETURNED,
  reviewer,
  SIGNED,
  SMALL_FINE,
  submit,
} from './review-work.js';

const refusal = async (attempt: Promise<unknown>): Promise<{ code: string; details: Record<string, unknown> }> => {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Refused);
  const { problem } = error as Refused;
  return { code: problem?.code ?? '', details: problem?.details ?? {} };
};
const codesOf = ({ details }: { details: Record<string, unknown> }): string[] =>
  (details.reasons as { code: string }[]).map(({ code }) => code);
const places = ({ details }: { details: Record<string, unknown> }): string[] =>
  (details.problems as { place: string }[]).map(({ place }) => place);

describe('legal review', () => {
  let law: LawArchive;
  let zhao: ApiClient;

  beforeAll(async () => {
    law = await runLawArchive();
    zhao = await reviewer(law);
  });
  afterAll(() => law.stop());

  const opine = (by: ApiClient, review: ReviewView, opinion: object): Promise<ReviewView> =>
    by.send('POST', `/reviews/${review.id}/opinions`, opinion);
  const ofCase = (walked: CaseByApi): Promise<CaseReviewsView> =>
    law.officer.send('GET', `/cases/${walked.view.id}/reviews`);
  const listed = async (by: ApiClient, list: string): Promise<string[]> =>
    (await by.send<{ items: { id: string }[] }>('GET', `/reviews?list=${list}&limit=200`)).items.map(({ id }) => id);
  const faultsOfDeciding = async (walked: CaseByApi): Promise<string[]> => {
    const { occurrenceId } = walked.step('decision');
    const found = await refusal(walked.send('PATCH', `/occurrences/${occurrenceId}`, { state: 'open' }));
    expect(found.code).toBe('gate-closed');
    return (found.details.faults as FaultView[]).map(({ code }) => code);
  };
  const setLevels = async (levels: readonly object[], everyDecision = false): Promise<void> => {
    const { version, policy } = await law.administrator.send<ReviewRules>('GET', '/review-rules');
    const wish = { ...policy, levels, everyDecision, version, reason: '本机关规定' };
    await law.administrator.send('PUT', '/review-rules', wish);
  };
  const ONE = [{ id: 'legal', title: { zh: '法制审核', en: 'Legal review' }, unitId: null, signOff: false }];

  describe('is asked for by the catalogue', () => {
    it('which states of the case what it found, and cannot be talked out of it', async () => {
      const walked = await caseBeforeReview(law);
      const { finding, steps } = await ofCase(walked);
      expect(finding).toMatchObject({
        isMajor: true,
        isEvery: false,
        catalogue: { id: 'major-decisions', version: 1 },
      });
      expect(finding?.entries.map(({ id }) => id)).toEqual(['large-fine']);
      expect(steps.map(({ needed, owed, maySubmit }) => [needed, owed.length, maySubmit])).toEqual([
        ['yes', 0, true],
        ['no', expect.any(Number), false],
      ]);
      const away = { conditionId: 'complex-or-major', occurrenceId: null, holds: false };
      expect((await refusal(walked.send('POST', '/statements', away))).code).toBe('precondition-failed');
      await law.officer.send('POST', `/cases/${walked.view.id}/decision-findings`, SMALL_FINE);
      await walked.look();
      expect(walked.step('legal-review').needed).toBe('no');
      await walked.send('POST', '/statements', away);
    });

    it('and asks for the amount where it hangs on it', async () => {
      const walked = await caseBeforeReview(law);
      const unsaid = { ...LARGE_FINE, amountFen: null };
      const found = await refusal(law.officer.send('POST', `/cases/${walked.view.id}/decision-findings`, unsaid));
      expect([found.code, places(found)]).toEqual(['invalid-input', ['amountFen']]);
    });

    it('or of every decision, where the agency says so', async () => {
      await setLevels(ONE, true);
      const walked = await caseBeforeReview(law);
      await law.officer.send('POST', `/cases/${walked.view.id}/decision-findings`, { ...SMALL_FINE, amountFen: null });
      expect((await ofCase(walked)).finding).toMatchObject({ isMajor: true, isEvery: true, entries: [] });
      await walked.look();
      expect(walked.step('legal-review').needed).toBe('yes');
      await setLevels(ONE);
    });
  });

  it('is not submitted before its materials are there, and says what is missing and by which rule', async () => {
    const walked = await caseBeforeReview(law);
    await walked.send('POST', '/occurrences', { stepId: 'interview' });
    await walked.begin('interview');
    const found = await refusal(submit(walked, law.officer));
    expect(found.code).toBe('review-incomplete');
    const owed = found.details.owed as {
      stepId: string;
      words: { zh: string; en: string };
      rule: { source: string };
    }[];
    expect(new Set(owed.map(({ stepId }) => stepId))).toEqual(new Set(['interview']));
    for (const { words, rule } of owed) expect([words.zh, words.en, rule.source]).not.toContain('');
    await walked.supply('interview');
    await walked.end('interview');
    expect((await submit(walked, law.officer)).materials.map(({ step }) => step.zh)).toContain('询问');
  });

  it('is submitted, returned, submitted again and passed; then the decision is possible, on its opinion as a paper', async () => {
    const walked = await caseBeforeReview(law);
    expect(await faultsOfDeciding(walked)).toContain('review-missing');
    const first = await submit(walked, law.partner, '请重点审核裁量');
    expect(first).toMatchObject({ n: 1, state: 'open', stage: 0, clock: 'running', note: '请重点审核裁量' });
    expect(first.lastDay).toBe(
      dueOf(new Date(first.submittedAt), { count: 5, unit: 'working-days', lastDayAtRest: 'stays' }, CHINA).lastDay,
    );
    expect(await listed(zhao, 'waiting')).toContain(first.id);
    expect((await refusal(submit(walked, law.officer))).code).toBe('precondition-failed');
    await zhao.send('POST', `/reviews/${first.id}/take`);
    expect([await listed(zhao, 'waiting'), await listed(zhao, 'mine')]).toEqual([
      expect.not.arrayContaining([first.id]),
      expect.arrayContaining([first.id]),
    ]);
    await law.driver.pass(1);
    expect(await opine(zhao, first, RETURNED)).toMatchObject({ state: 'ended', outcome: 'returned', clock: 'met' });
    await walked.look();
    expect(walked.stateOf(first.occurrenceId)).toBe('open');
    expect(await faultsOfDeciding(walked)).toContain('review-returned');
    expect(await listed(law.officer, 'returned')).toContain(first.id);

    const second = await submit(walked, law.officer);
    expect(second.n).toBe(2);
    expect(await listed(law.officer, 'returned')).not.toContain(first.id);
    await law.driver.pass(1);
    const passed = await opine(zhao, second, PASSED);
    expect(passed).toMatchObject({
      state: 'ended',
      outcome: 'passed',
      number: expect.stringMatching(/法审〔2026〕\d+号$/),
    });
    await walked.look();
    expect(walked.stateOf(second.occurrenceId)).toBe('done');
    expect(walked.step('legal-review').people).toMatchObject([
      { accountId: zhao.session.account.id, role: 'reviewer', isCertified: true },
    ]);
    // Its own papers are asked for, as of every step.
    expect((await faultsOfDeciding(walked)).filter((code) => code.startsWith('review'))).toEqual([]);
    for (const { id } of [first, second]) expect(await makePapers(law, id)).toEqual(['printed', 'printed']);
    expect(await makePapers(law, second.id)).toEqual(['nothing-owed', 'nothing-owed']);
    const { papers } = await law.officer.send<ReviewView>('GET', `/reviews/${second.id}`);
    await walked.look();
    const held = walked.step('legal-review').papers;
    expect(held).toContainEqual({ paperId: 'review-submission', assetId: papers.submission });
    expect(held).toContainEqual({ paperId: 'review-opinion', assetId: papers.opinion });
    const { items } = await law.officer.send<{ items: FormSummary[] }>('GET', `/cases/${walked.view.id}/forms`);
    const opinion = items.filter(({ templateId }) => templateId === 'review-opinion');
    expect(opinion).toMatchObject([{ state: 'issued' }, { number: passed.number, assetId: papers.opinion }]);
    expect(items.filter(({ templateId }) => templateId === 'review-submission')).toHaveLength(2);
    const { values } = await law.officer.send<FormView>('GET', `/forms/${opinion[1]?.id}`);
    expect(values).toMatchObject({ outcome: '审核通过', 'head-facts': '符合：已核对facts' });
    // The review writes it: nobody else does, and no officer takes it away.
    const paper = `occurrenceId=${second.occurrenceId}&paperId=review-opinion`;
    expect(await law.officer.send('GET', `/cases/${walked.view.id}/form-templates?${paper}`)).toEqual({ items: [] });
    const own = { occurrenceId: second.occurrenceId, paperId: 'review-opinion', templateId: 'review-opinion' };
    await expect(law.officer.send('POST', `/cases/${walked.view.id}/forms`, own)).rejects.toMatchObject({
      status: 404,
    });
    const voiding = law.officer.send('POST', `/forms/${opinion[1]?.id}/void`, { reason: '不同意' });
    expect((await refusal(voiding)).code).toBe('precondition-failed');
    const pdf = await (await zhao.raw('GET', `/assets/${papers.opinion}/original`)).arrayBuffer();
    expect(Buffer.from(pdf).subarray(0, 5).toString()).toBe('%PDF-');

    await walked.walkTo('decision');
    await walked.perform('decision');
    expect(walked.stateOf(walked.step('decision').occurrenceId)).toBe('done');
    expect(walked.view.law.breaches).toEqual([]);
  });

  it('says nothing of what was found out after it', async () => {
    const walked = await caseBeforeReview(law);
    await opine(zhao, await submit(walked, law.officer), PASSED);
    await law.driver.pass(1);
    await walked.send('POST', '/occurrences', { stepId: 'interview' });
    await walked.perform('interview');
    expect(await faultsOfDeciding(walked)).toContain('review-stale');
    // The step comes again, and is submitted as its own.
    await walked.send('POST', '/occurrences', { stepId: 'investigation-closed' });
    await walked.perform('investigation-closed');
    await walked.send('POST', '/occurrences', { stepId: 'legal-review' });
    await law.driver.pass(1);
    await opine(zhao, await submit(walked, law.officer), PASSED);
    await law.driver.pass(1);
    expect(await faultsOfDeciding(walked)).not.toContain('review-stale');
  });

  describe('is given only by one who may', () => {
    it.each([
      ['without a certificate', () => reviewer(law, null), ['no-certificate']],
      ['with one that ran out', () => reviewer(law, { validTo: '2026-03-01' }), ['no-certificate']],
      ['with one of enforcement', () => reviewer(law, { kind: 'enforcement' }), ['no-certificate']],
    ] as const)('not %s', async (_, make, reasons) => {
      const review = await submit(await caseBeforeReview(law), law.officer);
      const unfit = await make();
      expect(codesOf(await refusal(unfit.send('POST', `/reviews/${review.id}/take`)))).toEqual(reasons);
      expect(codesOf(await refusal(opine(unfit, review, PASSED)))).toEqual(reasons);
      expect(await unfit.send('GET', `/reviews/${review.id}`)).toMatchObject({ mayAct: false, unfit: [{}] });
      await expect(opine(law.partner, review, PASSED)).rejects.toMatchObject({ status: 404 });
    });

    it('nor by an officer of the case who is a reviewer too, nor by one who has become an officer of it since', async () => {
      const both = await law.api.signIn(['officer', 'reviewer']);
      const id = both.session.account.id;
      await certify(law.administrator, id, { kind: 'legal-review' });
      const walked = await caseBeforeReview(law);
      await walked.send('PATCH', '', { officerIds: [law.officer.session.account.id, id], reason: '增加承办人' });
      const review = await submit(walked, law.officer);
      expect(codesOf(await refusal(opine(both, review, PASSED)))).toEqual(['officer-of-case']);
      const own = await submit(await caseBeforeReview(law), law.officer);
      await opine(both, own, PASSED);
      await law.officer.send('PATCH', `/cases/${own.case.id}`, {
        officerIds: [law.officer.session.account.id, id],
        reason: '增加承办人',
      });
      const { law: standing } = await law.officer.send<CaseByApi['view']>('GET', `/cases/${own.case.id}`);
      const decision = standing.steps.find(({ stepId }) => stepId === 'decision');
      expect(decision?.beginning.map(({ code }) => code)).toContain('reviewer-unfit');
    });

    it('whoever the officers say took part', async () => {
      const walked = await caseBeforeReview(law);
      const review = await submit(walked, law.officer);
      await law.driver.pass(1);
      await opine(zhao, review, RETURNED);
      const people = [{ accountId: zhao.session.account.id, role: 'reviewer' }];
      await walked.send('PUT', `/occurrences/${review.occurrenceId}/people`, { people, reason: '更正' });
      await walked.send('PATCH', `/occurrences/${review.occurrenceId}`, { state: 'done' });
      expect(await faultsOfDeciding(walked)).toContain('review-returned');
    });

    it('and with all ten heads and their grounds', async () => {
      const review = await submit(await caseBeforeReview(law), law.officer);
      const nine = { ...PASSED, answers: PASSED.answers?.slice(1) };
      expect(places(await refusal(opine(zhao, review, nine)))).toEqual(['answers.body']);
      expect(places(await refusal(opine(zhao, review, { ...RETURNED, outcome: 'passed' })))).toEqual(['outcome']);
      expect((await refusal(opine(zhao, review, { ...PASSED, stage: 1 }))).code).toBe('conflict');
      await opine(zhao, review, PASSED);
      expect((await refusal(opine(zhao, review, PASSED))).code).toBe('precondition-failed');
    });

    it('who has taken it; another takes it over first', async () => {
      const other = await reviewer(law);
      const review = await submit(await caseBeforeReview(law), law.officer);
      await zhao.send('POST', `/reviews/${review.id}/take`);
      expect((await refusal(opine(other, review, PASSED))).code).toBe('precondition-failed');
      await other.send('POST', `/reviews/${review.id}/take`);
      expect(await opine(other, review, PASSED)).toMatchObject({ outcome: 'passed' });
    });
  });

  describe('goes through the levels the agency has set', () => {
    let team: string;
    let root: string;

    beforeAll(async () => {
      const units = await law.administrator.send<{ items: { id: string; parentId: string | null }[] }>('GET', '/units');
      root = units.items.find(({ parentId }) => parentId === null)?.id ?? '';
      team = (await law.administrator.send<{ id: string }>('POST', '/units', { name: '法制科', parentId: root })).id;
    });
    afterAll(() => setLevels(ONE));

    it('each by another, of its unit, with its sign-off', async () => {
      await setLevels([
        { id: 'brigade', title: { zh: '大队法制科', en: 'Brigade' }, unitId: null, signOff: false },
        { id: 'bureau', title: { zh: '局法规科', en: 'Bureau' }, unitId: root, signOff: true },
      ]);
      const review = await submit(await caseBeforeReview(law), law.officer);
      expect(review.stages.map(({ kind, level }) => `${level.id} ${kind}`)).toEqual([
        'brigade read',
        'bureau read',
        'bureau sign',
      ]);
      expect(await opine(zhao, review, PASSED)).toMatchObject({ state: 'open', stage: 1, outcome: null });
      expect(codesOf(await refusal(opine(zhao, review, { ...PASSED, stage: 1 })))).toEqual(['acted-before']);
      // Of a unit below, whose rights do not reach the case at all.
      await expect(opine(await reviewer(law, {}, team), review, { ...PASSED, stage: 1 })).rejects.toMatchObject({
        status: 404,
      });
      const qian = await reviewer(law, {}, root);
      await opine(qian, review, { ...PASSED, stage: 1 });
      // A reviewer reads, a head signs.
      await expect(opine(qian, review, { ...SIGNED, stage: 2 })).rejects.toMatchObject({ status: 404 });
      expect(places(await refusal(opine(law.supervisor, review, { ...PASSED, stage: 2 })))).toEqual(['answers']);
      expect(await opine(law.supervisor, review, { ...SIGNED, stage: 2 })).toMatchObject({ outcome: 'passed' });
      expect((await law.officer.send<ReviewView>('GET', `/reviews/${review.id}`)).opinions).toHaveLength(3);
    });

    it('and a head may return what was found good', async () => {
      await setLevels([{ id: 'bureau', title: { zh: '局法规科', en: 'Bureau' }, unitId: null, signOff: true }]);
      const walked = await caseBeforeReview(law);
      const review = await submit(walked, law.officer);
      await opine(zhao, review, PASSED);
      expect(await faultsOfDeciding(walked)).toContain('review-missing');
      const back = { stage: 1, outcome: 'returned', text: '裁量理由不足' };
      expect(await opine(law.supervisor, review, back)).toMatchObject({ state: 'ended', outcome: 'returned' });
      expect(await faultsOfDeciding(walked)).toContain('review-returned');
    });

    it('as they were when it was submitted, and rules are not written over unseen', async () => {
      await setLevels(ONE);
      const review = await submit(await caseBeforeReview(law), law.officer);
      await setLevels([{ ...ONE[0], signOff: true }]);
      expect(await opine(zhao, review, PASSED)).toMatchObject({ state: 'ended', outcome: 'passed' });
      const { policy, version } = await law.administrator.send<ReviewRules>('GET', '/review-rules');
      const wish = { ...policy, version: version - 1, reason: '过时的' };
      expect((await refusal(law.administrator.send('PUT', '/review-rules', wish))).code).toBe('conflict');
      const none = { ...policy, levels: [ONE[0], ONE[0]], version, reason: '标识重复' };
      expect(places(await refusal(law.administrator.send('PUT', '/review-rules', none)))).toEqual(['levels']);
    });
  });

  describe('that is disputed', () => {
    const discussion = (result: string) => ({
      ...{ heldOn: CHINA.dateOf(law.api.clock.now()), result, text: '经集体讨论，认为证据已经充分' },
      participants: [
        { name: '王局长', post: '局长' },
        { name: '李副局长', post: '副局长' },
      ],
    });

    it.each([
      ['passed', null],
      ['passed-with-changes', null],
      ['returned', 'review-returned'],
    ] as const)('goes up to collective discussion, which decides: %s', async (result, fault) => {
      const walked = await caseBeforeReview(law);
      const review = await submit(walked, law.officer);
      await law.driver.pass(1);
      const dispute = { reason: '证据充分，不应退回' };
      expect((await refusal(law.officer.send('POST', `/reviews/${review.id}/disputes`, dispute))).code).toBe(
        'precondition-failed',
      );
      await opine(zhao, review, RETURNED);
      expect(await law.officer.send('POST', `/reviews/${review.id}/disputes`, dispute)).toMatchObject({
        state: 'disputed',
      });
      expect((await refusal(submit(walked, law.officer))).code).toBe('precondition-failed');
      expect(await faultsOfDeciding(walked)).toContain('review-returned');
      const alone = { ...discussion(result), participants: discussion(result).participants.slice(0, 1) };
      expect((await refusal(law.supervisor.send('POST', `/reviews/${review.id}/discussions`, alone))).code).toBe(
        'invalid-input',
      );
      const early = { ...discussion(result), heldOn: '2026-01-05' };
      expect(places(await refusal(law.supervisor.send('POST', `/reviews/${review.id}/discussions`, early)))).toEqual([
        'heldOn',
      ]);
      await expect(zhao.send('POST', `/reviews/${review.id}/discussions`, discussion(result))).rejects.toMatchObject({
        status: 404,
      });
      await law.driver.pass(1);
      const decided = await law.supervisor.send<ReviewView>(
        'POST',
        `/reviews/${review.id}/discussions`,
        discussion(result),
      );
      expect(decided).toMatchObject({ state: 'ended', outcome: 'returned', dispute: { discussion: { result } } });
      expect(decided.dispute?.discussion?.participants).toHaveLength(2);
      await law.driver.pass(1);
      const faults = (await faultsOfDeciding(walked)).filter((code) => code.startsWith('review'));
      expect(faults).toEqual(fault === null ? [] : [fault]);
      if (fault !== null) expect((await submit(walked, law.officer)).n).toBe(2);
    });
  });

  it('is late where its time has run out', async () => {
    const walked = await caseBeforeReview(law);
    const review = await submit(walked, law.officer);
    const isOurs = ({ caseId, ref }: CaseLineView) => caseId === walked.view.id && ref === 'review-opinion';
    const due = async () => (await law.dueOf(walked.view.id)).filter(isOurs);
    const lateForAll = async () =>
      (await law.supervisor.send<{ items: CaseLineView[] }>('GET', '/late?kind=clock&limit=200')).items.filter(isOurs);
    expect(await due()).toMatchObject([
      {
        ...{ kind: 'clock', occurrenceId: review.occurrenceId, dueAt: review.dueAt, isLate: false },
        rule: { procedureId: 'review-policy', part: 'limit', source: expect.stringContaining('118号') },
      },
    ]);
    expect([await listed(law.supervisor, 'late'), await lateForAll()]).toEqual([
      expect.not.arrayContaining([review.id]),
      [],
    ]);
    await law.driver.pass(24 * 14);
    expect(await listed(law.supervisor, 'late')).toContain(review.id);
    expect([await due(), await lateForAll()]).toMatchObject([[{ isLate: true }], [{ isLate: true }]]);
    expect(await law.supervisor.send('GET', `/reviews/${review.id}`)).toMatchObject({ clock: 'late' });
    expect(await opine(zhao, review, PASSED)).toMatchObject({ clock: 'met-late' });
    expect([await due(), await lateForAll()]).toEqual([[], []]);
  });

  it('lists page by page, each once', async () => {
    const all = await listed(law.supervisor, 'passed');
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: { id: string }[]; nextCursor: string | null } = await law.supervisor.send(
        'GET',
        `/reviews?list=passed&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(all);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('tells how many reviewers there are for how many officers', async () => {
    const before = await law.supervisor.send<ReviewStaffingView>('GET', '/review-staffing');
    const unit = before.units[0];
    expect(before.all).toEqual({
      officers: unit?.officers,
      reviewers: unit?.reviewers,
      needed: unit?.needed,
      isMet: true,
    });
    await reviewer(law, { validTo: '2026-03-01' });
    const { administrator } = law;
    for (let n = 0; n < 3; n++) await certify(administrator, (await law.api.signIn(['officer'])).session.account.id);
    const after = await administrator.send<ReviewStaffingView>('GET', '/review-staffing');
    expect(after.all.officers).toBe(before.all.officers + 3);
    expect(after.all.reviewers).toBe(before.all.reviewers);
    await expect(law.officer.send('GET', '/review-staffing')).rejects.toMatchObject({ status: 403 });
  });
});
