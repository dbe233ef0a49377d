import { Button, Form, InputNumber, Radio, Select } from 'antd';
import type { DecisionFinding } from '#contract';
import { DECISION_EFFECTS, DECISION_KINDS, type DecisionEffect, type DecisionKind } from '#domain';
import { useJudgeDecision } from '../../api/reviews.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';

interface Values {
  readonly kinds: DecisionKind[];
  readonly yuan: number | null;
  readonly party: 'person' | 'organisation';
  readonly effects: DecisionEffect[];
}

interface Props {
  readonly caseId: string;
  readonly finding: DecisionFinding | null;
  readonly mayJudge: boolean;
}

/** Describes the decision that is to be made; the catalogue says whether it is a major one, and by which entry. */
export function DecisionForm({ caseId, finding, mayJudge }: Props) {
  const { t } = useLanguage();
  const words = t.reviews.submit;
  const judge = useJudgeDecision(caseId);
  const before = finding?.decision;
  const initialValues: Partial<Values> = {
    kinds: [...(before?.kinds ?? [])],
    yuan: before?.amountFen == null ? null : before.amountFen / 100,
    party: before?.party ?? 'organisation',
    effects: [...(before?.effects ?? [])],
  };
  const submit = ({ yuan, ...rest }: Values) =>
    judge.mutate({ ...rest, amountFen: yuan === null ? null : Math.round(yuan * 100) });
  return (
    <section aria-label={words.judge}>
      <h3 className="lh-review-part">{words.judge}</h3>
      {finding && <FindingLine finding={finding} />}
      {mayJudge && (
        <Form<Values> layout="vertical" initialValues={initialValues} onFinish={submit}>
          <p className="lh-muted lh-gap-below">{words.judgeHint}</p>
          <Form.Item name="kinds" label={words.kinds} rules={[{ required: true, message: words.kinds }]}>
            <Select
              mode="multiple"
              virtual={false}
              options={DECISION_KINDS.map((value) => ({ value, label: words.kindNames[value] }))}
            />
          </Form.Item>
          <div className="lh-two">
            <Form.Item name="yuan" label={words.amount} extra={words.amountHint}>
              <InputNumber min={0} precision={2} controls={false} style={{ width: '100%' }} />
            </Form.Item>
            <Form.Item name="party" label={words.party}>
              <Radio.Group
                options={(['person', 'organisation'] as const).map((value) => ({ value, label: words.parties[value] }))}
              />
            </Form.Item>
          </div>
          <Form.Item name="effects" label={words.effects}>
            <Select
              mode="multiple"
              virtual={false}
              options={DECISION_EFFECTS.map((value) => ({ value, label: words.effectNames[value] }))}
            />
          </Form.Item>
          <Button htmlType="submit" loading={judge.isPending}>
            {words.look}
          </Button>
        </Form>
      )}
      {judge.error && <ErrorNotice error={judge.error} />}
    </section>
  );
}

/** What the catalogue found, by which entries, in which version, after which clause. */
export function FindingLine({ finding }: { finding: DecisionFinding }) {
  const { t, label } = useLanguage();
  const words = t.reviews.submit;
  return (
    <div className="lh-review-finding">
      <Tag tone={finding.isMajor ? 'warn' : 'good'}>{finding.isMajor ? words.major : words.notMajor}</Tag>
      <ul>
        {finding.isEvery && <li>{words.every}</li>}
        {finding.entries.map(({ id, title, source }) => (
          <li key={id}>
            {label(title)} <small className="lh-muted">{source}</small>
          </li>
        ))}
      </ul>
      <small className="lh-muted">{words.rule(finding.catalogue.id, finding.catalogue.version)}</small>
    </div>
  );
}
