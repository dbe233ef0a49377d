import type { CaseView, ClockView } from '#contract';

type Subject = Pick<CaseView, 'procedure' | 'occurrences'>;

const LIVE: readonly ClockView['state'][] = ['running', 'soon', 'late', 'paused'];

/** A limit that still can be missed, or is: what an officer plans by. */
export function isLive({ metAt, sense, of, state }: ClockView): boolean {
  return metAt === null && sense === 'within' && LIVE.includes(state) && !(of === 'party' && state === 'late');
}

/**
 * The coming that ends a clock: the first of its step that is not done. Where no step ends it (recordings are handed
 * in), the coming it runs from; null where that is the case as a whole.
 */
export function endOf({ procedure, occurrences }: Subject, { limitId, occurrenceId }: ClockView): string | null {
  const until = procedure.limits.find(({ id }) => id === limitId)?.until;
  if (until === undefined || !('step' in until)) return occurrenceId;
  const comings = occurrences.filter(({ stepId }) => stepId === until.step).sort((a, b) => a.n - b.n);
  return (comings.find(({ state }) => state !== 'done') ?? comings.at(-1))?.id ?? null;
}

/** Whether a step ends it, and not the handing in of recordings. */
export function isEndedByStep({ procedure }: Pick<Subject, 'procedure'>, { limitId }: ClockView): boolean {
  const until = procedure.limits.find(({ id }) => id === limitId)?.until;
  return until !== undefined && 'step' in until;
}

/** Limits that a coming ends and that can still be missed; the one that ends first is first. */
export function clocksEndedBy(
  subject: Subject & { readonly law: Pick<CaseView['law'], 'clocks'> },
  id: string,
): ClockView[] {
  return subject.law.clocks
    .filter((clock) => isLive(clock) && endOf(subject, clock) === id)
    .sort((a, b) => (a.dueAt ?? '9').localeCompare(b.dueAt ?? '9'));
}
