import {
  begunComings,
  type CaseStanding,
  type Condition,
  conditionsOf,
  type Id,
  type Moment,
  neededBy,
  type Procedure,
  type Reckoning,
  recordingOf,
  refusalsToBegin,
  stated,
} from '#domain';

/** What the rules are asked with. */
interface StandingView {
  readonly procedure: Procedure;
  readonly standing: CaseStanding;
  readonly reckoning: Reckoning;
}

/** A fact that was never stated, though something asked for hangs on it. */
export interface OwedStatement {
  readonly condition: Condition;
  /** Null: of the case. */
  readonly occurrenceId: Id | null;
}

/**
 * Every question that is to be answered now: of the case, once the way to what hangs on it is free (nobody knows at the
 * filing whether the party will ask for a hearing), and of each coming that has begun.
 */
export function owedStatements({ procedure, standing, reckoning }: StandingView, now: Date): OwedStatement[] {
  const asked = new Map<string, OwedStatement>();
  const ask = (ids: readonly string[], comingId: Id | null): void => {
    for (const condition of procedure.conditions.filter(({ id }) => ids.includes(id))) {
      const occurrenceId = condition.of === 'case' ? null : comingId;
      if (condition.of === 'occurrence' && occurrenceId === null) continue;
      if (stated(condition.id, standing, occurrenceId) === null)
        asked.set(`${condition.id} ${occurrenceId}`, { condition, occurrenceId });
    }
  };
  for (const { id, need } of procedure.steps)
    if (neededBy(need, standing) === 'unknown' && isWithinReach({ procedure, standing, reckoning }, id, now))
      ask(conditionsOf(need), null);
  for (const { need, from } of procedure.limits)
    if (neededBy(need, standing) === 'unknown' && hasCome(from, standing)) ask(conditionsOf(need), null);
  for (const step of procedure.steps)
    for (const { id } of begunComings(standing, step.id)) {
      for (const { need } of step.papers) if (neededBy(need, standing, id) === 'unknown') ask(conditionsOf(need), id);
      if (recordingOf(step, standing, id) === null)
        ask(
          step.recording.raised.flatMap(({ when }) => when),
          id,
        );
    }
  return [...asked.values()];
}

/** All that surely comes before the step is done. */
function isWithinReach({ procedure, standing, reckoning }: StandingView, stepId: string, at: Date): boolean {
  const faults = refusalsToBegin(procedure, standing, { stepId, at, people: [] }, reckoning);
  return faults.every(({ code }) => code !== 'step-missing' && code !== 'step-going-on');
}

function hasCome(moment: Moment, standing: CaseStanding): boolean {
  return !('step' in moment) || begunComings(standing, moment.step).length > 0;
}
