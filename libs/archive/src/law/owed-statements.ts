import {
  begunComings,
  type CaseStanding,
  type Condition,
  conditionsOf,
  type Id,
  neededBy,
  type Procedure,
  recordingOf,
  stated,
} from '#domain';

/** A fact that was never stated, though something asked for hangs on it. */
export interface OwedStatement {
  readonly condition: Condition;
  /** Null: of the case. */
  readonly occurrenceId: Id | null;
}

/** Every question that is open now: of the case, and of each coming that has begun. */
export function owedStatements(procedure: Procedure, standing: CaseStanding): OwedStatement[] {
  const asked = new Map<string, OwedStatement>();
  const ask = (ids: readonly string[], comingId: Id | null): void => {
    for (const condition of procedure.conditions.filter(({ id }) => ids.includes(id))) {
      const occurrenceId = condition.of === 'case' ? null : comingId;
      if (condition.of === 'occurrence' && occurrenceId === null) continue;
      if (stated(condition.id, standing, occurrenceId) === null)
        asked.set(`${condition.id} ${occurrenceId}`, { condition, occurrenceId });
    }
  };
  for (const { need } of [...procedure.steps, ...procedure.limits])
    if (neededBy(need, standing) === 'unknown') ask(conditionsOf(need), null);
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
