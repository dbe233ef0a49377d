import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { type Actor, type Id, isArchiveError, refusalsToBegin, refusalsToClose, refusalsToDecide } from '#domain';
import { caseRepository } from '#persistence';
import { ProcedureShelf } from '../../../libs/archive/src/cases/procedures.js';
import { type CaseFile, readStanding } from '../../../libs/archive/src/law/read-standing.js';
import { RuleShelf } from '../../../libs/archive/src/law/rule-shelf.js';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { settle } from '../../support/settle.js';
import { checked, openedCase, received } from './work.js';

/** What an officer may try next; `pick` chooses among what there is. */
interface Move {
  readonly what: 'advance' | 'begin' | 'end' | 'back' | 'retime' | 'state' | 'supply' | 'people' | 'excuse' | 'close';
  readonly pick: number;
  readonly holds: boolean;
}

const MOVES: fc.Arbitrary<Move> = fc.record({
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constant('advance' as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('begin', 'end', 'back', 'retime', 'state', 'supply', 'people', 'excuse', 'close'),
    },
  ),
  pick: fc.nat(1_000),
  holds: fc.boolean(),
});

/** Refusals an officer may meet; anything else is a fault of the archive. */
const REFUSALS = [
  'gate-closed',
  'case-closed',
  'case-not-closable',
  'invalid-input',
  'precondition-failed',
  'not-found',
];

describe('no order of calls', () => {
  let running: RunningArchive;
  let officer: Actor;
  let partner: Actor;
  let supervisor: Actor;
  const reached = { decided: 0, closed: 0, refused: 0 };

  beforeAll(async () => {
    running = await runArchive();
    running.clock.set(new Date('2026-03-02T01:00:00Z'));
    [officer, partner, supervisor] = [
      await running.person(['officer']),
      await running.person(['officer']),
      await running.person(['supervisor']),
    ];
    const admin = await running.person(['administrator']);
    for (const { accountId } of [officer, partner])
      await running.archive.law.keepCertificate.run(admin, {
        ...{ accountId, kind: 'enforcement', number: accountId, validFrom: '2020-01-01', validTo: '2035-12-31' },
      });
  });
  afterAll(() => checked(running));

  const fileOf = async (caseId: Id): Promise<CaseFile> => {
    const { reader } = running.parts.database;
    const record = await caseRepository.find(reader, caseId);
    if (record === null) throw new Error('the case is gone');
    return await readStanding(reader, new RuleShelf(new ProcedureShelf(running.parts)), record);
  };

  it.each(['administrative-penalty-simple', 'administrative-payment', 'administrative-enforcement'])(
    'of %s reaches a decision that is done, or a closed case, past a gate',
    async (procedureId) => {
      await fc.assert(
        fc.asyncProperty(fc.array(MOVES, { minLength: 40, maxLength: 90 }), async (moves) => {
          const { caseId } = await openedCase(running, officer, { procedureId, officerIds: [partner.accountId] });
          for (const move of moves) {
            running.clock.advance(3_600_000 * (1 + (move.pick % 30)));
            const before = await fileOf(caseId);
            await attempt(() => perform(caseId, before, move));
            await expectNothingPassed(before, await fileOf(caseId));
          }
        }),
        { numRuns: 4, seed: 20_261_122, endOnFailure: true },
      );
    },
  );

  it('and the gates were met closed and open', () => {
    expect(reached.decided).toBeGreaterThan(2);
    expect(reached.closed).toBeGreaterThan(0);
    expect(reached.refused).toBeGreaterThan(20);
  });

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!REFUSALS.some((code) => isArchiveError(error, code as 'gate-closed'))) throw error;
      reached.refused += 1;
    }
  }

  /** What stands there newly stood open to it by the engine's own word, asked from outside. */
  async function expectNothingPassed(before: CaseFile, after: CaseFile): Promise<void> {
    const { procedure, reckoning } = after;
    for (const coming of after.standing.comings) {
      if (procedure.steps.find(({ id }) => id === coming.stepId)?.kind !== 'decision' || coming.state !== 'done')
        continue;
      const was = before.standing.comings.find(({ id }) => id === coming.id);
      const isSame = was?.state === 'done' && was.startedAt?.getTime() === coming.startedAt?.getTime();
      if (isSame || coming.startedAt === null || coming.endedAt === null) continue;
      const plan = { occurrenceId: coming.id, at: coming.endedAt };
      expect(refusalsToDecide(procedure, after.standing, plan, reckoning)).toEqual([]);
      const alone = after.standing.comings.map((one) =>
        one.id === coming.id ? { ...one, state: 'waiting' as const } : one,
      );
      const { stepId, startedAt: at, people } = coming;
      expect(
        refusalsToBegin(procedure, { ...after.standing, comings: alone }, { stepId, at, people }, reckoning),
      ).toEqual([]);
      reached.decided += 1;
    }
    if (after.record.state !== 'closed' || before.record.state === 'closed') return;
    expect(refusalsToClose(procedure, { ...after.standing, closedAt: null }, reckoning)).toEqual([]);
    reached.closed += 1;
  }

  async function perform(caseId: Id, file: CaseFile, { what, pick, holds }: Move): Promise<unknown> {
    const { archive, clock } = running;
    const chosen = <T>(items: readonly T[]): T => items[pick % items.length] as T;
    const coming = chosen(file.standing.comings);
    const change = (id: Id, wish: object) => archive.cases.changeOccurrence.run(officer, caseId, id, wish);
    if (what === 'advance') return await advance(caseId, holds);
    if (what === 'begin') return await change(coming.id, { state: 'open' });
    if (what === 'end') return await change(coming.id, { state: 'done' });
    if (what === 'back') return await change(coming.id, { state: chosen(['waiting', 'open']), reason: '更正' });
    if (what === 'retime')
      return await change(coming.id, {
        startedAt: new Date(clock.now().getTime() - pick * 600_000),
        reason: '更正时间',
      });
    if (what === 'supply') return await supply(caseId, file, coming.id);
    if (what === 'people')
      return await archive.law.setPeople.run(officer, caseId, coming.id, {
        people: holds ? [{ accountId: supervisor.accountId, role: 'officer' }] : [],
        reason: '更正',
      });
    if (what === 'excuse') {
      const wish = { occurrenceId: coming.id, paperId: null, kind: 'emergency' as const, reason: '来不及' };
      const id = await archive.law.askExcuse.run(officer, caseId, wish);
      return await archive.law.decideExcuse.run(supervisor, caseId, id, { approve: holds, reason: '属实' });
    }
    if (what === 'close')
      return await archive.cases.close.run(officer, caseId, { manner: 'other', reason: '完毕', despite: [] });
    const condition = chosen(file.procedure.conditions);
    const occurrenceId = condition.of === 'case' ? null : coming.id;
    return await archive.law.stateCondition.run(officer, caseId, { conditionId: condition.id, occurrenceId, holds });
  }

  /** As one who does it well: the next thing the case page tells. */
  async function advance(caseId: Id, holds: boolean): Promise<unknown> {
    const { archive } = running;
    const { law } = await archive.cases.view.run(officer, caseId);
    const file = await fileOf(caseId);
    const owed = law.conditions.find(({ isOwed }) => isOwed);
    if (owed !== undefined) {
      const { condition, occurrenceId } = owed;
      const isTrue = holds && condition.id !== 'complex-or-major';
      return await archive.law.stateCondition.run(officer, caseId, {
        conditionId: condition.id,
        occurrenceId,
        holds: isTrue,
      });
    }
    const going = file.standing.comings.find(({ state }) => state === 'open');
    if (going !== undefined) {
      await supply(caseId, file, going.id);
      return await archive.cases.changeOccurrence.run(officer, caseId, going.id, { state: 'done' });
    }
    const next = law.steps.find(
      ({ occurrenceId, needed, beginning }) =>
        needed === 'yes' &&
        beginning.length === 0 &&
        file.standing.comings.find(({ id }) => id === occurrenceId)?.state === 'waiting',
    );
    if (next !== undefined)
      return await archive.cases.changeOccurrence.run(officer, caseId, next.occurrenceId, { state: 'open' });
    return await archive.cases.close.run(officer, caseId, { manner: 'other', reason: '完毕', despite: [] });
  }

  async function supply(caseId: Id, file: CaseFile, occurrenceId: Id): Promise<void> {
    const { law } = await running.archive.cases.view.run(officer, caseId);
    const missing = law.steps
      .find((step) => step.occurrenceId === occurrenceId)
      ?.duties.filter(({ status }) => status === 'missing');
    for (const { paperId } of missing ?? []) {
      const target = { caseId: file.record.id, occurrenceId, paperId };
      const { assetId } = await received(running, officer, randomBytes(100), { target });
      await settle(running.archive, assetId, paperId === null ? 'video' : 'paper');
    }
  }
});
