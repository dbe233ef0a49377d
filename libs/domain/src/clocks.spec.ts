import { CaseWalk, RECKONING, template } from '../../../test/support/case-walk.js';
import { type ClockStanding, clocksOf, type Limit } from './index.js';

/** Ten in the morning, Beijing. */
const morning = (date: string): Date => new Date(`${date}T02:00:00Z`);
const yes =
  (...ids: string[]) =>
  (id: string) =>
    ids.includes(id);

function aWalk(id: string, ...facts: string[]): CaseWalk {
  const walk = new CaseWalk(template(id));
  walk.now = morning('2024-01-02');
  walk.stateAll(yes(...facts));
  return walk;
}

/** One coming from the one day to the other, past all gates: clocks look at times alone. */
function come(walk: CaseWalk, stepId: string, from: string, to: string | null = from): void {
  walk.now = morning(from);
  const coming = walk.force(stepId);
  walk.supply(coming);
  Object.assign(coming, { startedAt: morning(from) });
  if (to !== null) Object.assign(coming, { state: 'done', endedAt: morning(to) });
}

function clocks(
  walk: CaseWalk,
  limitId: string,
  now: string,
  agencyLimits?: ReadonlyMap<string, Limit>,
): ClockStanding[] {
  const reckoning = { ...RECKONING, ...(agencyLimits ? { agencyLimits } : {}), now: morning(now) };
  return clocksOf(walk.procedure, walk.standing, reckoning).filter(({ limit }) => limit.id === limitId);
}
const seen = (found: readonly ClockStanding[]): unknown[] =>
  found.map(({ occurrenceId, due, state }) => [occurrenceId, due.lastDay, state]);

const PENALTY = 'administrative-penalty-ordinary';
const SEIZURE = 'administrative-compulsion-seizure';
const PERMIT = 'administrative-permit';

describe('clocks of the law', () => {
  it('decision: ninety days from filing, testing and hearing not counted', () => {
    const walk = aWalk(PENALTY);
    come(walk, 'filing', '2026-03-02');
    expect(seen(clocks(walk, 'decision', '2026-03-10'))).toEqual([['filing-1', '2026-05-31', 'running']]);
    come(walk, 'appraisal', '2026-03-10', null);
    expect(seen(clocks(walk, 'decision', '2026-03-20'))).toEqual([['filing-1', null, 'paused']]);
    walk.standing.comings.pop();
    come(walk, 'appraisal', '2026-03-10', '2026-03-20');
    expect(seen(clocks(walk, 'decision', '2026-06-11'))).toEqual([['filing-1', '2026-06-10', 'late']]);
    come(walk, 'decision', '2026-06-10');
    expect(seen(clocks(walk, 'decision', '2026-06-11'))).toEqual([['filing-1', '2026-06-10', 'met']]);
  });

  it('an extension counts once, and only when approved in time', () => {
    const walk = aWalk(SEIZURE);
    come(walk, 'decision', '2026-01-20');
    const extension = { limitId: 'seizure', occurrenceId: 'decision-1', approvedBy: 'head' };
    walk.standing.extensions.push({ ...extension, approvedAt: morning('2026-02-20') });
    expect(clocks(walk, 'seizure', '2026-02-21')).toMatchObject([
      { due: { lastDay: '2026-02-19' }, state: 'late', extensions: 0, refusedExtensions: 1 },
    ]);
    walk.standing.extensions = [
      { ...extension, approvedAt: morning('2026-02-18') },
      { ...extension, approvedAt: morning('2026-03-01') },
    ];
    expect(clocks(walk, 'seizure', '2026-02-21')).toMatchObject([
      { due: { lastDay: '2026-03-21' }, state: 'running', extensions: 1, refusedExtensions: 1 },
    ]);
    // Of a limit that knows none.
    come(walk, 'on-site', '2026-01-20');
    expect(clocks(aWalk(SEIZURE), 'seizure', '2026-02-21')).toEqual([]);
  });

  it('preservation: seven working days over National Day, each by itself', () => {
    const walk = aWalk(PENALTY, 'evidence-preserved');
    come(walk, 'evidence-preservation', '2025-09-25');
    come(walk, 'evidence-preservation', '2025-09-26');
    come(walk, 'preservation-disposal', '2025-10-11');
    expect(seen(clocks(walk, 'preservation', '2025-10-13'))).toEqual([
      ['evidence-preservation-1', '2025-10-11', 'met'],
      ['evidence-preservation-2', '2025-10-13', 'soon'],
    ]);
  });

  it('hearing: five working days of the party, seven of the notice', () => {
    const walk = aWalk(PENALTY, 'hearing-right');
    come(walk, 'notice', '2024-04-30');
    expect(seen(clocks(walk, 'hearing-choice', '2024-05-10'))).toEqual([['notice-1', '2024-05-10', 'waiting']]);
    expect(clocks(walk, 'hearing-choice', '2024-05-11')).toMatchObject([{ state: 'over', limit: { of: 'party' } }]);
    walk.state('hearing-asked', true);
    expect(clocks(walk, 'hearing-choice', '2024-05-11')).toEqual([]);
    come(walk, 'hearing-request', '2024-05-10');
    expect(seen(clocks(walk, 'hearing-request', '2024-05-11'))).toEqual([['notice-1', '2024-05-10', 'met']]);
    come(walk, 'hearing-notice', '2024-09-12');
    come(walk, 'hearing', '2024-09-24');
    expect(seen(clocks(walk, 'hearing-ahead', '2024-09-25'))).toEqual([
      ['hearing-notice-1', '2024-09-24', 'too-early'],
    ]);
  });

  it.each([
    [PENALTY, 'decision', 'service', 'service', '2026-02-10', '2026-02-26'],
    [PENALTY, 'decision', 'publication', 'publication', '2026-02-10', '2026-02-26'],
    ['administrative-inspection', 'result', 'publication', 'publication', '2026-02-10', '2026-03-16'],
    [PENALTY, 'decision-change', 'publication-withdrawal', 'withdrawal', '2024-04-03', '2024-04-09'],
    [PERMIT, 'acceptance', 'decision', 'decision', '2025-01-20', '2025-02-21'],
    [PENALTY, 'remedies-expired', 'court-application', 'court-application', '2026-07-02', '2026-10-08'],
  ])('%s: from %s until %s within %s', (id, from, until, limitId, start, lastDay) => {
    const walk = aWalk(id, 'decision-changed', 'court-enforcement');
    come(walk, from, start);
    expect(seen(clocks(walk, limitId, start))).toEqual([[`${from}-1`, lastDay, 'running']]);
    come(walk, until, lastDay);
    expect(clocks(walk, limitId, '2027-01-04')).toMatchObject([{ state: 'met', metAt: morning(lastDay) }]);
  });

  it('a permit is extended by ten working days, and a joint one has its own limit', () => {
    const walk = aWalk(PERMIT);
    come(walk, 'acceptance', '2025-01-20');
    walk.standing.extensions.push({
      limitId: 'decision',
      occurrenceId: 'acceptance-1',
      approvedBy: 'head',
      approvedAt: morning('2025-02-20'),
    });
    expect(clocks(walk, 'decision', '2025-02-24')).toMatchObject([{ due: { lastDay: '2025-03-07' }, extensions: 1 }]);
    walk.state('joint', true);
    expect(clocks(walk, 'decision', '2025-02-24')).toEqual([]);
    expect(clocks(walk, 'joint-decision', '2025-02-24')).toHaveLength(1);
  });

  it('recordings are handed in within 24 hours, or what the agency set; none is due where one is excused', () => {
    const walk = aWalk(SEIZURE);
    come(walk, 'sealing', '2026-03-02');
    const coming = walk.standing.comings.at(-1);
    if (!coming) throw new Error('nothing came');
    coming.recordings = [];
    expect(clocks(walk, 'hand-in', '2026-03-03')).toMatchObject([
      { due: { at: morning('2026-03-03') }, state: 'soon' },
    ]);
    expect(clocks(walk, 'hand-in', '2026-03-04')).toMatchObject([{ state: 'late', metAt: null }]);
    const set = new Map<string, Limit>([['hand-in', { count: 72, unit: 'hours', lastDayAtRest: 'stays' }]]);
    expect(clocks(walk, 'hand-in', '2026-03-04', set)).toMatchObject([{ state: 'running' }]);
    // The last of them counts.
    coming.recordings = ['2026-03-02', '2026-03-05'].map((day) => ({ assetId: day, receivedAt: morning(day) }));
    expect(clocks(walk, 'hand-in', '2026-03-06')).toMatchObject([{ state: 'met-late', metAt: morning('2026-03-05') }]);
    coming.recordings = [];
    const excuse = {
      occurrenceId: coming.id,
      paperId: null,
      kind: 'impossible' as const,
      reason: '断电',
      askedBy: 'wang',
    };
    walk.standing.excuses.push({ ...excuse, approvedBy: 'head' });
    expect(clocks(walk, 'hand-in', '2026-03-06')).toEqual([]);
  });

  it('an agency cannot set what the law has fixed', () => {
    const walk = aWalk(SEIZURE);
    come(walk, 'decision', '2026-01-20');
    const set = new Map<string, Limit>([['seizure', { count: 300, unit: 'days', lastDayAtRest: 'stays' }]]);
    expect(clocks(walk, 'seizure', '2026-01-21', set)).toMatchObject([{ due: { lastDay: '2026-02-19' } }]);
  });

  it('bind no more once their end is ruled out, and stand still in a closed case', () => {
    const walk = aWalk(PENALTY);
    come(walk, 'filing', '2026-03-02');
    walk.standing.closedAt = morning('2026-03-10');
    expect(clocks(walk, 'decision', '2026-09-01')).toMatchObject([{ state: 'running' }]);
    walk.state('terminated', true);
    expect(clocks(walk, 'decision', '2026-09-01')).toEqual([]);
  });

  it('stop while a condition holds that stops them', () => {
    const walk = aWalk(SEIZURE);
    const procedure = {
      ...walk.procedure,
      limits: walk.procedure.limits.map((limit) => ({ ...limit, pauses: { steps: [], conditions: ['goods-tested'] } })),
    };
    come(walk, 'decision', '2026-01-20');
    for (const [day, holds] of [
      ['2026-01-30', true],
      ['2026-02-01', true],
      ['2026-02-09', false],
    ] as const)
      walk.standing.statements.push({ conditionId: 'goods-tested', occurrenceId: null, holds, at: morning(day) });
    const due = (now: string) =>
      clocksOf(procedure, walk.standing, { ...RECKONING, now: morning(now) }).find(
        ({ limit }) => limit.id === 'seizure',
      )?.due.lastDay;
    expect(due('2026-02-20')).toBe('2026-03-01');
    walk.standing.statements.pop();
    expect(due('2026-02-20')).toBeNull();
  });
});
