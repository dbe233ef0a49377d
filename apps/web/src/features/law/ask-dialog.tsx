import { Form, Modal, Radio } from 'antd';
import type { ClockView } from '#contract';
import type { ExcuseKind } from '#domain';
import { useAskExcuse, useAskExtension } from '../../api/law.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import type { ShownDuty } from '../cases/step-standing.js';

/** What is asked for: more time, or to do without something. */
type Wish = { readonly clock: ClockView } | { readonly duty: ShownDuty; readonly kinds: readonly ExcuseKind[] };

interface Props {
  readonly caseId: string;
  readonly of: Wish;
  readonly onClose: () => void;
}

interface Values {
  readonly kind: ExcuseKind;
  readonly reason: string;
}

/** Asks a superior, with a reason; until he approves nothing changes. */
export function AskDialog({ caseId, of, onClose }: Props) {
  useReturnFocus();
  const { t, label } = useLanguage();
  const [form] = Form.useForm<Values>();
  const excuse = useAskExcuse(caseId);
  const extension = useAskExtension(caseId);
  const done = { onSuccess: onClose };
  const submit = ({ kind, reason }: Values) => {
    if ('clock' in of) {
      const { limitId, occurrenceId } = of.clock;
      extension.mutate({ limitId, occurrenceId, reason }, done);
    } else {
      const { occurrenceId, paperId } = of.duty;
      if (occurrenceId !== null) excuse.mutate({ occurrenceId, paperId, kind, reason }, done);
    }
  };
  const error = excuse.error ?? extension.error;
  const allowed = 'clock' in of ? of.clock.extension : null;
  return (
    <Modal
      open
      title={'clock' in of ? t.law.extendTitle : t.law.excuseTitle}
      okText={t.law.ask}
      cancelText={t.app.cancel}
      confirmLoading={excuse.isPending || extension.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p>
        <strong>{label('clock' in of ? of.clock.title : of.duty.words)}</strong>
      </p>
      <p className="lh-muted lh-gap-below">
        {allowed
          ? t.law.extendHint(`${allowed.limit.count} ${t.law.units[allowed.limit.unit]}`, label(allowed.approver))
          : t.law.excuseHint}
      </p>
      <Form<Values> form={form} layout="vertical" onFinish={submit}>
        {'kinds' in of && (
          <Form.Item name="kind" label={t.law.excuseKind} rules={[{ required: true, message: t.openCase.required }]}>
            <Radio.Group
              className="lh-radio-lines"
              options={of.kinds.map((value) => ({ value, label: t.law.excuseKinds[value] }))}
            />
          </Form.Item>
        )}
        <ReasonField label={t.law.reason} hint={t.law.reasonHint} />
      </Form>
      {error && <ErrorNotice error={error} />}
    </Modal>
  );
}
