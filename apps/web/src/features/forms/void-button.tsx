import { App, Button, Form, Modal } from 'antd';
import { useState } from 'react';
import type { FormView } from '#contract';
import { useFormAct } from '../../api/forms.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { useLanguage } from '../../i18n/language.js';

/** Makes a form void, with a reason. */
export function VoidButton({ form: subject }: { form: FormView }) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<{ reason: string }>();
  const act = useFormAct(subject.caseId);
  if (!subject.mayEdit || subject.state === 'voided') return null;
  const submit = (body: { reason: string }) =>
    act.mutate(
      { id: subject.id, act: 'void', body },
      {
        onSuccess: () => {
          message.success(t.forms.states.voided);
          setOpen(false);
        },
      },
    );
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>
        {t.forms.void}
      </Button>
      {open && (
        <Modal
          open
          title={t.forms.voidTitle}
          okText={t.forms.void}
          cancelText={t.app.cancel}
          okButtonProps={{ danger: true }}
          confirmLoading={act.isPending}
          onOk={() => form.submit()}
          onCancel={() => setOpen(false)}
        >
          <p className="lh-muted">{t.forms.voidHint}</p>
          <Form form={form} layout="vertical" onFinish={submit}>
            <ReasonField label={t.forms.voidReason} hint={t.case.reasonLogged} />
          </Form>
          {act.error && <ErrorNotice error={act.error} />}
        </Modal>
      )}
    </>
  );
}
