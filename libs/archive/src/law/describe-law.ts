import {
  type Actor,
  breachesOf,
  type ClockStanding,
  type Condition,
  clocksOf,
  type DutyStanding,
  dutiesOf,
  type Fault,
  findStep,
  type Id,
  isCertifiedOn,
  may,
  type Needed,
  neededBy,
  type Participant,
  type RecordingDuty,
  recordingOf,
  refusalsToBegin,
  refusalsToClose,
  refusalsToDecide,
  type Subject,
  stated,
} from '#domain';
import {
  accountRepository,
  type Decided,
  type ExcuseRecord,
  type ExtensionRecord,
  type OccurrenceRecord,
  procedureRepository,
  type StatementRecord,
  type Tx,
} from '#persistence';
import { owedStatements } from './owed-statements.js';
import type { CaseFile } from './read-standing.js';
import { asksOf } from './state-condition.js';

export interface StatedConditionDetail {
  readonly condition: Condition;
  readonly occurrenceId: Id | null;
  /** As last stated; null: never. */
  readonly holds: boolean | null;
  readonly isOwed: boolean;
  readonly statements: readonly StatementRecord[];
}

export interface StepDetail {
  readonly occurrenceId: Id;
  readonly stepId: string;
  readonly needed: Needed;
  readonly recording: RecordingDuty | null;
  /** Certified: on the day it began, or today where it waits. */
  readonly people: readonly (Participant & { readonly isCertified: boolean })[];
  readonly duties: readonly DutyStanding[];
  readonly papers: readonly { readonly paperId: string; readonly assetId: Id }[];
  /** What beginning it now would be against. */
  readonly beginning: readonly Fault[];
  /** Why a decision that has begun cannot be recorded as done now. */
  readonly deciding: readonly Fault[];
}

export type Decidable<T extends Decided> = T & { readonly mayDecide: boolean };

/** How a case stands by its procedure, now. */
export interface LawDetail {
  readonly at: Date;
  readonly conditions: readonly StatedConditionDetail[];
  readonly steps: readonly StepDetail[];
  readonly stepDuties: readonly DutyStanding[];
  readonly clocks: readonly ClockStanding[];
  readonly breaches: readonly Fault[];
  readonly closing: readonly Fault[];
  readonly excuses: readonly Decidable<ExcuseRecord>[];
  readonly extensions: readonly Decidable<ExtensionRecord>[];
  readonly newestVersion: number;
  /** Of everybody named in it, by account. */
  readonly names: ReadonlyMap<Id, string>;
}

export async function describeLaw(
  tx: Tx,
  file: CaseFile,
  { actor, subject, now }: { readonly actor: Actor; readonly subject: Subject; readonly now: Date },
): Promise<LawDetail> {
  const { procedure, standing, reckoning, record } = file;
  const mayApprove = record.state === 'open' && may(actor, 'case.approve', subject);
  const toDecide = <T extends Decided>(one: T): Decidable<T> => ({
    ...one,
    mayDecide: mayApprove && one.isApproved === null && one.askedBy !== actor.accountId,
  });
  const duties = dutiesOf(procedure, standing);
  const steps = inOrder(file).map((occurrence) => stepOf(file, occurrence, duties, now));
  return {
    at: now,
    conditions: conditionsOfCase(file),
    steps,
    stepDuties: duties.filter(({ about }) => about === 'step'),
    clocks: clocksOf(procedure, standing, { ...reckoning, now }),
    breaches: breachesOf(procedure, standing, reckoning),
    closing: record.state === 'open' ? refusalsToClose(procedure, standing, reckoning) : [],
    excuses: file.excuses.map(toDecide),
    extensions: file.extensions.map(toDecide),
    newestVersion: await procedureRepository.newestVersion(tx, procedure.id),
    names: await accountRepository.namesOf(tx, [...new Set(accountsIn(file, steps))]),
  };
}

/** Steps as the procedure has them, comings by number. */
function inOrder({ procedure, occurrences }: CaseFile): OccurrenceRecord[] {
  return procedure.steps.flatMap(({ id }) =>
    occurrences.filter(({ stepId }) => stepId === id).sort((a, b) => a.n - b.n),
  );
}

function stepOf(file: CaseFile, occurrence: OccurrenceRecord, duties: readonly DutyStanding[], now: Date): StepDetail {
  const { procedure, standing, reckoning, record } = file;
  const { id, stepId, state, startedAt } = occurrence;
  const step = findStep(procedure, stepId);
  if (step === undefined) throw new Error('unreachable: steps are taken from the procedure');
  const day = reckoning.calendar.dateOf(startedAt ?? now);
  const people = file.peopleOf(id, startedAt ?? now).map((one) => ({ ...one, isCertified: isCertifiedOn(one, day) }));
  const isOpen = record.state === 'open';
  const isDeciding = isOpen && step.kind === 'decision' && state === 'open';
  return {
    ...{ occurrenceId: id, stepId, people },
    needed: state === 'waiting' ? neededBy(step.need, standing) : 'yes',
    recording: recordingOf(step, standing, id),
    duties: duties.filter(({ occurrenceId }) => occurrenceId === id),
    papers: standing.comings.find((one) => one.id === id)?.papers ?? [],
    beginning:
      isOpen && state === 'waiting' ? refusalsToBegin(procedure, standing, { stepId, at: now, people }, reckoning) : [],
    deciding: isDeciding ? refusalsToDecide(procedure, standing, { occurrenceId: id, at: now }, reckoning) : [],
  };
}

/** Each question of the case once, and each of a coming for every one that can be asked it and has begun or was told. */
function conditionsOfCase(file: CaseFile): StatedConditionDetail[] {
  const { procedure, standing, statements } = file;
  const owed = owedStatements(procedure, standing);
  const detailOf = (condition: Condition, occurrenceId: Id | null): StatedConditionDetail => ({
    condition,
    occurrenceId,
    holds: stated(condition.id, standing, occurrenceId),
    isOwed: owed.some((one) => one.condition.id === condition.id && one.occurrenceId === occurrenceId),
    statements: statements.filter((one) => one.conditionId === condition.id && one.occurrenceId === occurrenceId),
  });
  return procedure.conditions.flatMap((condition) => {
    if (condition.of === 'case') return [detailOf(condition, null)];
    return inOrder(file)
      .filter(({ stepId, state }) => {
        const step = findStep(procedure, stepId);
        return state !== 'waiting' && step !== undefined && asksOf(step).includes(condition.id);
      })
      .map(({ id }) => detailOf(condition, id));
  });
}

function accountsIn({ statements, excuses, extensions }: CaseFile, steps: readonly StepDetail[]): Id[] {
  return [
    ...statements.map(({ statedBy }) => statedBy),
    ...[...excuses, ...extensions].flatMap(({ askedBy, decidedBy }) => [
      askedBy,
      ...(decidedBy === null ? [] : [decidedBy]),
    ]),
    ...steps.flatMap(({ people }) => people.map(({ accountId }) => accountId)),
  ];
}
