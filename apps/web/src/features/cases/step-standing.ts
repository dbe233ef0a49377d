import type { AssetSummary, CaseLaw, CaseView, DutyView } from '#contract';

type Step = CaseView['procedure']['steps'][number];
type Occurrence = CaseView['occurrences'][number];
type Law = CaseLaw['steps'][number];

/** One line of the step list: a step, one coming of it, what it holds, and how the procedure sees it. */
export interface StepStanding {
  readonly step: Step;
  readonly occurrence: Occurrence;
  readonly assets: readonly AssetSummary[];
  readonly law: Law;
  /** Of papers and the recording. What has not begun owes nothing yet; then it is what it will be asked for. */
  readonly duties: readonly DutyView[];
  readonly missing: number;
  /** Breaches of this coming. */
  readonly breaches: CaseLaw['breaches'];
  /** Ruled out by what was stated, and not begun: nobody needs to see it. */
  readonly isRuledOut: boolean;
  /** Whether it is the last coming of a repeatable step, where another can be added. */
  readonly mayRepeat: boolean;
}

/** Steps in the procedure's order, comings by number. */
export function standingsOf(subject: CaseView, assets: readonly AssetSummary[]): StepStanding[] {
  const laws = new Map(subject.law.steps.map((law) => [law.occurrenceId, law]));
  return subject.procedure.steps.flatMap((step) => {
    const comings = subject.occurrences.filter(({ stepId }) => stepId === step.id).sort((a, b) => a.n - b.n);
    return comings.flatMap((occurrence) => {
      const law = laws.get(occurrence.id);
      if (law === undefined) return [];
      const inside = assets
        .filter((asset) => asset.link?.occurrenceId === occurrence.id)
        .sort((a, b) => a.at.localeCompare(b.at));
      return [
        {
          ...{ step, occurrence, law, assets: inside, duties: law.duties },
          missing: law.duties.filter(({ status }) => status === 'missing').length,
          breaches: subject.law.breaches.filter(({ occurrenceId }) => occurrenceId === occurrence.id),
          isRuledOut: law.needed === 'no' && occurrence.state === 'waiting' && inside.length === 0,
          mayRepeat: step.repeatable && occurrence === comings.at(-1),
        },
      ];
    });
  });
}
