import { Alert, App, Form, Modal } from 'antd';
import type { FindingView } from '#contract';
import { useAskHealing } from '../../api/findings.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';

interface Values {
  readonly reason: string;
}

/** Asks for a damaged copy to be restored from the other, with a reason that is logged. */
export function HealDialog({ finding, onClose }: { finding: FindingView; onClose: () => void }) {
  useReturnFocus();
  const { t } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const ask = useAskHealing();
  const { assetId, copy } = finding;
  const submit = ({ reason }: Values) =>
    ask.mutate(
      { assetId, copy, reason },
      {
        onSuccess: () => {
          message.success(t.findings.heal.asked);
          onClose();
        },
      },
    );
  return (
    <Modal
      open
      title={t.findings.heal.action[copy]}
      okText={t.findings.heal.begin}
      cancelText={t.app.cancel}
      confirmLoading={ask.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="lh-gap-below">{finding.fileName ?? finding.assetId}</p>
      <Alert type="info" showIcon title={t.findings.heal.hint[copy]} className="lh-gap-below" />
      <Form<Values> form={form} layout="vertical" onFinish={submit}>
        <ReasonField label={t.findings.heal.reason} hint={t.findings.heal.reasonHint} />
      </Form>
      {ask.isError && <ErrorNotice error={ask.error} />}
    </Modal>
  );
}
