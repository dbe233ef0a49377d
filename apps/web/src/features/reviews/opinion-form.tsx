import { App, Button, Input, Radio } from 'antd';
import { useId, useState } from 'react';
import type { GiveOpinionInput, ReviewView } from '#contract';
import {
  HEAD_FINDINGS,
  type HeadAnswer,
  type HeadFinding,
  mayNotApply,
  mistakesOfOpinion,
  REVIEW_HEAD_TEXT,
  REVIEW_HEADS,
  REVIEW_OUTCOMES,
  type ReviewHead,
  type ReviewOutcome,
} from '#domain';
import { useGiveOpinion } from '../../api/reviews.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';

type Draft = Partial<Record<ReviewHead, { finding?: HeadFinding; ground?: string }>>;

/** The ten heads with finding and ground, and the opinion. What is wrong with it is said as it is typed, and beside it. */
export function OpinionForm({ review }: { review: ReviewView }) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const give = useGiveOpinion(review.id);
  const [draft, setDraft] = useState<Draft>({});
  const [outcome, setOutcome] = useState<ReviewOutcome | null>(null);
  const [text, setText] = useState('');
  const [changes, setChanges] = useState('');
  const [asked, setAsked] = useState(false);
  const answers = REVIEW_HEADS.flatMap((head): HeadAnswer[] => {
    const { finding, ground = '' } = draft[head] ?? {};
    return finding === undefined ? [] : [{ head, finding, ground }];
  });
  const opinion: GiveOpinionInput & { answers: HeadAnswer[]; changes: string | null } = {
    ...{ stage: review.stage, outcome: outcome ?? 'passed', answers, text },
    changes: changes.trim() === '' ? null : changes,
  };
  const mistakes = outcome === null ? [] : mistakesOfOpinion(opinion);
  const wrongAt = (place: string) => (asked ? mistakes.find((one) => one.place === place) : undefined);
  const change = (head: ReviewHead, part: Draft[ReviewHead]) =>
    setDraft((before) => ({ ...before, [head]: { ...before[head], ...part } }));
  const conformAll = () =>
    setDraft((before) =>
      Object.fromEntries(REVIEW_HEADS.map((head) => [head, { finding: 'conforms', ...before[head] } as const])),
    );
  const submit = () => {
    setAsked(true);
    if (outcome === null || mistakes.length > 0) return;
    give.mutate(opinion, { onSuccess: () => message.success(t.reviews.given) });
  };
  return (
    <form
      className="lh-checklist"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="lh-row lh-checklist-head">
        <h2>{t.reviews.checklist}</h2>
        <Button size="small" onClick={conformAll}>
          {t.reviews.allConform}
        </Button>
      </div>
      <ol>
        {REVIEW_HEADS.map((head) => (
          <HeadRow
            key={head}
            head={head}
            answer={draft[head]}
            wrong={wrongAt(`answers.${head}`)}
            onChange={(part) => change(head, part)}
          />
        ))}
      </ol>
      <OpinionFields
        {...{ outcome, text, changes }}
        onOutcome={setOutcome}
        onText={setText}
        onChanges={setChanges}
        wrongAt={wrongAt}
      />
      {asked && (outcome === null || mistakes.length > 0) && (
        <p role="alert" className="lh-missing">
          {outcome === null ? t.reviews.outcome : t.reviews.left(mistakes.length)}
        </p>
      )}
      {give.error && <ErrorNotice error={give.error} />}
      <Button type="primary" size="large" htmlType="submit" loading={give.isPending}>
        {t.reviews.give}
        {outcome !== null && t.app.aside(t.reviews.outcomes[outcome])}
      </Button>
    </form>
  );
}

type Wrong = { readonly zh: string; readonly en: string } | undefined;

interface RowProps {
  readonly head: ReviewHead;
  readonly answer: Draft[ReviewHead];
  readonly wrong: Wrong;
  readonly onChange: (part: NonNullable<Draft[ReviewHead]>) => void;
}

/** Radios and a field: Tab and arrows reach all of it. */
function HeadRow({ head, answer, wrong, onChange }: RowProps) {
  const { t, label } = useLanguage();
  const name = label(REVIEW_HEAD_TEXT[head]);
  return (
    <li data-wrong={wrong !== undefined || undefined}>
      <fieldset>
        <legend>{name}</legend>
        <Radio.Group
          aria-label={name}
          value={answer?.finding ?? null}
          onChange={(event) => onChange({ finding: event.target.value })}
          options={HEAD_FINDINGS.filter((finding) => finding !== 'not-applicable' || mayNotApply(head)).map(
            (value) => ({
              value,
              label: t.reviews.findings[value],
            }),
          )}
        />
        <Input.TextArea
          aria-label={t.reviews.groundOf(name)}
          placeholder={t.reviews.ground}
          value={answer?.ground ?? ''}
          maxLength={2_000}
          autoSize
          status={wrong ? 'error' : ''}
          onChange={(event) => onChange({ ground: event.target.value })}
        />
        {wrong && <small className="lh-missing">{label(wrong)}</small>}
      </fieldset>
    </li>
  );
}

interface FieldsProps {
  readonly outcome: ReviewOutcome | null;
  readonly text: string;
  readonly changes: string;
  readonly onOutcome: (outcome: ReviewOutcome) => void;
  readonly onText: (text: string) => void;
  readonly onChanges: (changes: string) => void;
  readonly wrongAt: (place: string) => Wrong;
}

function OpinionFields({ outcome, text, changes, onOutcome, onText, onChanges, wrongAt }: FieldsProps) {
  const { t, label } = useLanguage();
  const ids = useId();
  const hint = (place: string) => {
    const wrong = wrongAt(place);
    return wrong && <small className="lh-missing">{label(wrong)}</small>;
  };
  return (
    <>
      <fieldset>
        <legend>{t.reviews.outcome}</legend>
        <Radio.Group
          aria-label={t.reviews.outcome}
          value={outcome}
          onChange={(event) => onOutcome(event.target.value)}
          options={REVIEW_OUTCOMES.map((value) => ({ value, label: t.reviews.outcomes[value] }))}
        />
        {hint('outcome')}
      </fieldset>
      {outcome === 'passed-with-changes' && (
        <div className="lh-checklist-field">
          <label htmlFor={`${ids}-changes`}>{t.reviews.changes}</label>
          <Input.TextArea
            id={`${ids}-changes`}
            value={changes}
            maxLength={4_000}
            autoSize
            onChange={(event) => onChanges(event.target.value)}
          />
          {hint('changes')}
        </div>
      )}
      <div className="lh-checklist-field">
        <label htmlFor={`${ids}-text`}>{t.reviews.opinion}</label>
        <Input.TextArea
          id={`${ids}-text`}
          value={text}
          maxLength={4_000}
          autoSize={{ minRows: 2 }}
          onChange={(event) => onText(event.target.value)}
        />
        {hint('text')}
      </div>
    </>
  );
}

/** A head agrees with what was found, or returns it; he fills in no checklist. */
export function SignForm({ review }: { review: ReviewView }) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const give = useGiveOpinion(review.id);
  const [text, setText] = useState('');
  const id = useId();
  const send = (outcome: ReviewOutcome) =>
    give.mutate(
      { stage: review.stage, outcome, answers: [], text, changes: null },
      { onSuccess: () => message.success(t.reviews.given) },
    );
  const isEmpty = text.trim() === '';
  return (
    <section className="lh-checklist" aria-label={t.reviews.sign}>
      <h2>{t.reviews.sign}</h2>
      <div className="lh-checklist-field">
        <label htmlFor={id}>{t.reviews.signOpinion}</label>
        <Input.TextArea
          id={id}
          value={text}
          maxLength={4_000}
          autoSize={{ minRows: 2 }}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {give.error && <ErrorNotice error={give.error} />}
      <div className="lh-row">
        <Button type="primary" disabled={isEmpty} loading={give.isPending} onClick={() => send('passed')}>
          {t.reviews.agree}
        </Button>
        <Button danger disabled={isEmpty} loading={give.isPending} onClick={() => send('returned')}>
          {t.reviews.sendBack}
        </Button>
      </div>
    </section>
  );
}
