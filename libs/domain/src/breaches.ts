import type { Reckoning } from './clocks.js';
import type { Fault } from './faults.js';
import {
  faultOfStep,
  faultsOfOrder,
  faultsOfPeople,
  faultsOfReview,
  faultsOfWaiting,
  isDoneBy,
  type StepView,
  stepsBefore,
  viewOf,
} from './order-faults.js';
import type { Procedure } from './procedure.js';
import { begunComings, type CaseStanding, type Coming, neededBy, ruleOfStep } from './standing.js';

/**
 * What was done against the procedure, however it came to stand in the record: steps out of order (程序倒置), too early,
 * twice, by too few, without need, decisions without review. A gate keeps these from happening; times that are corrected
 * later, and cases brought in from elsewhere, can show them all the same.
 */
export function breachesOf(procedure: Procedure, standing: CaseStanding, reckoning: Reckoning): Fault[] {
  return procedure.steps.flatMap((step) => {
    const begun = begunComings(standing, step.id);
    return begun.flatMap((coming, i) => {
      const view = viewOf(procedure, standing, step, coming.id);
      return [
        ...(i > 0 && !step.repeatable ? [faultOfStep(view, 'comes-once')] : []),
        ...(neededBy(step.need, standing) === 'no' ? [faultOfStep(view, 'step-not-needed')] : []),
        ...breachesInTime(view, coming, i === begun.length - 1, reckoning),
      ];
    });
  });
}

function breachesInTime(view: StepView, coming: Coming, isLast: boolean, reckoning: Reckoning): Fault[] {
  const { startedAt, people } = coming;
  if (startedAt === null) return [];
  return [
    // What was never stated is a gap of today, and no fault of that day.
    ...faultsOfOrder(view, startedAt).filter(({ code }) => code !== 'condition-unstated'),
    ...(isLast ? breachesByLater(view, startedAt) : []),
    ...faultsOfWaiting(view, startedAt, reckoning).filter(({ code }) => code === 'too-early'),
    ...(isAwaited(view, coming) ? [] : faultsOfPeople(view, people, startedAt, reckoning.calendar)),
    ...(view.step.kind === 'decision' ? faultsOfReview(view, startedAt, reckoning.calendar) : []),
  ];
}

/** A review begins with being submitted; who reviews is known when the opinion is given, and nobody did wrong till then. */
function isAwaited({ step }: StepView, { endedAt, people }: Coming): boolean {
  return step.kind === 'legal-review' && endedAt === null && people.length === 0;
}

/** What belongs before a step came after the last of it. Where the step came once more afterwards, all is in order. */
function breachesByLater(view: StepView, startedAt: Date): Fault[] {
  return stepsBefore(view).flatMap((before) => {
    const late = begunComings(view.standing, before.id).filter(
      (one) => one.startedAt !== null && one.startedAt > startedAt && !isDoneBy(one, startedAt),
    );
    return late.map(({ id }) =>
      faultOfStep(
        { ...view, step: before, occurrenceId: id },
        'later-begun',
        view.step.title,
        ruleOfStep(view.procedure, view.step),
      ),
    );
  });
}
