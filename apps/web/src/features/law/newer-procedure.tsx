import { Alert, Button, Form, Modal } from 'antd';
import { useState } from 'react';
import type { CaseView } from '#contract';
import { useAdoptProcedure } from '../../api/law.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';

/** A case keeps the version it began with; a newer one can be adopted, with a reason. */
export function NewerProcedure({ subject }: { subject: CaseView }) {
  const { t } = useLanguage();
  const [adopting, setAdopting] = useState(false);
  const { newestVersion } = subject.law;
  if (!subject.mayEdit || newestVersion <= subject.procedure.version) return null;
  return (
    <>
      <Alert
        type="info"
        showIcon
        className="lh-gap-below"
        title={t.law.adopt(newestVersion)}
        action={
          <Button size="small" onClick={() => setAdopting(true)}>
            {t.law.adoptButton}
          </Button>
        }
      />
      {adopting && <AdoptDialog subject={subject} onClose={() => setAdopting(false)} />}
    </>
  );
}

function AdoptDialog({ subject, onClose }: { subject: CaseView; onClose: () => void }) {
  useReturnFocus();
  const { t } = useLanguage();
  const [form] = Form.useForm<{ reason: string }>();
  const adopt = useAdoptProcedure(subject.id);
  const version = subject.law.newestVersion;
  return (
    <Modal
      open
      title={t.law.adoptTitle}
      okText={t.law.adoptButton}
      cancelText={t.app.cancel}
      confirmLoading={adopt.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="lh-muted lh-gap-below">{t.law.adoptHint}</p>
      <Form
        form={form}
        layout="vertical"
        onFinish={({ reason }) => adopt.mutate({ version, reason }, { onSuccess: onClose })}
      >
        <ReasonField label={t.law.reason} hint={t.law.reasonHint} />
      </Form>
      {adopt.isError && <ErrorNotice error={adopt.error} />}
    </Modal>
  );
}
