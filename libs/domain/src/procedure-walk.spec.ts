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
    fc.assert(
      fc.property(
        answersTo(procedure),
        fc.array(fc.tuple(fc.nat(11), fc.nat()), { maxLength: 140 }),
        (answers, calls) => {
          const walk = new CaseWalk(procedure);
          walk.stateAll((id) => answers[id] ?? false);
          for (const [call, n] of calls) {
            CALLS[call]?.(walk, n, answers);
            expectNothingPast(walk);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

type Call = (walk: CaseWalk, n: number, answers: Record<string, boolean>) => void;

const someComing = (walk: CaseWalk, n: number) => walk.standing.comings[n % Math.max(1, walk.standing.comings.length)];
const onward: Call = (walk, _n, answers) => {
  const open = walk.standing.comings.find(({ state }) => state === 'open');
  if (open === undefined) {
    const step = walk.procedure.steps.find(({ id }) => walk.refusals(id).length === 0 && !hasCome(walk, id));
    if (step === undefined) walk.pass(24 * 8);
    else walk.begin(step.id);
    return;
  }
  walk.supply(open, (id) => answers[id] ?? false);
  if (walk.step(open.stepId).kind === 'legal-review') walk.review(open);
  walk.end(open);
};
const hasCome = (walk: CaseWalk, stepId: string): boolean => walk.standing.comings.some((one) => one.stepId === stepId);

/** What callers can do: go on as they should (mostly), and all they should not. */
const CALLS: readonly Call[] = [
  onward,
  onward,
  onward,
  onward,
  onward,
  (walk, n) => void walk.begin(walk.procedure.steps[n % walk.procedure.steps.length]?.id ?? ''),
  (walk, n) => {
    const coming = someComing(walk, n);
    if (coming?.state === 'open') walk.end(coming);
  },
  (walk, n) => {
    const coming = someComing(walk, n);
    if (coming && !isDecided(walk, coming.stepId)) coming.papers = coming.papers.slice(1);
  },
  (walk, n) => {
    const coming = someComing(walk, n);
    if (coming && !isDecided(walk, coming.stepId)) coming.recordings = [];
  },
  (walk, n) => {
    const coming = someComing(walk, n);
    if (coming && walk.step(coming.stepId).kind === 'legal-review') walk.review(coming, 'returned');
  },
  (walk, n) => {
    const coming = someComing(walk, n);
    if (coming)
      walk.standing.excuses.push({
        occurrenceId: coming.id,
        paperId: null,
        kind: 'emergency',
        reason: '设备故障',
        askedBy: 'wang',
        approvedBy: n % 2 === 0 ? 'wang' : null,
      });
  },
  (walk) => {
    if (walk.refusalsToClose().length === 0) walk.standing.closedAt = walk.now;
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
  const decided = comings.filter(({ stepId, state }) => state === 'done' && walk.step(stepId).kind === 'decision');
  for (const { stepId } of decided) {
    const before = forerunners(walk.procedure, stepId);
    for (const id of before) expectWhole(walk, id);
    for (const id of before.filter((one) => walk.step(one).kind === 'legal-review' && hasCome(walk, one))) {
      const begun = comings.find((one) => one.stepId === stepId)?.startedAt ?? walk.now;
      const last = reviews.filter(({ occurrenceId, at }) => occurrenceId.startsWith(`${id}-`) && at <= begun).at(-1);
      expect(last?.outcome).toBe('passed');
    }
  }
  if (closedAt === null) return;
  for (const { id } of walk.procedure.steps) expectWhole(walk, id);
}

function expectWhole(walk: CaseWalk, stepId: string): void {
  const { need, papers, recording } = walk.step(stepId);
  const begun = walk.standing.comings.filter((one) => one.stepId === stepId);
  const answer = (id: string): boolean =>
    walk.standing.statements.find(({ conditionId, occurrenceId }) => conditionId === id && occurrenceId === null)
      ?.holds ?? false;
  const isNeeded =
    need === 'always' || (need !== 'may' && (need.when?.some(answer) ?? true) && !(need.unless?.some(answer) ?? false));
  if (isNeeded) expect([stepId, begun.length > 0]).toEqual([stepId, true]);
  for (const coming of begun) {
    expect([coming.id, coming.state]).toEqual([coming.id, 'done']);
    const held = coming.papers.map(({ paperId }) => paperId);
    expect(held).toEqual(expect.arrayContaining(papers.filter((paper) => paper.need === 'always').map(({ id }) => id)));
    if (recording.duty === 'required' || recording.duty === 'full')
      expect([coming.id, coming.recordings.length]).toEqual([coming.id, 1]);
  }
}

function forerunners({ steps }: Procedure, stepId: string): string[] {
  const direct = steps.find(({ id }) => id === stepId)?.after ?? [];
  return [...new Set(direct.flatMap((id) => [id, ...forerunners({ steps } as Procedure, id)]))];
}

function codes(faults: readonly Fault[]): string[] {
  return faults.map(({ code }) => code);
}
