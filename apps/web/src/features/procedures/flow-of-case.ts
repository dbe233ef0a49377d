import type { CaseView } from '#contract';
import { type FlowStanding, flowStatuses, type Procedure } from '#domain';

/** How the steps of a case stand, for its flow chart. */
export function flowOfCase({ procedure, occurrences, law }: CaseView): FlowStanding {
  const owed = law.steps.filter(({ duties }) =>
    duties.some(({ status }) => status === 'missing' || status === 'undetermined'),
  );
  const rules: Procedure = procedure;
  const late = law.clocks.flatMap(({ state, of, limitId }) => {
    const until = rules.limits.find(({ id }) => id === limitId)?.until;
    return state === 'late' && of === 'agency' && until !== undefined && 'step' in until ? [until.step] : [];
  });
  return flowStatuses(rules, {
    comings: occurrences,
    neededOf: (step) => law.steps.find(({ stepId }) => stepId === step.id)?.needed ?? 'may',
    ...{ owed: new Set(owed.map(({ stepId }) => stepId)), late: new Set(late) },
  });
}
