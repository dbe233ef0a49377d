import type { Reckoning } from './clocks.js';
import { dutiesOf, isOwed } from './duties.js';
import { ArchiveError } from './errors.js';
import type { Fault } from './faults.js';
import type { Id } from './ids.js';
import {
  faultOfStep,
  faultsOfOrder,
  faultsOfPeople,
  faultsOfReview,
  faultsOfWaiting,
  type StepView,
  stepsBefore,
  unstatedFaults,
  viewOf,
} from './order-faults.js';
import { findStep, type Procedure, type ProcedureStep } from './procedure.js';
import { begunComings, type CaseStanding, neededBy, type Participant, ruleOfStep } from './standing.js';

export interface BeginPlan {
  readonly stepId: string;
  readonly at: Date;
  /** Who will take part. */
  readonly people: readonly Participant[];
}

/**
 * May a step begin? Nothing found means yes.
 * @throws ArchiveError `not-found` when the procedure has no such step
 */
export function refusalsToBegin(
  procedure: Procedure,
  standing: CaseStanding,
  { stepId, at, people }: BeginPlan,
  reckoning: Reckoning,
): Fault[] {
  const view = viewOf(procedure, standing, stepOf(procedure, stepId));
  if (standing.closedAt !== null) return [faultOfStep(view, 'case-closed')];
  return [
    ...refusalsByNeed(view),
    ...faultsOfOrder(view, at),
    ...refusalsByLater(view),
    ...faultsOfWaiting(view, at, reckoning),
    ...faultsOfPeople(view, people, at, reckoning.calendar),
    ...(view.step.kind === 'decision' ? faultsOfReview(view, at, reckoning.calendar) : []),
  ];
}

/**
 * May the decision be recorded? All before it is done in order, complete and by the right people, and reviewed where
 * a review is demanded; the decision's own papers are there. Nothing found means yes.
 * @throws ArchiveError `not-found` when the case has no such coming of a decision
 */
export function refusalsToDecide(
  procedure: Procedure,
  standing: CaseStanding,
  { occurrenceId, at }: { readonly occurrenceId: Id; readonly at: Date },
  reckoning: Reckoning,
): Fault[] {
  const coming = standing.comings.find(({ id }) => id === occurrenceId);
  const step = stepOf(procedure, coming?.stepId ?? '');
  if (step.kind !== 'decision') throw new ArchiveError('not-found', `step ${step.id} is no decision`);
  const view = viewOf(procedure, standing, step, occurrenceId);
  if (standing.closedAt !== null) return [faultOfStep(view, 'case-closed')];
  if (neededBy(step.need, standing) === 'no') return [faultOfStep(view, 'step-not-needed')];
  if (coming?.state === 'waiting') return [faultOfStep(view, 'not-begun')];
  const begunAt = coming?.startedAt ?? at;
  return [
    ...faultsOfOrder(view, begunAt),
    ...refusalsByLater(view),
    ...faultsOfWaiting(view, begunAt, reckoning),
    ...faultsOfReview(view, begunAt, reckoning.calendar),
    ...refusalsByDuties(view, [...stepsBefore(view), step]),
    ...refusalsByPeople(view, reckoning),
  ];
}

/**
 * May the case close? Every step that applies is done, with its papers and recordings, and every decision was
 * reviewed. Nothing found means yes.
 */
export function refusalsToClose(procedure: Procedure, standing: CaseStanding, reckoning: Reckoning): Fault[] {
  const closing = procedure.steps.find(({ kind }) => kind === 'closing');
  if (closing === undefined) throw new ArchiveError('internal', `procedure ${procedure.id} has no closing step`);
  const view = viewOf(procedure, standing, closing);
  if (standing.closedAt !== null) return [faultOfStep(view, 'case-closed')];
  const decided = procedure.steps
    .filter(({ kind }) => kind === 'decision')
    .flatMap((step) => begunComings(standing, step.id).map((coming) => ({ step, coming })));
  return [
    ...refusalsByDuties(view, procedure.steps),
    ...decided.flatMap(({ step, coming }) =>
      coming.startedAt === null
        ? []
        : faultsOfReview(viewOf(procedure, standing, step, coming.id), coming.startedAt, reckoning.calendar),
    ),
  ];
}

function refusalsByNeed(view: StepView): Fault[] {
  const { step, standing } = view;
  const needed = neededBy(step.need, standing);
  if (needed === 'no') return [faultOfStep(view, 'step-not-needed')];
  if (needed === 'unknown') return unstatedFaults(view, step.need);
  const isSecond = !step.repeatable && begunComings(standing, step.id).length > 0;
  return isSecond ? [faultOfStep(view, 'comes-once')] : [];
}

/** What comes once and belongs after this step has begun already: there is no going back behind it. */
function refusalsByLater(view: StepView): Fault[] {
  return view.procedure.steps
    .filter(({ id, repeatable }) => !repeatable && view.order.get(id)?.has(view.step.id))
    .filter(({ id }) => begunComings(view.standing, id).length > 0)
    .map((later) => faultOfStep(view, 'later-begun', later.title, ruleOfStep(view.procedure, later)));
}

function refusalsByDuties(view: StepView, steps: readonly ProcedureStep[]): Fault[] {
  const asked = new Set(steps.map(({ id }) => id));
  return dutiesOf(view.procedure, view.standing)
    .filter((duty) => asked.has(duty.stepId) && isOwed(duty))
    .filter(({ about, stepId }) => !(about === 'step' && stepId === view.step.id && view.step.kind === 'decision'))
    .map((duty) => ({ ...faultOfStep(view, 'duty', duty.words, duty.rule), occurrenceId: duty.occurrenceId }));
}

/** Each step a decision rests on was done once at least by those who may. */
function refusalsByPeople(view: StepView, { calendar }: Reckoning): Fault[] {
  return stepsBefore(view).flatMap((before) => {
    const looks = begunComings(view.standing, before.id).map(({ id, people, startedAt }) =>
      startedAt === null
        ? []
        : faultsOfPeople({ ...view, step: before, occurrenceId: id }, people, startedAt, calendar),
    );
    return looks.length === 0 || looks.some((faults) => faults.length === 0) ? [] : looks.flat();
  });
}

function stepOf(procedure: Procedure, stepId: string): ProcedureStep {
  const step = findStep(procedure, stepId);
  if (step === undefined) throw new ArchiveError('not-found', `procedure ${procedure.id} has no step ${stepId}`);
  return step;
}
