import { Alert, App, Button } from 'antd';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { ReviewView } from '#contract';
import { useReview, useTakeReview } from '../api/reviews.js';
import { useSession } from '../api/session.js';
import { ErrorNotice } from '../components/error-notice.js';
import { PageLoading } from '../components/page-loading.js';
import { FindingLine } from '../features/reviews/decision-form.js';
import { DiscussionDialog, DisputeDialog } from '../features/reviews/dispute-dialogs.js';
import { OpinionForm, SignForm } from '../features/reviews/opinion-form.js';
import { ReviewHistory, ReviewPapers } from '../features/reviews/review-history.js';
import { ReviewMaterials } from '../features/reviews/review-materials.js';
import { dueText, ReviewState } from '../features/reviews/review-status.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { timeText } from '../i18n/quantities.js';
import '../features/reviews/reviews.css';

export function ReviewPage() {
  const { reviewId = '' } = useParams();
  const review = useReview(reviewId);
  const { t } = useLanguage();
  usePageTitle(review.data ? `${t.reviews.title} ${review.data.case.number}` : undefined);
  if (review.isPending) return <PageLoading />;
  if (!review.data) {
    return (
      <div className="lh-page">
        <ErrorNotice error={review.error} onRetry={() => void review.refetch()} />
      </div>
    );
  }
  return <ReviewBody review={review.data} />;
}

/** The materials beside the checklist. */
function ReviewBody({ review }: { review: ReviewView }) {
  const { t, label } = useLanguage();
  return (
    <div className="lh-page lh-page-wide">
      <header className="lh-page-head">
        <div className="lh-title-block">
          <p className="lh-kicker">
            <Link to={`/cases/${review.case.id}?step=${review.occurrenceId}`}>{review.case.number}</Link>{' '}
            <ReviewState review={review} />
          </p>
          <h1>{review.case.title}</h1>
          <p className="lh-muted lh-facts-line">
            <span>{label(review.step.title)}</span>
            <span>{t.reviews.n(review.n)}</span>
            <span>{review.case.unitName}</span>
            <span>{t.reviews.by(review.submittedBy.name, timeText(review.submittedAt))}</span>
            <span className={review.clock === 'late' ? 'lh-alarm' : ''}>{t.reviews.due(dueText(review))}</span>
          </p>
        </div>
        <Actions review={review} />
      </header>
      {review.unfit.length > 0 && (
        <Alert
          className="lh-gap-below"
          type="warning"
          showIcon
          title={t.reviews.unfit}
          description={review.unfit.map(label).join('；')}
        />
      )}
      <div className="lh-review">
        <div>
          <Grounds review={review} />
          <ReviewMaterials review={review} />
        </div>
        <div>
          <ActPanel review={review} />
          <ReviewHistory review={review} />
          <ReviewPapers review={review} />
        </div>
      </div>
    </div>
  );
}

function Actions({ review }: { review: ReviewView }) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const { data: session } = useSession();
  const take = useTakeReview(review.id);
  const [dialog, setDialog] = useState<'dispute' | 'discuss' | null>(null);
  const isMine = review.takenBy?.id === session?.account.id;
  const close = () => setDialog(null);
  return (
    <div className="lh-row">
      {review.mayAct && !isMine && (
        <Button
          type="primary"
          loading={take.isPending}
          onClick={() => take.mutate(undefined, { onSuccess: () => message.success(t.reviews.taken) })}
        >
          {review.takenBy === null ? t.reviews.take : t.reviews.takeOver}
        </Button>
      )}
      {review.mayDispute && <Button onClick={() => setDialog('dispute')}>{t.reviews.dispute}</Button>}
      {review.mayDiscuss && (
        <Button type="primary" onClick={() => setDialog('discuss')}>
          {t.reviews.discuss}
        </Button>
      )}
      {take.error && <ErrorNotice error={take.error} />}
      {dialog === 'dispute' && <DisputeDialog review={review} onClose={close} />}
      {dialog === 'discuss' && <DiscussionDialog review={review} onClose={close} />}
    </div>
  );
}

/** Only who has taken it writes in it. */
function ActPanel({ review }: { review: ReviewView }) {
  const { data: session } = useSession();
  const isMine = review.takenBy?.id === session?.account.id;
  if (!review.mayAct || !isMine) return null;
  const key = `${review.id} ${review.stage}`;
  return review.stages[review.stage]?.kind === 'sign' ? (
    <SignForm key={key} review={review} />
  ) : (
    <OpinionForm key={key} review={review} />
  );
}

function Grounds({ review }: { review: ReviewView }) {
  const { t } = useLanguage();
  return (
    <section className="lh-block" aria-label={t.reviews.reason}>
      <h2>{t.reviews.reason}</h2>
      {review.finding ? <FindingLine finding={review.finding} /> : <p>{t.reviews.byProcedure}</p>}
      {review.note !== null && (
        <p>
          {t.app.says(t.reviews.note)}
          {review.note}
        </p>
      )}
    </section>
  );
}
