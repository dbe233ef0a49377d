import { Alert, Button, Modal, Skeleton } from 'antd';
import { useState } from 'react';
import type { FormTemplateView, FormView } from '#contract';
import { useDraftForm, useForm, useFormTemplates } from '../../api/forms.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { FormEditor } from './form-editor.js';
import { IssuedForm } from './issued-form.js';
import './forms.css';

export interface FormDialogProps {
  readonly caseId: string;
  readonly occurrenceId: string;
  readonly paperId: string;
  /** A form there is already; without it one is begun. */
  readonly formId?: string | undefined;
  readonly onClose: () => void;
}

/** A paper of a step made by form: begun from a template, filled in, issued, and compared with its signed copy. */
export function FormDialog({ caseId, occurrenceId, paperId, formId, onClose }: FormDialogProps) {
  useReturnFocus();
  const { t, label } = useLanguage();
  const [begun, setBegun] = useState<string | null>(formId ?? null);
  const form = useForm(begun);
  return (
    <Modal
      open
      width={820}
      title={form.data ? label(form.data.title) : t.forms.make}
      footer={null}
      maskClosable={false}
      onCancel={onClose}
    >
      {begun === null && (
        <ChooseTemplate
          caseId={caseId}
          occurrenceId={occurrenceId}
          paperId={paperId}
          onBegun={({ id }) => setBegun(id)}
        />
      )}
      {begun !== null && form.isPending && <Skeleton active />}
      {form.error && <ErrorNotice error={form.error} onRetry={() => void form.refetch()} />}
      {form.data?.state === 'draft' && <FormEditor key={form.data.id} form={form.data} />}
      {form.data && form.data.state !== 'draft' && <IssuedForm form={form.data} />}
    </Modal>
  );
}

interface ChooseProps extends Pick<FormDialogProps, 'caseId' | 'occurrenceId' | 'paperId'> {
  readonly onBegun: (form: FormView) => void;
}

function ChooseTemplate({ caseId, occurrenceId, paperId, onBegun }: ChooseProps) {
  const { t, label } = useLanguage();
  const templates = useFormTemplates(caseId, occurrenceId, paperId);
  const draft = useDraftForm(caseId);
  const begin = ({ id }: FormTemplateView) =>
    draft.mutate({ occurrenceId, paperId, templateId: id }, { onSuccess: onBegun });
  if (templates.isPending) return <Skeleton active />;
  if (templates.error) return <ErrorNotice error={templates.error} onRetry={() => void templates.refetch()} />;
  if (templates.data.items.length === 0) return <Alert type="info" showIcon title={t.forms.noTemplate} />;
  return (
    <>
      <ul className="lh-form-templates" aria-label={t.forms.choose}>
        {templates.data.items.map((template) => (
          <li key={template.id}>
            <div className="lh-cell-main">
              <strong>{label(template.title)}</strong>
              <span className="lh-muted">{template.source}</span>
            </div>
            <Button type="primary" loading={draft.isPending} onClick={() => begin(template)}>
              {t.forms.make}
            </Button>
          </li>
        ))}
      </ul>
      {draft.isError && <ErrorNotice error={draft.error} />}
    </>
  );
}
