import type { AssetSummary, CaseLaw, CaseView, ClockView, DutyView } from '#contract';
import { clocksEndedBy } from '../law/clock-end.js';

type Step = CaseView['procedure']['steps'][number];
type Occurrence = CaseView['occurrences'][number];
type Law = CaseLaw['steps'][number];

/** `to-come`: asked for once the step begins. */
export type ShownDuty = Omit<DutyView, 'status'> & { readonly status: DutyView['status'] | 'to-come' };

/** One line of the step list: a step, one coming of it, what it holds, and how the procedure sees it. */
export interface StepStanding {
  readonly step: Step;
  readonly occurrence: Occurrence;
  readonly assets: readonly AssetSummary[];
  readonly law: Law;
  /** Of papers and the recording. What has not begun owes nothing yet; then it is what it will be asked for. */
  readonly duties: readonly ShownDuty[];
  readonly missing: number;
  /** Breaches of this coming. */
  readonly breaches: CaseLaw['breaches'];
  /** Limits that run and that this coming ends; the one that ends first is first. */
  readonly clocks: readonly ClockView[];
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
          ...{ step, occurrence, law, assets: inside },
          duties: occurrence.state === 'waiting' ? dutiesToCome(subject, step, law) : law.duties,
          missing: law.duties.filter(({ status }) => status === 'missing').length,
          breaches: subject.law.breaches.filter(({ occurrenceId }) => occurrenceId === occurrence.id),
          clocks: clocksEndedBy(subject, occurrence.id),
          isRuledOut: law.needed === 'no' && occurrence.state === 'waiting' && inside.length === 0,
          mayRepeat: step.repeatable && occurrence === comings.at(-1),
        },
      ];
    });
  });
}

/** What the step will be asked for, as far as its rules say it without more being known. */
function dutiesToCome({ procedure }: CaseView, step: Step, law: Law): ShownDuty[] {
  const { id: stepId, source } = step;
  const ruleOf = (part: string, title: Step['title']): DutyView['rule'] => ({
    ...{ procedureId: procedure.id, version: procedure.version, part: `steps/${stepId}/${part}`, title, source },
  });
  const papers = step.papers.map(({ id: paperId, title, need }): ShownDuty => {
    const isHeld = law.papers.some((paper) => paper.paperId === paperId);
    const status = isHeld ? 'held' : need === 'always' ? 'to-come' : 'optional';
    const rule = ruleOf(`papers/${paperId}`, title);
    return { about: 'paper', stepId, occurrenceId: law.occurrenceId, paperId, status, words: title, rule };
  });
  const isAsked = law.recording === 'required' || law.recording === 'full';
  const recording: ShownDuty = {
    ...{ about: 'recording', stepId, occurrenceId: law.occurrenceId, paperId: null, words: step.title },
    ...{ status: isAsked ? 'to-come' : 'optional', rule: ruleOf('recording', step.title) },
  };
  return law.recording === 'none' ? papers : [...papers, recording];
}
