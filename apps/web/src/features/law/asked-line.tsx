import { Button, Form, Modal } from 'antd';
import { useState } from 'react';
import type { CaseLaw } from '#contract';
import { useDecide } from '../../api/law.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { Tag } from '../../components/tag.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';

type Excuse = CaseLaw['excuses'][number];
type Extension = CaseLaw['extensions'][number];

interface Props {
  readonly caseId: string;
  readonly asked: Excuse | Extension;
}

/** What was asked of a superior, and what he said; he says it here. */
export function AskedLine({ caseId, asked }: Props) {
  const { t } = useLanguage();
  const [deciding, setDeciding] = useState(false);
  const { decision, askedBy, askedAt, reason, mayDecide } = asked;
  return (
    <p className="lh-asked">
      <Tag tone={decision === null ? 'accent' : decision.isApproved ? 'good' : 'alarm'}>
        {decision === null ? t.law.kinds.approval : decision.isApproved ? t.law.approved : t.law.refused}
      </Tag>
      <span>
        {'kind' in asked && `${t.law.excuseKinds[asked.kind]}：`}
        {reason}
      </span>
      <small className="lh-muted">
        {t.law.asked(askedBy.name, timeText(askedAt))}
        {decision && ` · ${decision.by.name} ${timeText(decision.at)} ${decision.reason}`}
      </small>
      {mayDecide && (
        <Button size="small" onClick={() => setDeciding(true)}>
          {t.law.decideTitle}
        </Button>
      )}
      {deciding && <DecideDialog caseId={caseId} asked={asked} onClose={() => setDeciding(false)} />}
    </p>
  );
}

function DecideDialog({ caseId, asked, onClose }: Props & { onClose: () => void }) {
  useReturnFocus();
  const { t } = useLanguage();
  const [form] = Form.useForm<{ reason: string }>();
  const decide = useDecide(caseId, 'kind' in asked ? 'excuses' : 'extensions');
  const say = async (approve: boolean) => {
    const { reason } = await form.validateFields();
    decide.mutate({ id: asked.id, decision: { approve, reason } }, { onSuccess: onClose });
  };
  return (
    <Modal
      open
      title={t.law.decideTitle}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.app.cancel}</Button>
          <Button danger loading={decide.isPending} onClick={() => void say(false)}>
            {t.law.refuse}
          </Button>
          <Button type="primary" loading={decide.isPending} onClick={() => void say(true)}>
            {t.law.approve}
          </Button>
        </>
      }
    >
      <p className="lh-gap-below">
        {'kind' in asked && `${t.law.excuseKinds[asked.kind]}：`}
        {asked.reason}
      </p>
      <Form form={form} layout="vertical">
        <ReasonField label={t.law.reason} hint={t.law.reasonHint} />
      </Form>
      {decide.isError && <ErrorNotice error={decide.error} />}
    </Modal>
  );
}
