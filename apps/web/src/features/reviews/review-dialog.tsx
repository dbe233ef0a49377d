import { App, Button, Form, Input, Modal } from 'antd';
import type { CaseReviewsView } from '#contract';
import { useCaseReviews, useSubmitReview } from '../../api/reviews.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { PageLoading } from '../../components/page-loading.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { DecisionForm } from './decision-form.js';
import { ReviewStatus } from './review-status.js';
import './reviews.css';

interface Props {
  readonly caseId: string;
  readonly onClose: () => void;
}

/** Whether the case needs a legal review, and its submission: usable wherever a case is shown. */
export function ReviewDialog({ caseId, onClose }: Props) {
  useReturnFocus();
  const { t } = useLanguage();
  const reviews = useCaseReviews(caseId);
  return (
    <Modal open title={t.reviews.submit.title} footer={null} width={640} onCancel={onClose}>
      {reviews.isPending && <PageLoading />}
      {reviews.error && <ErrorNotice error={reviews.error} onRetry={() => void reviews.refetch()} />}
      {reviews.data && (
        <>
          <DecisionForm
            key={reviews.data.finding?.id}
            caseId={caseId}
            finding={reviews.data.finding}
            mayJudge={reviews.data.mayJudge}
          />
          <h3 className="lh-review-part">{t.reviews.submit.send}</h3>
          {shownSteps(reviews.data).map((step) => (
            <SubmitStep key={step.occurrenceId} caseId={caseId} reviews={reviews.data} step={step} onDone={onClose} />
          ))}
          {shownSteps(reviews.data).length === 0 && <p className="lh-muted">{t.reviews.submit.notNeeded}</p>}
        </>
      )}
    </Modal>
  );
}

type Step = CaseReviewsView['steps'][number];

/** What is ruled out is not shown, unless it was reviewed all the same. */
function shownSteps({ steps, reviews }: CaseReviewsView): Step[] {
  return steps.filter(
    ({ needed, occurrenceId }) => needed !== 'no' || reviews.some((one) => one.occurrenceId === occurrenceId),
  );
}

interface StepProps {
  readonly caseId: string;
  readonly reviews: CaseReviewsView;
  readonly step: Step;
  readonly onDone: () => void;
}

function SubmitStep({ caseId, reviews, step, onDone }: StepProps) {
  const { t, label } = useLanguage();
  const words = t.reviews.submit;
  const { message } = App.useApp();
  const submit = useSubmitReview(caseId);
  const { occurrenceId, owed } = step;
  const last = reviews.reviews.filter((one) => one.occurrenceId === occurrenceId).at(-1);
  const isOver = last !== undefined && (last.state !== 'ended' || last.outcome !== 'returned');
  const send = ({ note }: { note?: string }) =>
    submit.mutate(
      { occurrenceId, note: note?.trim() || null },
      {
        onSuccess: () => {
          message.success(words.sent);
          onDone();
        },
      },
    );
  return (
    <section className="lh-review-step" aria-label={label(step.title)}>
      <strong>
        {label(step.title)}
        {step.n > 1 && ` · ${t.case.nth(step.n)}`}
      </strong>
      <ReviewStatus reviews={reviews} occurrenceId={occurrenceId} />
      {!isOver && owed.length > 0 && (
        <>
          <p className="lh-missing">{words.owed}</p>
          <ul className="lh-review-owed">
            {owed.map(({ stepId, paperId, words: missing, rule }) => (
              <li key={`${stepId} ${paperId} ${missing.en}`}>
                {label(missing)} <small className="lh-muted">{rule.source}</small>
              </li>
            ))}
          </ul>
        </>
      )}
      {step.maySubmit && (
        <Form layout="vertical" onFinish={send}>
          <p className="lh-good">{words.complete(step.held)}</p>
          <Form.Item name="note" label={t.reviews.note}>
            <Input.TextArea maxLength={2_000} placeholder={words.noteHint} autoSize={{ minRows: 2 }} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={submit.isPending}>
            {words.ok}
          </Button>
        </Form>
      )}
      {submit.error && <ErrorNotice error={submit.error} />}
    </section>
  );
}
