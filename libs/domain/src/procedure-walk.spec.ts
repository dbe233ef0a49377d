import fc from 'fast-check';
import { CaseWalk, RECKONING, TEMPLATES } from '../../../test/support/case-walk.js';
import { breachesOf, clocksOf, dutiesOf, type Fault, isOwed, neededBy, orderOf, type Procedure } from './index.js';

const answersTo = (procedure: Procedure): fc.Arbitrary<Record<string, boolean>> =>
  fc.record(Object.fromEntries(procedure.conditions.map(({ id }) => [id, fc.boolean()])));

const names = TEMPLATES.map((procedure) => [procedure.id, procedure] as const);

describe.each(names)('%s', (_id, procedure) => {
  it('reaches its end in the right order, whatever the facts of the case', () => {
    fc.assert(
      fc.property(answersTo(procedure), fc.boolean(), (answers, takesAll) => {
        const walk = new CaseWalk(procedure);
        walk.walk(
          (id) => answers[id] ?? false,
          ({ need }) => takesAll || need !== 'may',
        );
        expect(walk.refusalsToClose()).toEqual([]);
        expect(walk.standing.comings.at(-1)).toMatchObject({ stepId: 'closing', state: 'done' });
        expect(dutiesOf(procedure, walk.standing).filter(isOwed)).toEqual([]);
        expect(breachesOf(procedure, walk.standing, RECKONING)).toEqual([]);
        for (const clock of clocksOf(procedure, walk.standing, { ...RECKONING, now: walk.now }))
          expect(clock.rule).toMatchObject({ procedureId: procedure.id, version: 1, source: clock.limit.source });
      }),
      { numRuns: 25 },
    );
  });

  it('refuses a step whose forerunner is missing, and finds it where it was done all the same', () => {
    fc.assert(
      fc.property(answersTo(procedure), fc.nat(), fc.nat(), (answers, a, b) => {
        const walk = new CaseWalk(procedure);
        walk.walk((id) => answers[id] ?? false);
        const order = orderOf(procedure);
        const later = procedure.steps.filter(({ id }) =>
          walk.standing.comings.some(({ stepId }) => stepId === id && (order.get(id)?.size ?? 0) > 0),
        );
        const after = later[a % later.length];
        if (after === undefined) throw new Error('no step comes after another');
        const before = procedure.steps.filter(
          ({ id, need }) => order.get(after.id)?.has(id) && neededBy(need, walk.standing) === 'yes',
        );
        const missing = before[b % before.length];
        if (missing === undefined) return;

        // As it was when the later step had not begun, without its forerunner.
        const at = walk.standing.comings.find(({ stepId }) => stepId === after.id)?.startedAt ?? walk.now;
        const all = walk.standing.comings;
        walk.standing.comings = all.filter(
          ({ stepId, startedAt }) => stepId !== missing.id && startedAt !== null && startedAt < at,
        );
        const now = walk.now;
        walk.now = at;
        expect(codes(walk.refusals(after.id))).toContain('step-missing');

        // The same two, the wrong way round, already in the record.
        walk.now = now;
        walk.standing.comings = all.map((one) =>
          one.stepId === missing.id ? { ...one, startedAt: now, endedAt: now } : one,
        );
        const found = breachesOf(procedure, walk.standing, RECKONING);
        expect(found.filter(({ stepId }) => stepId === after.id || stepId === missing.id).length).toBeGreaterThan(0);
        for (const { rule, words } of found) {
          expect(rule).toMatchObject({ procedureId: procedure.id, version: 1, source: expect.stringMatching(/./) });
          expect([words.zh, words.en].every((text) => text !== '')).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('lets no sequence of calls past a gate', () => {
    const most = procedure.steps.length * 3;
    const mischief = fc.array(fc.tuple(fc.nat(most), fc.nat(MISCHIEF.length - 1), fc.nat()), { maxLength: 5 });
    fc.assert(
      fc.property(answersTo(procedure), mischief, (answers, wrongs) => {
        const walk = new CaseWalk(procedure);
        walk.stateAll((id) => answers[id] ?? false);
        for (let i = 0; i <= most; i++) {
          for (const [at, which, n] of wrongs) if (at === i) MISCHIEF[which]?.(walk, n);
          goOn(walk, answers);
          expectNothingPast(walk);
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** The next right thing, as far as the gates let it. */
function goOn(walk: CaseWalk, answers: Record<string, boolean>): void {
  const open = walk.standing.comings.find(({ state }) => state === 'open');
  if (open !== undefined) {
    walk.supply(open, (id) => answers[id] ?? false);
    if (walk.step(open.stepId).kind === 'legal-review') walk.review(open);
    walk.end(open);
    return;
  }
  const left = walk.procedure.steps.filter(({ id }) => !hasCome(walk, id));
  if (hasCome(walk, 'closing') && walk.refusalsToClose().length === 0) walk.standing.closedAt = walk.now;
  const step = left.find(({ id }) => walk.refusals(id).length === 0);
  if (step === undefined) walk.pass(24 * 8);
  else walk.begin(step.id);
}

const hasCome = (walk: CaseWalk, stepId: string): boolean => walk.standing.comings.some((one) => one.stepId === stepId);

/** A coming that may still be meddled with, counted from the newest. */
function someComing(walk: CaseWalk, n: number) {
  const free = walk.standing.comings.filter(({ stepId }) => !isDecided(walk, stepId)).reverse();
  return walk.standing.closedAt === null ? free[n % Math.max(1, free.length)] : undefined;
}

/** What callers can do and should not; whether the gates then hold is looked at after every move. */
const MISCHIEF: readonly ((walk: CaseWalk, n: number) => void)[] = [
  (walk, n) => void walk.begin(walk.procedure.steps[n % walk.procedure.steps.length]?.id ?? ''),
  (walk) => {
    const open = walk.standing.comings.find(({ state }) => state === 'open');
    if (open !== undefined) walk.end(open);
  },
  (walk, n) => {
    const coming = someComing(walk, n);
    if (coming) coming.papers = coming.papers.slice(1);
  },
  (walk, n) => {
    const coming = someComing(walk, n);
    if (coming === undefined) return;
    coming.recordings = [];
    walk.standing.excuses.push({
      occurrenceId: coming.id,
      paperId: null,
      kind: 'emergency',
      reason: n % 3 === 0 ? ' ' : '设备故障',
      askedBy: 'wang',
      approvedBy: [null, 'wang', 'head'][n % 3 === 0 ? 2 : n % 2] ?? null,
    });
  },
  (walk) => {
    const reviewed = walk.standing.comings.filter(({ stepId }) => walk.step(stepId).kind === 'legal-review').at(-1);
    if (reviewed !== undefined && !isDecided(walk, reviewed.stepId)) walk.review(reviewed, 'returned');
  },
  (walk) => {
    for (const step of walk.procedure.steps.filter(({ kind }) => kind === 'decision' || kind === 'closing'))
      walk.begin(step.id);
  },
];

/** What was decided on stays as it was: the archive holds the material of a decided case in place by other means. */
function isDecided(walk: CaseWalk, stepId: string): boolean {
  const order = orderOf(walk.procedure);
  return walk.standing.comings.some(
    (one) =>
      one.state === 'done' &&
      walk.step(one.stepId).kind === 'decision' &&
      (one.stepId === stepId || (order.get(one.stepId)?.has(stepId) ?? false)),
  );
}

/** Told apart from the engine: by need, papers and recordings alone, read straight from the file. */
function expectNothingPast(walk: CaseWalk): void {
  const { comings, closedAt, reviews } = walk.standing;
  const wrong: string[] = [];
  const decided = comings.filter(({ stepId, state }) => state === 'done' && walk.step(stepId).kind === 'decision');
  for (const { stepId } of decided) {
    const before = forerunners(walk.procedure, stepId);
    for (const id of before) wrong.push(...lacksOf(walk, id));
    for (const id of before.filter((one) => walk.step(one).kind === 'legal-review' && hasCome(walk, one))) {
      const begun = comings.find((one) => one.stepId === stepId)?.startedAt ?? walk.now;
      const last = reviews.filter(({ occurrenceId, at }) => occurrenceId.startsWith(`${id}-`) && at <= begun).at(-1);
      if (last?.outcome !== 'passed') wrong.push(`${stepId}: ${id} not passed`);
    }
  }
  if (closedAt !== null) for (const { id } of walk.procedure.steps) wrong.push(...lacksOf(walk, id));
  expect(wrong).toEqual([]);
}

function lacksOf(walk: CaseWalk, stepId: string): string[] {
  const { need, papers, recording } = walk.step(stepId);
  const begun = walk.standing.comings.filter((one) => one.stepId === stepId);
  const answer = (id: string): boolean =>
    walk.standing.statements.find(({ conditionId, occurrenceId }) => conditionId === id && occurrenceId === null)
      ?.holds ?? false;
  const isNeeded =
    need === 'always' || (need !== 'may' && (need.when?.some(answer) ?? true) && !(need.unless?.some(answer) ?? false));
  if (isNeeded && begun.length === 0) return [`${stepId} never came`];
  return begun.flatMap((coming) => {
    const lacks = papers.filter(
      (paper) => paper.need === 'always' && !coming.papers.some(({ paperId }) => paperId === paper.id),
    );
    const isRecorded = recording.duty === 'none' || recording.duty === 'optional' || coming.recordings.length > 0;
    return [
      ...(coming.state === 'done' ? [] : [`${coming.id} not done`]),
      ...lacks.map(({ id }) => `${coming.id} without ${id}`),
      ...(isRecorded ? [] : [`${coming.id} not recorded`]),
    ];
  });
}

function forerunners({ steps }: Procedure, stepId: string): string[] {
  const direct = steps.find(({ id }) => id === stepId)?.after ?? [];
  return [...new Set(direct.flatMap((id) => [id, ...forerunners({ steps } as Procedure, id)]))];
}

function codes(faults: readonly Fault[]): string[] {
  return faults.map(({ code }) => code);
}
