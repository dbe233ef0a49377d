import { CaseWalk, fitPeople, RECKONING, template } from '../../../test/support/case-walk.js';
import { breachesOf, citationOf, type Fault } from './index.js';

const PENALTY = template('administrative-penalty-ordinary');
const yes =
  (...ids: string[]) =>
  (id: string) =>
    ids.includes(id);
const codes = (found: unknown): string[] => (found as Fault[]).map(({ code }) => code);
const breaches = (walk: CaseWalk): Fault[] => breachesOf(walk.procedure, walk.standing, RECKONING);

/** A penalty case as far as the step named, which has not begun. */
function upTo(stepId: string, ...facts: string[]): CaseWalk {
  const walk = new CaseWalk(PENALTY);
  walk.stateAll(yes(...facts));
  for (let next = walk.next(); next !== null && next !== stepId; next = walk.next()) walk.perform(next, yes(...facts));
  return walk;
}

describe('a step may not begin', () => {
  it('before what it comes after, and says which rule, version and clause', () => {
    const walk = new CaseWalk(PENALTY);
    walk.stateAll(yes());
    const [refusal] = walk.refusals('filing');
    expect(refusal).toEqual({
      code: 'step-missing',
      stepId: 'filing',
      occurrenceId: null,
      words: { zh: '“立案”之前须先完成“线索受理”', en: '“Taking in the lead” must be done before “Filing”' },
      rule: {
        procedureId: 'administrative-penalty-ordinary',
        version: 1,
        part: 'steps/lead',
        title: { zh: '线索受理', en: 'Taking in the lead' },
        source: '行政处罚法 54',
      },
    });
    if (refusal)
      expect(citationOf(refusal.rule).zh).toBe(
        '依据：行政处罚法 54（administrative-penalty-ordinary 第 1 版，线索受理）',
      );
  });

  it('while what it comes after goes on', () => {
    const walk = upTo('filing');
    walk.force('lead');
    expect(codes(walk.refusals('filing'))).toEqual(['step-going-on']);
  });

  it('while a fact it hangs on was not stated: silence is no "no"', () => {
    const walk = new CaseWalk(PENALTY);
    walk.perform('lead');
    walk.perform('filing');
    expect(walk.refusals('evidence-preservation').map(({ rule }) => rule.part)).toEqual([
      'conditions/evidence-preserved',
    ]);
    walk.state('evidence-preserved', false);
    expect(codes(walk.refusals('evidence-preservation'))).toEqual(['step-not-needed']);
    walk.state('evidence-preserved', true);
    expect(walk.refusals('evidence-preservation')).toEqual([]);
  });

  it('twice where it comes once, nor behind what has begun', () => {
    const walk = upTo('decision');
    expect(codes(walk.refusals('filing'))).toEqual(['comes-once']);
    expect(walk.refusals('interview')).toEqual([]);
    walk.begin('decision');
    expect(codes(walk.refusals('interview'))).toEqual(['later-begun']);
  });

  it.each([
    ['nobody', []],
    ['one', [0]],
    ['the same one twice', [0, 0]],
  ])('with %s where two are needed', (_what, who) => {
    const walk = upTo('interview');
    const fit = fitPeople(walk.step('interview'));
    const people = who.flatMap((i) => fit[i] ?? []);
    expect(codes(walk.refusals('interview', people))).toEqual(['people']);
  });

  it('with a certificate that has run out, is not valid yet, or none; its last day counts', () => {
    const walk = upTo('interview');
    const day = RECKONING.calendar.dateOf(walk.now);
    const [one, two] = fitPeople(walk.step('interview'));
    if (!one || !two) throw new Error('nobody');
    const asked = (certified: { from: string; to: string } | null): string[] =>
      codes(walk.refusals('interview', [one, { ...two, certified }]));
    expect(asked(null)).toEqual(['people']);
    expect(asked({ from: '2020-01-01', to: '2026-03-01' })).toEqual(['people']);
    expect(asked({ from: '2026-12-01', to: '2030-01-01' })).toEqual(['people']);
    expect(asked({ from: day, to: day })).toEqual([]);
  });

  it('before the seven working days between notice and hearing are over', () => {
    const walk = upTo('hearing-notice', 'hearing-right', 'hearing-asked');
    walk.perform('hearing-notice');
    expect(walk.refusals('hearing').map(({ code, rule }) => [code, rule.part])).toEqual([
      ['too-early', 'limits/hearing-ahead'],
    ]);
    walk.pass(24 * 14);
    expect(walk.refusals('hearing')).toEqual([]);
    expect(
      codes(walk.refusals('hearing', [{ ...fitPeople(walk.step('hearing'))[0], accountId: 'wang' } as never])),
    ).toEqual(['people']);
  });

  it('in a closed case, nor when the procedure has no such step', () => {
    const walk = new CaseWalk(PENALTY);
    walk.standing.closedAt = walk.now;
    expect(codes(walk.refusals('lead'))).toEqual(['case-closed']);
    expect(() => walk.begin('dance', [])).toThrow('no step dance');
  });
});

describe('no decision', () => {
  it('without the review a major one needs', () => {
    const walk = upTo('legal-review', 'complex-or-major');
    const review = walk.begin('legal-review');
    if (Array.isArray(review)) throw new Error('refused');
    walk.supply(review);
    walk.end(review);
    for (const id of ['notice', 'collective-discussion']) walk.perform(id);
    expect(codes(walk.refusals('decision'))).toEqual(['review-missing']);
    walk.review(review, 'returned');
    expect(codes(walk.refusals('decision'))).toEqual(['review-returned']);
    walk.review(review, 'passed-with-changes');
    expect(walk.refusals('decision')).toEqual([]);
  });

  it('and holds it against nobody that a review was submitted and is not taken yet', () => {
    const walk = upTo('legal-review', 'complex-or-major');
    const review = walk.force('legal-review', []);
    expect(breaches(walk)).toEqual([]);
    review.endedAt = walk.now;
    expect(breaches(walk).map(({ code, occurrenceId }) => [code, occurrenceId])).toEqual([['people', review.id]]);
  });

  it('on a review that is older than what was found out', () => {
    const walk = upTo('decision', 'complex-or-major');
    walk.perform('interview');
    expect(walk.refusals('decision').map(({ code, words }) => [code, words.zh])).toEqual([
      ['review-stale', '法制审核之后又有“询问”，须重新审核才能作出“决定”'],
    ]);
    walk.perform('investigation-closed');
    walk.perform('legal-review');
    expect(walk.refusals('decision')).toEqual([]);
  });

  it('on a review by one who is not said to have taken part', () => {
    const walk = upTo('legal-review', 'complex-or-major');
    const review = walk.perform('legal-review');
    for (const id of ['notice', 'collective-discussion']) walk.perform(id);
    expect(walk.refusals('decision')).toEqual([]);
    const expired = {
      accountId: 'qian',
      role: 'reviewer' as const,
      certified: { from: '2020-01-01', to: '2021-01-01' },
    };
    walk.standing.reviews = [{ occurrenceId: review.id, outcome: 'passed', at: walk.now, reviewers: [expired] }];
    expect(codes(walk.refusals('decision'))).toEqual(['reviewer-unfit']);
  });

  it('on a review by an officer of the case', () => {
    const walk = upTo('legal-review', 'complex-or-major');
    const people = [
      { accountId: 'wang', role: 'reviewer' as const, certified: { from: '2020-01-01', to: '2030-01-01' } },
    ];
    expect(codes(walk.begin('legal-review', people))).toEqual(['people']);
    const review = walk.force('legal-review', people);
    walk.supply(review);
    walk.review(review);
    walk.end(review);
    for (const id of ['notice', 'collective-discussion']) walk.perform(id);
    expect(codes(walk.refusals('decision'))).toEqual(['reviewer-unfit']);
  });

  it('while a paper or a recording is missing, before it or its own', () => {
    const walk = upTo('decision');
    const decision = walk.begin('decision');
    if (Array.isArray(decision)) throw new Error('refused');
    const interview = walk.standing.comings.find(({ stepId }) => stepId === 'interview');
    if (interview) interview.recordings = [];
    expect(
      walk.refusalsToDecide(decision).map(({ code, rule, occurrenceId }) => [code, rule.part, occurrenceId]),
    ).toEqual([
      ['duty', 'steps/interview/recording', 'interview-1'],
      ['duty', 'steps/decision/papers/decision-approval', 'decision-1'],
      ['duty', 'steps/decision/papers/decision', 'decision-1'],
    ]);
    expect(codes(walk.end(decision))).toEqual(['duty', 'duty', 'duty']);
    expect(decision.state).toBe('open');
  });

  it('that rests on a step done by one alone, until it was done again by two', () => {
    const walk = upTo('interview');
    const alone = walk.force('interview', fitPeople(walk.step('interview')).slice(1));
    walk.supply(alone);
    walk.end(alone);
    for (let id = walk.next(); id !== null && id !== 'decision'; id = walk.next()) walk.perform(id);
    const decision = walk.begin('decision');
    if (Array.isArray(decision)) throw new Error('refused');
    walk.supply(decision);
    expect(walk.refusalsToDecide(decision).map(({ code, stepId }) => [code, stepId])).toEqual([
      ['people', 'interview'],
    ]);
    expect(breaches(walk).map(({ code, occurrenceId }) => [code, occurrenceId])).toEqual([['people', 'interview-1']]);
  });

  it('where none is to be made, and none of what is no decision', () => {
    const walk = upTo('decision', 'terminated');
    const forced = walk.force('decision');
    expect(codes(walk.refusalsToDecide(forced))).toEqual(['step-not-needed']);
    const lead = walk.standing.comings.find(({ stepId }) => stepId === 'lead');
    expect(() => lead && walk.refusalsToDecide(lead)).toThrow('step lead is no decision');
  });
});

describe('a decision that has not begun', () => {
  it('is not recorded', () => {
    const walk = upTo('decision');
    Object.assign(walk.force('decision'), { state: 'waiting', startedAt: null });
    const [waiting] = walk.standing.comings.slice(-1);
    expect(waiting && codes(walk.refusalsToDecide(waiting))).toEqual(['not-begun']);
  });
});

describe('a case may not close', () => {
  it('before all is done, and names each thing', () => {
    const walk = upTo('closing');
    expect(walk.refusalsToClose().map(({ rule }) => rule.part)).toEqual(['steps/closing']);
    const service = walk.standing.comings.find(({ stepId }) => stepId === 'service');
    if (service) service.papers = [];
    walk.perform('closing');
    expect(walk.refusalsToClose().map(({ words }) => words.zh)).toEqual(['“结案归档”之前：文书《送达回证》：缺']);
  });

  it('twice', () => {
    const walk = new CaseWalk(PENALTY);
    walk.walk(yes());
    expect(walk.refusalsToClose()).toEqual([]);
    walk.standing.closedAt = walk.now;
    expect(codes(walk.refusalsToClose())).toEqual(['case-closed']);
  });

  it('on a decision that came past its review', () => {
    const walk = new CaseWalk(PENALTY);
    walk.walk(yes('complex-or-major'));
    walk.standing.reviews = [];
    expect(codes(walk.refusalsToClose())).toEqual(['review-missing']);
    expect(codes(breaches(walk))).toEqual(['review-missing']);
  });
});

describe('what was done against the procedure is found', () => {
  it('where a step that may come came after what it belongs before', () => {
    const walk = upTo('decision');
    walk.perform('decision');
    expect(breaches(walk)).toEqual([]);
    walk.end(walk.force('sampling'));
    expect(breaches(walk).map(({ code, stepId, words }) => [code, stepId, words.zh])).toEqual([
      ['later-begun', 'sampling', '程序倒置：“调查终结”已经开始，“抽样取证”应在其前'],
      ['later-begun', 'sampling', '程序倒置：“告知”已经开始，“抽样取证”应在其前'],
      ['later-begun', 'sampling', '程序倒置：“决定”已经开始，“抽样取证”应在其前'],
    ]);
  });

  it('but not where what it belongs before came once more', () => {
    const walk = upTo('decision');
    walk.perform('sampling');
    expect(codes(breaches(walk))).toEqual(['later-begun', 'later-begun']);
    walk.perform('investigation-closed');
    walk.perform('notice');
    expect(breaches(walk)).toEqual([]);
  });

  it('where it began while its forerunner went on, came twice, or did not apply', () => {
    const walk = upTo('filing');
    const lead = walk.standing.comings[0];
    walk.end(walk.force('filing'));
    if (lead) lead.endedAt = walk.now;
    walk.end(walk.force('filing'));
    walk.end(walk.force('hearing-request'));
    expect(breaches(walk).map(({ code, occurrenceId }) => [code, occurrenceId])).toEqual([
      ['step-going-on', 'filing-1'],
      ['comes-once', 'filing-2'],
      ['step-not-needed', 'hearing-request-1'],
      ['step-missing', 'hearing-request-1'],
      ['step-missing', 'hearing-request-1'],
      ['step-missing', 'hearing-request-1'],
    ]);
  });

  it('where it came before a waiting time was over', () => {
    const walk = upTo('hearing-notice', 'hearing-right', 'hearing-asked');
    walk.perform('hearing-notice');
    walk.end(walk.force('hearing'));
    expect(breaches(walk).map(({ code, rule }) => [code, rule.part])).toEqual([['too-early', 'limits/hearing-ahead']]);
  });
});
