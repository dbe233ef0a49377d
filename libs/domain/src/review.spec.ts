import {
  DEFAULT_REVIEW_POLICY,
  type HeadAnswer,
  mistakesOfOpinion,
  mistakesOfPolicy,
  outcomeOf,
  REVIEW_HEADS,
  REVIEW_OUTCOMES,
  type ReviewOpinion,
  type StageResult,
  staffingOf,
  stagesOf,
  unfitnessOf,
} from './review.js';

const conforms = REVIEW_HEADS.map((head): HeadAnswer => ({ head, finding: 'conforms', ground: '已核对' }));
const withFinding = (finding: HeadAnswer['finding'], head: HeadAnswer['head'] = 'evidence'): HeadAnswer[] =>
  conforms.map((answer) => (answer.head === head ? { ...answer, finding } : answer));
const opinion = (change: Partial<ReviewOpinion> = {}): ReviewOpinion => ({
  outcome: 'passed',
  answers: conforms,
  text: '同意',
  changes: null,
  ...change,
});
const places = (change: Partial<ReviewOpinion>): string[] =>
  mistakesOfOpinion(opinion(change)).map(({ place }) => place);

describe('an opinion', () => {
  it.each([
    ['passes when all ten heads conform', {}],
    ['passes where the law leaves no discretion', { answers: withFinding('not-applicable', 'discretion') }],
    [
      'passes with changes',
      { outcome: 'passed-with-changes', answers: withFinding('flawed'), changes: '补正送达回证' },
    ],
    ['is returned for a flaw', { outcome: 'returned', answers: withFinding('flawed') }],
    ['is returned for what is unlawful', { outcome: 'returned', answers: withFinding('unlawful') }],
  ] as const)('%s', (_, change) => expect(places(change)).toEqual([]));

  it.each([
    ['nine heads', { answers: conforms.slice(1) }, ['answers.body']],
    ['a head twice', { answers: [...conforms, ...conforms.slice(0, 1)] }, ['answers.body']],
    [
      'no ground',
      { answers: [{ ...conforms[0], ground: '  ' } as HeadAnswer, ...conforms.slice(1)] },
      ['answers.body'],
    ],
    ['evidence that does not apply', { answers: withFinding('not-applicable') }, ['answers.evidence']],
    ['a flaw that passes', { answers: withFinding('flawed') }, ['outcome']],
    [
      'what is unlawful, mended',
      { outcome: 'passed-with-changes', answers: withFinding('unlawful'), changes: 'x' },
      ['outcome'],
    ],
    ['changes where nothing is wrong', { outcome: 'passed-with-changes', changes: '改' }, ['outcome']],
    ['returned for nothing', { outcome: 'returned' }, ['outcome']],
    ['changes not said', { outcome: 'passed-with-changes', answers: withFinding('flawed') }, ['changes']],
    ['changes beside a pass', { changes: '改' }, ['changes']],
    ['no words', { text: ' ' }, ['text']],
  ] as const)('refused: %s', (_, change, found) => expect(places(change)).toEqual(found));
});

describe('levels', () => {
  const level = (id: string, signOff: boolean) => ({ id, title: { zh: id, en: id }, unitId: null, signOff });
  const two = { levels: [level('brigade', true), level('bureau', true)] };

  it('are gone through in order, each with its sign-off', () => {
    expect(stagesOf(two).map(({ kind, level: { id } }) => `${id} ${kind}`)).toEqual([
      'brigade read',
      'brigade sign',
      'bureau read',
      'bureau sign',
    ]);
    expect(stagesOf(DEFAULT_REVIEW_POLICY).map(({ kind }) => kind)).toEqual(['read']);
  });

  it('pass only when every stage has passed, and carry changes through', () => {
    const stages = stagesOf(two);
    for (const outcomes of combinations(stages.length)) {
      const results = outcomes.map((outcome, i): StageResult => ({ kind: stages[i]?.kind ?? 'read', outcome }));
      const outcome = outcomeOf(stages, results);
      const expected = outcomes.includes('returned')
        ? 'returned'
        : results.length < stages.length
          ? null
          : outcomes.includes('passed-with-changes')
            ? 'passed-with-changes'
            : 'passed';
      expect([outcomes, outcome]).toEqual([outcomes, expected]);
    }
  });

  function combinations(length: number): (typeof REVIEW_OUTCOMES)[number][][] {
    const shorter = length === 0 ? [] : combinations(length - 1);
    const longest = shorter.filter((one) => one.length === length - 1);
    return length === 0
      ? [[]]
      : [...shorter, ...longest.flatMap((one) => REVIEW_OUTCOMES.map((next) => [...one, next]))];
  }
});

describe('who may act', () => {
  const [read] = stagesOf({ levels: [{ id: 'l', title: { zh: '科', en: 'office' }, unitId: 'u1', signOff: true }] });
  if (!read) throw new Error('no stage');
  const sign = { ...read, kind: 'sign' as const };
  const certified = { from: '2026-01-01', to: '2026-12-31' };
  const who = { accountId: 'zhao', unitId: 'u1', certified };
  const people = { officerIds: ['wang'], submittedBy: 'wang', actedIds: [] as string[] };
  const day = '2026-11-22';

  it.each([
    ['one who qualifies', who, people, day, []],
    ['on the last day', who, people, '2026-12-31', []],
    ['on the first day', who, people, '2026-01-01', []],
    ['the day after', who, people, '2027-01-01', ['no-certificate']],
    ['the day before', who, people, '2025-12-31', ['no-certificate']],
    ['without a certificate', { ...who, certified: null }, people, day, ['no-certificate']],
    ['of another unit', { ...who, unitId: 'u2' }, people, day, ['other-unit']],
    ['an officer of the case', { ...who, accountId: 'wang' }, people, day, ['officer-of-case', 'submitter']],
    ['whoever submitted it', who, { ...people, submittedBy: 'zhao' }, day, ['submitter']],
    ['a second time', who, { ...people, actedIds: ['zhao'] }, day, ['acted-before']],
  ] as const)('%s', (_, actor, of, on, found) => expect(unfitnessOf(read, actor, of, on)).toEqual(found));

  it('a head signs without a certificate, and not on his own reading', () => {
    const head = { accountId: 'qian', unitId: 'u9', certified: null };
    expect(unfitnessOf(sign, head, people, day)).toEqual([]);
    expect(unfitnessOf(sign, head, { ...people, actedIds: ['qian'] }, day)).toEqual(['acted-before']);
  });
});

describe('the agency', () => {
  it.each([
    [0, 0, 0, true],
    [1, 0, 1, false],
    [20, 1, 1, true],
    [21, 1, 2, false],
    [100, 5, 5, true],
    [101, 5, 6, false],
  ])('with %i officers and %i reviewers needs %i: %s', (officers, reviewers, needed, isMet) => {
    expect(staffingOf({ officers, reviewers })).toEqual({ officers, reviewers, needed, isMet });
  });

  it('has what is wrong with its rules named', () => {
    expect(mistakesOfPolicy(DEFAULT_REVIEW_POLICY)).toEqual([]);
    const [level] = DEFAULT_REVIEW_POLICY.levels;
    if (!level) throw new Error('no level');
    const limit = { count: 0, unit: 'days' as const, lastDayAtRest: 'stays' as const };
    const wrong = { everyDecision: true, levels: [level, level], limit };
    expect(mistakesOfPolicy(wrong).map(({ place }) => place)).toEqual(['levels', 'limit.count']);
    expect(mistakesOfPolicy({ ...DEFAULT_REVIEW_POLICY, levels: [] }).map(({ place }) => place)).toEqual(['levels']);
  });
});
