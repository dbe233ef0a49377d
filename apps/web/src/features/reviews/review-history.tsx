import { Link } from 'react-router';
import type { ReviewView } from '#contract';
import { REVIEW_HEAD_TEXT } from '#domain';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import { OutcomeTag } from './review-status.js';

/** What was said, stage by stage, and what a discussion decided. */
export function ReviewHistory({ review }: { review: ReviewView }) {
  const { t, label } = useLanguage();
  const discussion = review.dispute?.discussion;
  if (review.opinions.length === 0 && !review.dispute) return null;
  return (
    <section className="lh-block" aria-label={t.reviews.history}>
      <h2>{t.reviews.history}</h2>
      {review.opinions.map((opinion) => {
        const stage = review.stages[opinion.stage];
        return (
          <article key={opinion.stage} className="lh-review-said">
            <header>
              {stage && <strong>{t.reviews.stage(label(stage.level.title), stage.kind === 'sign')}</strong>}{' '}
              <OutcomeTag outcome={opinion.outcome} />
              <small className="lh-muted">{t.reviews.by(opinion.by.name, timeText(opinion.at))}</small>
              {opinion.certified && (
                <small className="lh-muted">{t.reviews.certified(opinion.certified.from, opinion.certified.to)}</small>
              )}
            </header>
            <p>{opinion.text}</p>
            {opinion.changes !== null && (
              <p>
                {t.app.says(t.reviews.changes)}
                {opinion.changes}
              </p>
            )}
            {opinion.answers.length > 0 && (
              <dl className="lh-review-answers">
                {opinion.answers.map(({ head, finding, ground }) => (
                  <div key={head}>
                    <dt>{label(REVIEW_HEAD_TEXT[head])}</dt>
                    <dd>
                      <Tag tone={finding === 'unlawful' ? 'alarm' : finding === 'flawed' ? 'warn' : 'good'}>
                        {t.reviews.findings[finding]}
                      </Tag>
                      {ground}
                    </dd>
                  </div>
                ))}
              </dl>
            )}
          </article>
        );
      })}
      {review.dispute && (
        <article className="lh-review-said">
          <header>
            <strong>{t.reviews.dispute}</strong>{' '}
            <small className="lh-muted">
              {t.reviews.by(review.dispute.raisedBy.name, timeText(review.dispute.raisedAt))}
            </small>
          </header>
          <p>{review.dispute.reason}</p>
        </article>
      )}
      {discussion && (
        <article className="lh-review-said">
          <header>
            <strong>{t.reviews.discussionOf(discussion.heldOn)}</strong> <OutcomeTag outcome={discussion.result} />
            <small className="lh-muted">
              {discussion.participants.map(({ name, post }) => `${name}（${post}）`).join('、')}
            </small>
          </header>
          <p>{discussion.text}</p>
        </article>
      )}
    </section>
  );
}

/** The papers made of it, once they are. */
export function ReviewPapers({ review }: { review: ReviewView }) {
  const { t } = useLanguage();
  const line = (name: string, id: string | null, isDue: boolean) =>
    isDue && <li>{id === null ? `${name} · ${t.reviews.making}` : <Link to={`/assets/${id}`}>{name}</Link>}</li>;
  return (
    <section className="lh-block" aria-label={t.reviews.papers}>
      <h2>{t.reviews.papers}</h2>
      <ul>
        {line(t.reviews.submissionPaper, review.papers.submission, true)}
        {line(
          review.number === null ? t.reviews.opinionPaper : `${t.reviews.opinionPaper} ${review.number}`,
          review.papers.opinion,
          review.endedAt !== null,
        )}
      </ul>
    </section>
  );
}
