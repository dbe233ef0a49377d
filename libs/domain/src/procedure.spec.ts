import { readdirSync, readFileSync } from 'node:fs';
import { findStep, isArchiveError, parseProcedure, type RuleMistake } from './index.js';
import { MISTAKE } from './rule-mistakes.js';

type Change = Record<string, unknown>;

const label = { zh: '立案', en: 'Filing' };
const source = '行政处罚法 第五十四条';
const paper = { id: 'approval', title: label, need: 'always', numbered: true, served: false };
const nobody = { count: 0, roles: [], independent: false };
const unrecorded = { duty: 'none', from: null, to: null, raised: [] };
const recorded = {
  duty: 'required',
  from: label,
  to: label,
  raised: [{ duty: 'full', when: ['at-premises'], source }],
};
const aStep = (id: string, more: Change = {}): Change => ({
  id,
  title: label,
  kind: 'none',
  repeatable: false,
  need: 'always',
  after: [],
  who: nobody,
  recording: unrecorded,
  papers: [],
  source,
  ...more,
});
const aCondition = (id: string, of = 'case'): Change => ({ id, title: label, of, source });
const days = (count: number): Change => ({ count, unit: 'days', lastDayAtRest: 'stays' });
const aLimit = (more: Change = {}): Change => ({
  id: 'decision',
  title: label,
  of: 'agency',
  sense: 'within',
  need: 'always',
  from: { step: 'filing', at: 'ends' },
  until: { step: 'decision', at: 'ends' },
  limit: days(90),
  agencyMaySet: false,
  extension: { limit: days(30), times: 1, approver: label },
  pauses: { steps: ['interview'], conditions: [] },
  source,
  ...more,
});
const STEPS = [
  aStep('filing', { kind: 'filing', papers: [paper] }),
  aStep('interview', { repeatable: true, need: 'may', after: ['filing'], recording: recorded }),
  aStep('legal-review', {
    kind: 'legal-review',
    need: { when: ['major'] },
    after: ['interview'],
    who: { count: 1, roles: ['reviewer'], independent: true },
  }),
  aStep('decision', { kind: 'decision', after: ['legal-review'] }),
  aStep('closing', { kind: 'closing', after: ['decision'] }),
];
const GOOD: Change = {
  id: 'ordinary',
  version: 1,
  title: label,
  act: 'penalty',
  legalReview: true,
  excuses: { recordings: { kinds: ['emergency'], source }, papers: { kinds: [], source } },
  conditions: [aCondition('major'), aCondition('at-premises', 'occurrence')],
  steps: STEPS,
  limits: [
    aLimit(),
    aLimit({ id: 'hand-in', from: { recordings: 'due' }, until: { recordings: 'handed-in' }, extension: null }),
  ],
  source,
};

function mistakesOf(value: unknown): RuleMistake[] {
  try {
    parseProcedure(value);
    return [];
  } catch (error) {
    if (!isArchiveError(error, 'invalid-input')) throw error;
    return error.details.problems as RuleMistake[];
  }
}
const said = (value: unknown): string[] =>
  mistakesOf(value).map(({ place, en }) => (place === '' ? en : `${place}: ${en}`));
const withStep = (i: number, change: Change): Change => ({
  ...GOOD,
  steps: STEPS.map((step, n) => (n === i ? { ...step, ...change } : step)),
});
const withPaper = (change: Change): Change => withStep(0, { papers: [{ ...paper, ...change }] });
const withLimit = (change: Change): Change => ({ ...GOOD, limits: [aLimit(change)] });
const withRecording = (change: Change): Change => withStep(1, { recording: { ...recorded, ...change } });
const plusStep = (step: Change, closingAfter: string[]): Change => ({
  ...GOOD,
  steps: [...STEPS.slice(0, 4), step, { ...STEPS[4], after: closingAfter }],
});

const NO_ID = 'must be lower-case letters, digits and hyphens';
const NO_NEED = 'must be always, may, or an object with when or unless, lists of conditions';

type Wrong = readonly [what: string, file: unknown, said: string];

/** Fields that are wrong by themselves. */
const SINGLY: readonly Wrong[] = [
  [
    'an empty column of the recording list',
    withRecording({ details: { place: ' ' } }),
    'steps[1].recording.details.place: must be text; leave the field out where there is none',
  ],
  [
    'a column nobody has',
    withRecording({ details: { colour: '红' } }),
    'steps[1].recording.details.colour: no such field',
  ],
  ['no object', [GOOD], 'the file must hold one object'],
  ['null', null, 'the file must hold one object'],
  ['no id', { ...GOOD, id: undefined }, `id: ${NO_ID}`],
  ['a capital in the id', { ...GOOD, id: 'Ordinary' }, `id: ${NO_ID}`],
  ['an id that is a path', { ...GOOD, id: '../x' }, `id: ${NO_ID}`],
  ['version zero', { ...GOOD, version: 0 }, 'version: must be a whole number from 1'],
  ['a version as text', { ...GOOD, version: '1' }, 'version: must be a whole number from 1'],
  ['half a version', { ...GOOD, version: 1.5 }, 'version: must be a whole number from 1'],
  ['no title', { ...GOOD, title: 'x' }, 'title: must be an object'],
  ['no Chinese', { ...GOOD, title: { en: 'x' } }, 'title.zh: Chinese text is missing'],
  ['empty English', { ...GOOD, title: { zh: '立', en: '' } }, 'title.en: English text is missing'],
  ['a third language', { ...GOOD, title: { ...label, fr: 'x' } }, 'title.fr: no such field'],
  [
    'an unknown act',
    { ...GOOD, act: 'fine' },
    'act: must be one of penalty, inspection, compulsion-measure, compulsory-enforcement, permit, levy, filing, payment',
  ],
  ['no word on review', { ...GOOD, legalReview: undefined }, 'legalReview: must be true or false'],
  ['no source', { ...GOOD, source: '' }, 'source: the clause it follows is missing'],
  ['no excuses', { ...GOOD, excuses: undefined }, 'excuses: must be an object'],
  [
    'an excuse the law does not know',
    { ...GOOD, excuses: { recordings: { kinds: ['busy'], source }, papers: { kinds: [], source } } },
    'excuses.recordings.kinds[0]: must be one of secret-or-privacy, emergency, impossible',
  ],
  [
    'excuses without a clause',
    { ...GOOD, excuses: { recordings: { kinds: [], source }, papers: { kinds: [] } } },
    'excuses.papers.source: the clause it follows is missing',
  ],
  ['no steps', { ...GOOD, steps: [] }, 'steps: at least one is needed'],
  ['steps that are no list', { ...GOOD, steps: {} }, 'steps: must be a list'],
  ['a field too many', { ...GOOD, stpes: [] }, 'stpes: no such field'],
  ['a step that is no object', { ...GOOD, steps: ['filing'] }, 'steps[0]: must be an object'],
  ['a step twice', { ...GOOD, steps: [...STEPS, STEPS[0]] }, 'steps: id used twice: filing'],
  ['a limit twice', { ...GOOD, limits: [aLimit(), aLimit()] }, 'limits: id used twice: decision'],
  [
    'a condition twice',
    { ...GOOD, conditions: [aCondition('major'), aCondition('major')] },
    'conditions: id used twice: major',
  ],
  [
    'a condition of nothing',
    { ...GOOD, conditions: [aCondition('major', 'step')] },
    'conditions[0].of: must be one of case, occurrence',
  ],
  [
    'a condition without a clause',
    { ...GOOD, conditions: [{ ...aCondition('major'), source: 1 }] },
    'conditions[0].source: the clause it follows is missing',
  ],
  ['an id of a step', withStep(0, { id: '1st' }), `steps[0].id: ${NO_ID}`],
  ['a title of a step', withStep(0, { title: {} }), 'steps[0].title.zh: Chinese text is missing'],
  [
    'an unknown kind',
    withStep(0, { kind: 'start' }),
    'steps[0].kind: must be one of none, filing, legal-review, notice, hearing, decision, service, publication, closing',
  ],
  ['repeatable as a word', withStep(0, { repeatable: 'yes' }), 'steps[0].repeatable: must be true or false'],
  ['need left out', withStep(0, { need: undefined }), `steps[0].need: ${NO_NEED}`],
  ['need as a flag', withStep(0, { need: true }), `steps[0].need: ${NO_NEED}`],
  ['a need on nothing', withStep(0, { need: {} }), `steps[0].need: ${NO_NEED}`],
  ['a need of nothing', withStep(0, { need: { when: [] } }), 'steps[0].need.when: at least one is needed'],
  ['a misspelt need', withStep(0, { need: { when: ['major'], unles: [] } }), 'steps[0].need.unles: no such field'],
  ['after as a word', withStep(1, { after: 'filing' }), 'steps[1].after: must be a list'],
  ['after twice the same', withStep(1, { after: ['filing', 'filing'] }), 'steps[1].after: id used twice: filing'],
  ['a misspelt field', withStep(0, { repeatble: true }), 'steps[0].repeatble: no such field'],
  ['no source of a step', withStep(0, { source: '' }), 'steps[0].source: the clause it follows is missing'],
  [
    'half a person',
    withStep(0, { who: { count: 0.5, roles: ['officer'], independent: false } }),
    'steps[0].who.count: must be a whole number from 0 to 20',
  ],
  [
    'two of nobody',
    withStep(0, { who: { count: 2, roles: [], independent: false } }),
    'steps[0].who.roles: who acts is missing: at least one role',
  ],
  [
    'an unknown role',
    withStep(0, { who: { count: 2, roles: ['auxiliary'], independent: false } }),
    'steps[0].who.roles[0]: must be one of officer, reviewer, chair, head',
  ],
  [
    'independence left out',
    withStep(0, { who: { count: 0, roles: [] } }),
    'steps[0].who.independent: must be true or false',
  ],
  [
    'an unknown duty',
    withRecording({ duty: 'must' }),
    'steps[1].recording.duty: must be one of none, optional, required, full',
  ],
  [
    'no start of a recording',
    withRecording({ from: null }),
    'steps[1].recording.from: where recording is asked for, the events it starts and ends with are said',
  ],
  [
    'a start of no recording',
    withRecording({ duty: 'none', raised: [] }),
    'steps[1].recording.from: must be null where no recording is asked for',
  ],
  [
    'a duty raised to less',
    withRecording({ raised: [{ duty: 'optional', when: ['major'], source }] }),
    'steps[1].recording.raised[0].duty: must be more than the step asks for anyway',
  ],
  [
    'a duty raised by nothing',
    withRecording({ raised: [{ duty: 'full', when: [], source }] }),
    'steps[1].recording.raised[0].when: at least one is needed',
  ],
  ['papers that are no list', withStep(0, { papers: paper }), 'steps[0].papers: must be a list'],
  ['a paper that is no object', withStep(0, { papers: [1] }), 'steps[0].papers[0]: must be an object'],
  ['a paper twice', withStep(0, { papers: [paper, paper] }), 'steps[0].papers: id used twice: approval'],
  ['an id of a paper', withPaper({ id: 'A' }), `steps[0].papers[0].id: ${NO_ID}`],
  [
    'a title of a paper',
    withPaper({ title: { zh: '批', en: 1 } }),
    'steps[0].papers[0].title.en: English text is missing',
  ],
  ['numbered as a number', withPaper({ numbered: 1 }), 'steps[0].papers[0].numbered: must be true or false'],
  ['served left out', withPaper({ served: undefined }), 'steps[0].papers[0].served: must be true or false'],
  ['a field of a paper', withPaper({ required: true }), 'steps[0].papers[0].required: no such field'],
  ['a limit of nobody', withLimit({ of: 'court' }), 'limits[0].of: must be one of agency, party'],
  ['a limit of no sense', withLimit({ sense: 'after' }), 'limits[0].sense: must be one of within, not-before'],
  ['no moment', withLimit({ from: 'filing' }), 'limits[0].from: must be one of {step, at}, {case}, {recordings}'],
  ['half a moment', withLimit({ from: { step: 'filing' } }), 'limits[0].from.at: must be one of begins, ends'],
  ['a case that pauses', withLimit({ from: { case: 'paused' } }), 'limits[0].from.case: must be one of opened, closed'],
  [
    'a limit in weeks',
    withLimit({ limit: { count: 2, unit: 'weeks', lastDayAtRest: 'stays' } }),
    'limits[0].limit.unit: must be one of hours, days, working-days, months',
  ],
  ['no days', withLimit({ limit: days(0) }), 'limits[0].limit.count: must be a whole number from 1 to 10000'],
  [
    'rest left open',
    withLimit({ limit: { count: 2, unit: 'days' } }),
    'limits[0].limit.lastDayAtRest: must be one of moves, stays',
  ],
  ['extension left out', withLimit({ extension: undefined }), 'limits[0].extension: must be an object'],
  [
    'an extension by nobody',
    withLimit({ extension: { limit: days(1), times: 1, approver: { zh: '', en: 'x' } } }),
    'limits[0].extension.approver.zh: Chinese text is missing',
  ],
  ['pauses left out', withLimit({ pauses: undefined }), 'limits[0].pauses: must be an object'],
  ['no clause of a limit', withLimit({ source: '' }), 'limits[0].source: the clause it follows is missing'],
];

/** Fields that are right, and wrong beside each other. */
const TOGETHER: readonly Wrong[] = [
  ['waits for a step there is none of', withStep(1, { after: ['lead'] }), 'steps[1].after: no such step: lead'],
  [
    'waits in a circle',
    withStep(0, { after: ['interview'] }),
    'steps: steps wait for each other: filing → interview → filing',
  ],
  ['waits for itself', withStep(0, { after: ['filing'] }), 'steps: steps wait for each other: filing → filing'],
  [
    'hangs on a condition there is none of',
    withStep(1, { need: { when: ['rain'] } }),
    'steps[1].need: no such condition: rain',
  ],
  [
    'lets one coming decide on the whole step',
    withStep(1, { need: { when: ['at-premises'] } }),
    'steps[1].need: at-premises is a fact of one coming of a step and cannot decide on a whole step or a limit',
  ],
  [
    'can never be needed',
    withStep(1, { need: { when: ['major'], unless: ['major'] } }),
    'steps[1].need: major stands under when and unless: it can never hold',
  ],
  [
    'has a condition nobody asks for',
    { ...GOOD, conditions: [...(GOOD.conditions as Change[]), aCondition('rain')] },
    'conditions[2]: no rule asks for this condition',
  ],
  ['has no end', { ...GOOD, steps: STEPS.slice(0, 4) }, 'steps: exactly one step of kind closing is needed'],
  [
    'has an end that need not come',
    withStep(4, { need: 'may' }),
    'steps[4].need: the closing step is always needed and comes once',
  ],
  [
    'goes on after its end',
    { ...GOOD, steps: [...STEPS, aStep('party', { after: ['closing'] })] },
    'steps[5].after: nothing comes after the closing step',
  ],
  [
    'has an end that does not wait',
    { ...GOOD, steps: [...STEPS, aStep('service', { after: ['decision'] })] },
    'steps[5].id: the closing step does not wait for it: name it, or what follows it, in its after',
  ],
  [
    'decides nothing',
    {
      ...GOOD,
      legalReview: false,
      conditions: [aCondition('at-premises', 'occurrence')],
      steps: [STEPS[0], STEPS[1], aStep('closing', { kind: 'closing', after: ['interview'] })],
      limits: [],
    },
    'steps: a procedure of the act penalty needs a step of kind decision',
  ],
  [
    'decides without its review',
    plusStep(aStep('second', { kind: 'decision', after: ['interview'] }), ['decision', 'second']),
    'steps[4].after: legal review is demanded, and this decision can be reached without it',
  ],
  [
    'demands a review that is nowhere',
    withStep(2, { kind: 'none' }),
    'legalReview: legal review is demanded, and there is no such step',
  ],
  [
    'has a review nobody demands',
    { ...GOOD, legalReview: false },
    'legalReview: there is a step of legal review, and legalReview is false',
  ],
  ['leaves the review open', withStep(2, { need: 'may' }), 'conditions[0]: no rule asks for this condition'],
  [
    'leaves a demanded review open',
    { ...withStep(2, { need: 'may' }), conditions: [aCondition('at-premises', 'occurrence')] },
    'steps[2].need: where legal review is demanded its step cannot be one that may come',
  ],
  [
    'has its officers review themselves',
    withStep(2, { who: { count: 1, roles: ['reviewer'], independent: false } }),
    'steps[2].who: a review is by one who is no officer of the case: count 1 or more, roles with reviewer, independent true',
  ],
  [
    'hears after it decided',
    plusStep(aStep('hearing', { kind: 'hearing', after: ['decision'] }), ['hearing']),
    'steps[4].after: must come before a decision',
  ],
  [
    'serves before it decided',
    plusStep(aStep('service', { kind: 'service', after: ['filing'] }), ['decision', 'service']),
    'steps[4].after: must come after a decision',
  ],
  [
    'has a limit from nowhere',
    withLimit({ from: { step: 'lead', at: 'ends' } }),
    'limits[0].from.step: no such step: lead',
  ],
  [
    'has a limit to nowhere',
    withLimit({ until: { step: 'appeal', at: 'ends' } }),
    'limits[0].until.step: no such step: appeal',
  ],
  [
    'is paused by nothing',
    withLimit({ pauses: { steps: ['testing'], conditions: [] } }),
    'limits[0].pauses.steps: no such step: testing',
  ],
  [
    'is paused by its own end',
    withLimit({ pauses: { steps: ['decision'], conditions: [] } }),
    'limits[0].pauses.steps: a limit is not paused by a step it begins or ends with',
  ],
  [
    'has a limit until what is past',
    withLimit({ from: { step: 'decision', at: 'ends' }, until: { step: 'filing', at: 'ends' } }),
    'limits[0].until: once the limit has begun, filing can no longer come',
  ],
  [
    'has a limit until the same moment',
    withLimit({ until: { step: 'filing', at: 'ends' } }),
    'limits[0].until: is the moment the limit begins with',
  ],
  [
    'has a limit until the beginning of what has ended',
    withLimit({ until: { step: 'filing', at: 'begins' } }),
    'limits[0].until: once the limit has begun, filing can no longer come',
  ],
  [
    'has a limit until what is ruled out by its start',
    {
      ...plusStep(aStep('second', { kind: 'decision', need: { unless: ['major'] }, after: ['legal-review'] }), [
        'decision',
        'second',
      ]),
      limits: [aLimit({ from: { step: 'legal-review', at: 'ends' }, until: { step: 'second', at: 'ends' } })],
    },
    'limits[0].until: once the limit has begun, second can no longer come',
  ],
  [
    'has a limit from the end of the case',
    withLimit({ from: { case: 'closed' } }),
    'limits[0].from: no limit begins here',
  ],
  ['has a limit until the opening', withLimit({ until: { case: 'opened' } }), 'limits[0].until: no limit ends here'],
  [
    'has a limit on half the recordings',
    withLimit({ from: { recordings: 'due' } }),
    'limits[0].until: a limit on recordings runs from due until handed-in',
  ],
  [
    'makes the end of a step wait',
    withLimit({ sense: 'not-before' }),
    'limits[0].until: a limit of the sense not-before ends with the beginning of a step',
  ],
];

const OF_CALENDARS = [
  'noOffset',
  'yearSkipped',
  'noYear',
  'noNotice',
  'endsBefore',
  'noDay',
  'noWeekend',
  'alsoHoliday',
  'otherYear',
];

/** Told when a version is taken in, beside those there are: test/medium/api. */
const OF_VERSIONS = ['notNext', 'otherAct'];

/** Words with something of the file in them are known by those around it. */
function isOfKind(en: string, words: (typeof MISTAKE)[keyof typeof MISTAKE]): boolean {
  if (typeof words !== 'function') return en === words.en;
  const fill = words as (...facts: unknown[]) => { en: string };
  const around = fill(['~'], 7)
    .en.split(/~|7/)
    .filter((part) => part.trim() !== '');
  return around.every((part) => en.includes(part.trim()));
}

describe('a procedure file', () => {
  it('is read as it stands', () => expect(parseProcedure(GOOD)).toEqual(GOOD));

  it.each(SINGLY)('with %s is refused with the place', (_what, value, problem) => {
    expect(said(value)).toContain(problem);
  });

  it.each(TOGETHER)('that %s is refused with the place', (_what, value, problem) => {
    expect(said(value)).toContain(problem);
  });

  it('has been tried with every kind of mistake there is', () => {
    const kinds = Object.entries(MISTAKE).filter(([kind]) => ![...OF_CALENDARS, ...OF_VERSIONS].includes(kind));
    const all = [...SINGLY, ...TOGETHER].flatMap(([, file]) => mistakesOf(file).map(({ en }) => en));
    const untried = kinds.filter(([, words]) => !all.some((en) => isOfKind(en, words)));
    expect(untried.map(([kind]) => kind)).toEqual([]);
  });

  it('has all its mistakes named together, in Chinese and English', () => {
    const bad = { ...withStep(0, { source: '', papers: [{ ...paper, numbered: 'no' }] }), version: -1 };
    expect(mistakesOf(bad)).toEqual([
      { place: 'version', zh: '应为不小于 1 的整数', en: 'must be a whole number from 1' },
      { place: 'steps[0].papers[0].numbered', zh: '应为 true 或 false', en: 'must be true or false' },
      { place: 'steps[0].source', zh: '未写明依据的条文', en: 'the clause it follows is missing' },
    ]);
  });

  it('is asked for a step by id', () => {
    const procedure = parseProcedure(GOOD);
    expect(findStep(procedure, 'filing')).toEqual(STEPS[0]);
    expect(findStep(procedure, 'nothing')).toBeUndefined();
  });
});

describe('the procedures that come with the archive', () => {
  const root = new URL('../../../procedures/', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

  it('cover every class of act', () => {
    const acts = files.map((name) => parseProcedure(JSON.parse(readFileSync(new URL(name, root), 'utf8'))).act);
    expect([...new Set(acts)].sort()).toEqual([
      'compulsion-measure',
      'compulsory-enforcement',
      'filing',
      'inspection',
      'levy',
      'payment',
      'penalty',
      'permit',
    ]);
  });

  it.each(files)('%s is sound and says what it is', (name) => {
    const procedure = parseProcedure(JSON.parse(readFileSync(new URL(name, root), 'utf8')));
    expect(name).toBe(`${procedure.id}/${procedure.version}.json`);
  });
});
