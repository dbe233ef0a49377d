import { CaseWalk, template } from '../../../test/support/case-walk.js';
import { dutiesOf, type Excuse, faultOf } from './index.js';

const PENALTY = template('administrative-penalty-ordinary');

function inInterview(): { walk: CaseWalk; status: (part: string) => string | undefined } {
  const walk = new CaseWalk(PENALTY);
  walk.stateAll(() => false);
  walk.perform('lead');
  walk.perform('filing');
  walk.begin('interview');
  const status = (part: string) =>
    dutiesOf(PENALTY, walk.standing).find(({ rule }) => rule.part === `steps/${part}`)?.status;
  return { walk, status };
}

describe('the duties of a case', () => {
  it('are told for each step in the order of the procedure', () => {
    const { walk } = inInterview();
    const found = dutiesOf(PENALTY, walk.standing);
    const steps = [...new Set(found.map(({ stepId }) => stepId))];
    expect(steps).toEqual(PENALTY.steps.map(({ id }) => id));
    expect(
      found.filter(({ stepId }) => stepId === 'interview').map(({ about, status, words }) => [about, status, words.zh]),
    ).toEqual([
      ['step', 'missing', '环节“询问”：缺'],
      ['paper', 'optional', '文书《询问通知书》：可有可无'],
      ['paper', 'missing', '文书《询问笔录》：缺'],
      ['recording', 'undetermined', '“询问”的音像记录：是否需要，取决于尚未填明的情形'],
    ]);
  });

  it('of a step not begun are the step alone, and what is ruled out does not apply', () => {
    const { status } = inInterview();
    expect(status('decision')).toBe('missing');
    expect(status('decision/papers/decision')).toBeUndefined();
    expect(status('seizure')).toBe('not-applicable');
    expect(status('sampling')).toBe('optional');
    expect(status('filing')).toBe('held');
  });

  it('depend on what was stated of this one coming', () => {
    const { walk, status } = inInterview();
    walk.state('at-premises', false, 'interview-1');
    expect(status('interview/recording')).toBe('missing');
    const coming = walk.standing.comings.at(-1);
    if (coming) Object.assign(coming, { recordings: [{ assetId: 'a', receivedAt: walk.now }], unexplainedGaps: 2 });
    expect(status('interview/recording')).toBe('held');
    walk.state('at-premises', true, 'interview-1');
    expect(status('interview/recording')).toBe('missing');
    const found = dutiesOf(PENALTY, walk.standing).find(({ rule }) => rule.part === 'steps/interview/recording');
    expect(found?.words.zh).toBe('“询问”的全程音像记录中断 2 处，未作书面说明');
    expect(found?.rule.source).toContain('执法办案场所');
    if (coming) coming.unexplainedGaps = 0;
    expect(status('interview/recording')).toBe('held');
  });
});

describe('an excuse', () => {
  const good: Excuse = {
    occurrenceId: 'interview-1',
    paperId: null,
    kind: 'impossible',
    reason: '记录仪进水',
    askedBy: 'wang',
    approvedBy: 'head',
  };

  it.each<[Partial<Excuse>, string, string | null]>([
    [{}, 'excused', null],
    [{ reason: ' ' }, 'missing', 'no-reason'],
    [{ approvedBy: null }, 'missing', 'not-approved'],
    [{ approvedBy: 'wang' }, 'missing', 'approved-by-asker'],
    [{ occurrenceId: 'interview-2' }, 'missing', null],
    [{ paperId: 'interview-record' }, 'missing', 'kind-not-allowed'],
  ])('with %j leaves the recording %s', (change, expected, fault) => {
    const { walk, status } = inInterview();
    walk.state('at-premises', false, 'interview-1');
    walk.standing.excuses.push({ ...good, ...change });
    expect(status('interview/recording')).toBe(expected);
    expect(status('interview/papers/interview-record')).toBe('missing');
    expect(faultOf({ ...good, ...change }, PENALTY)).toBe(fault);
  });

  it('says nothing of what is there', () => {
    const { walk, status } = inInterview();
    walk.standing.excuses.push(good);
    const coming = walk.standing.comings.at(-1);
    if (coming) walk.supply(coming);
    expect(status('interview/recording')).toBe('held');
  });
});
