import type { AssetSummary, CaseView } from '#contract';

type Step = CaseView['procedure']['steps'][number];
type Occurrence = CaseView['occurrences'][number];

/** One line of the step list: a step, one coming of it, what it holds and what it still owes. */
export interface StepStanding {
  readonly step: Step;
  readonly occurrence: Occurrence;
  readonly assets: readonly AssetSummary[];
  readonly recordingMissing: boolean;
  readonly papersHeld: ReadonlySet<string>;
  readonly papersMissing: number;
  /** Whether it is the last coming of a repeatable step, where another can be added. */
  readonly mayRepeat: boolean;
}

/** Steps in the procedure's order, comings by number. What an optional step lacks counts once it has begun. */
export function standingsOf(subject: CaseView, assets: readonly AssetSummary[]): StepStanding[] {
  return subject.procedure.steps.flatMap((step) => {
    const comings = subject.occurrences.filter(({ stepId }) => stepId === step.id).sort((a, b) => a.n - b.n);
    return comings.map((occurrence) => {
      const inside = assets
        .filter((asset) => asset.link?.occurrenceId === occurrence.id)
        .sort((a, b) => a.at.localeCompare(b.at));
      return standing(step, occurrence, inside, occurrence === comings.at(-1));
    });
  });
}

function standing(step: Step, occurrence: Occurrence, assets: AssetSummary[], last: boolean): StepStanding {
  const owes = step.need === 'always' || occurrence.state !== 'waiting';
  const recorded = assets.some((asset) => (asset.kind === 'video' || asset.kind === 'sound') && counts(asset));
  const papersHeld = new Set(step.papers.filter((paper) => isHeld(paper, assets)).map((paper) => paper.id));
  return {
    step,
    occurrence,
    assets,
    recordingMissing: owes && (step.recording.duty === 'required' || step.recording.duty === 'full') && !recorded,
    papersHeld,
    papersMissing: owes
      ? step.papers.filter((paper) => paper.need === 'always' && !papersHeld.has(paper.id)).length
      : 0,
    mayRepeat: step.repeatable && last,
  };
}

/** A paper is held when a material is tied as it: duties are named, not guessed from content. */
function isHeld(paper: Step['papers'][number], assets: readonly AssetSummary[]): boolean {
  return assets.some((asset) => counts(asset) && asset.link?.paperId === paper.id);
}

function counts(asset: AssetSummary): boolean {
  return asset.custody !== 'quarantined' && asset.custody !== 'disposed' && asset.custody !== 'receiving';
}
