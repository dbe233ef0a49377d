import type { CaseView, FaultView } from '#contract';

/** Where what stands in the way is put right: a fact stated on the spot, or another step. Null: here, or not at all. */
export type Remedy =
  | { readonly conditionId: string; readonly holds: boolean | null }
  | { readonly occurrenceId: string }
  | null;

type Subject = Pick<CaseView, 'occurrences'> & { readonly law: Pick<CaseView['law'], 'conditions'> };

/** What was done too early, twice or in the wrong order is not mended by going anywhere. */
const PAST_MENDING: readonly FaultView['code'][] = ['case-closed', 'comes-once', 'later-begun', 'too-early'];

/**
 * @param here the coming that is looked at: nobody is sent where he is
 * @remarks the part of the rule says what is asked for: `conditions/x`, `steps/x`, `steps/x/papers/y`
 */
export function remedyOf({ code, occurrenceId, rule }: FaultView, subject: Subject, here: string | null): Remedy {
  if (PAST_MENDING.includes(code)) return null;
  const [kind, id = ''] = rule.part.split('/');
  if (kind === 'conditions') {
    const asked = subject.law.conditions.filter(({ conditionId }) => conditionId === id);
    const ofCase = asked.find((condition) => condition.occurrenceId === null);
    if (ofCase) return { conditionId: id, holds: ofCase.holds };
    const coming = asked.find(({ holds }) => holds === null)?.occurrenceId ?? null;
    return coming === null || coming === here ? null : { occurrenceId: coming };
  }
  if (kind !== 'steps') return null;
  const comings = subject.occurrences.filter(({ stepId }) => stepId === id).sort((a, b) => b.n - a.n);
  const target = comings.find((coming) => coming.id === occurrenceId) ?? comings[0];
  return target === undefined || target.id === here ? null : { occurrenceId: target.id };
}
