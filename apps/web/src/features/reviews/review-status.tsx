import { Link } from 'react-router';
import type { CaseReviewsView, ReviewSummary } from '#contract';
import type { ReviewOutcome } from '#domain';
import { Tag, type Tone } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { dateText } from '../../i18n/quantities.js';

const OUTCOME_TONE: Record<ReviewOutcome, Tone> = {
  passed: 'good',
  'passed-with-changes': 'good',
  returned: 'alarm',
};

export function OutcomeTag({ outcome }: { outcome: ReviewOutcome }) {
  const { t } = useLanguage();
  return <Tag tone={OUTCOME_TONE[outcome]}>{t.reviews.outcomes[outcome]}</Tag>;
}

/** What counts of a review in the end: what a discussion decided, else what the reviewers found. */
export function endOf({ outcome, dispute }: ReviewSummary): ReviewOutcome | null {
  return dispute?.discussion?.result ?? outcome;
}

/** How far one review is: the stage that is next and who is at it, or how it ended. */
export function ReviewState({ review }: { review: ReviewSummary }) {
  const { t, label } = useLanguage();
  const { state, clock, stages, stage, takenBy } = review;
  const end = endOf(review);
  if (state === 'disputed') return <Tag tone="warn">{t.reviews.states.disputed}</Tag>;
  if (end !== null) return <OutcomeTag outcome={end} />;
  const next = stages[stage];
  return (
    <>
      <Tag tone={clock === 'late' ? 'alarm' : clock === 'soon' ? 'warn' : 'accent'}>{t.reviews.clocks[clock]}</Tag>
      {next && <span>{t.reviews.stage(label(next.level.title), next.kind === 'sign')}</span>}
      <span className="lh-muted"> {takenBy ? t.reviews.takenBy(takenBy.name) : t.reviews.nobody}</span>
    </>
  );
}

export function dueText({ lastDay, dueAt }: ReviewSummary): string {
  return lastDay ?? dateText(dueAt);
}

interface StatusProps {
  readonly reviews: CaseReviewsView;
  readonly occurrenceId: string;
}

/** One line for the page of a case: how the review of one coming of its step stands. */
export function ReviewStatus({ reviews, occurrenceId }: StatusProps) {
  const { t } = useLanguage();
  const step = reviews.steps.find((one) => one.occurrenceId === occurrenceId);
  const last = reviews.reviews.filter((one) => one.occurrenceId === occurrenceId).at(-1);
  if (last) {
    return (
      <p className="lh-review-status">
        <Link to={`/reviews/${last.id}`}>{last.number ?? t.reviews.n(last.n)}</Link> <ReviewState review={last} />
        {last.state === 'open' && <span className="lh-muted">{t.reviews.due(dueText(last))}</span>}
      </p>
    );
  }
  if (!step) return null;
  const words = { no: t.reviews.status.notNeeded, unknown: t.reviews.status.unknown } as const;
  const word = step.needed === 'no' || step.needed === 'unknown' ? words[step.needed] : t.reviews.status.none;
  return (
    <p className="lh-review-status">
      <Tag tone={step.needed === 'yes' ? 'warn' : 'plain'}>{word}</Tag>
    </p>
  );
}
