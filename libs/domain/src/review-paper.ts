import type { ReviewOpinion, ReviewOutcome, ReviewStage } from './review.js';
import type { Label } from './rule-mistakes.js';

/** What 法制审核送审表 and 法制审核意见书 are drawn from. */
export interface ReviewPaper {
  readonly kind: 'submission' | 'opinion';
  readonly reviewId: string;
  readonly caseNumber: string;
  readonly caseTitle: string;
  readonly unitName: string;
  readonly procedure: Label;
  readonly step: Label;
  /** Which submission, from 1. */
  readonly n: number;
  readonly parties: readonly string[];
  readonly officers: readonly string[];
  readonly submittedBy: string;
  /** RFC 3339 UTC. */
  readonly submittedAt: string;
  readonly note: string | null;
  /** Why the decision is reviewed: entries of the catalogue; null where nobody looked it up. */
  readonly finding: {
    readonly catalogue: string;
    readonly entries: readonly { readonly title: Label; readonly source: string }[];
    readonly isEvery: boolean;
  } | null;
  readonly materials: readonly { readonly step: Label; readonly title: string; readonly fileName: string }[];
  /** What was said, stage by stage; none on a submission. */
  readonly said: readonly SaidAtStage[];
  /** Of the opinion; null on a submission. */
  readonly number: string | null;
  readonly outcome: ReviewOutcome | null;
  /** RFC 3339 UTC: of what it says; the same paper has the same bytes. */
  readonly at: string;
  /** Minutes east of UTC that times are shown in. */
  readonly zoneMinutes: number;
}

export interface SaidAtStage extends ReviewOpinion {
  readonly stage: Pick<ReviewStage, 'kind'> & { readonly title: Label };
  readonly by: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

export const OUTCOME_TEXT: Record<ReviewOutcome, Label> = {
  passed: { zh: '审核通过', en: 'Passed' },
  'passed-with-changes': { zh: '修改后通过', en: 'Passed with changes' },
  returned: { zh: '退回', en: 'Returned' },
};
