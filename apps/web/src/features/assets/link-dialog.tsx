import { App, Form, Input, Modal, Select, Skeleton } from 'antd';
import { useState } from 'react';
import type { AssetSummary, CaseView } from '#contract';
import { useLinkAsset } from '../../api/assets.js';
import { useCase, useCases } from '../../api/cases.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { useDebounced } from '../../components/use-debounced.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';

interface Values {
  readonly caseId: string;
  readonly occurrenceId: string;
  readonly paperId: string | undefined;
  readonly purpose: string | undefined;
  readonly reason: string | undefined;
}

interface Props {
  readonly asset: AssetSummary;
  /** Within this case only; without it a case is chosen first. */
  readonly fixedCase?: { readonly subject: CaseView };
  readonly onClose: () => void;
}

/** Ties an asset to a step, or moves it to another, with the reason that then is logged. */
export function LinkDialog({ asset, fixedCase, onClose }: Props) {
  useReturnFocus();
  const { t } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const link = useLinkAsset(asset.id);
  const caseId = Form.useWatch('caseId', { form, preserve: true }) ?? fixedCase?.subject.id ?? asset.link?.caseId;
  const moving = asset.link !== null;
  const submit = (values: Values) =>
    link.mutate(
      {
        caseId: fixedCase?.subject.id ?? values.caseId,
        occurrenceId: values.occurrenceId,
        range: asset.link?.range ?? null,
        paperId: values.paperId || null,
        purpose: values.purpose?.trim() || null,
        ...(moving ? { reason: values.reason } : {}),
      },
      {
        onSuccess: () => {
          message.success(t.link.done);
          onClose();
        },
      },
    );
  const required = [{ required: true, message: t.openCase.required }];
  return (
    <Modal
      open
      title={moving ? t.link.moveTitle : t.link.title}
      okText={t.link.submit}
      cancelText={t.app.cancel}
      confirmLoading={link.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="lh-muted">{asset.fileName}</p>
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={submit}
        initialValues={{
          ...{ caseId, occurrenceId: asset.link?.occurrenceId, paperId: asset.link?.paperId ?? '' },
          purpose: asset.link?.purpose ?? '',
        }}
      >
        {!fixedCase && (
          <Form.Item name="caseId" label={t.link.case} rules={required}>
            <CasePicker />
          </Form.Item>
        )}
        {fixedCase ? (
          <StepFields subject={fixedCase.subject} />
        ) : (
          caseId !== undefined && <StepFieldsOf caseId={caseId} />
        )}
        {moving && <ReasonField label={t.link.reason} hint={t.link.reasonHint} />}
        {link.isError && <ErrorNotice error={link.error} />}
      </Form>
    </Modal>
  );
}

/** Takes `value` and `onChange` from the form. */
function CasePicker(props: { value?: string; onChange?: (caseId: string) => void }) {
  const { t } = useLanguage();
  const [typed, setTyped] = useState('');
  const search = useDebounced(typed.trim());
  const cases = useCases({ search: search.length >= 2 ? search : '', state: undefined });
  const items = cases.data?.pages[0]?.items ?? [];
  return (
    <Select
      {...props}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={t.link.searchCase}
      loading={cases.isFetching}
      options={items.map(({ id, number, title }) => ({ value: id, label: `${number} ${title}` }))}
    />
  );
}

function StepFieldsOf({ caseId }: { caseId: string }) {
  const subject = useCase(caseId);
  if (subject.data) return <StepFields subject={subject.data} />;
  return subject.isError ? (
    <ErrorNotice error={subject.error} onRetry={() => void subject.refetch()} />
  ) : (
    <Skeleton active paragraph={{ rows: 1 }} title={false} />
  );
}

function StepFields({ subject }: { subject: CaseView }) {
  const { t, label } = useLanguage();
  const { steps } = subject.procedure;
  const occurrenceId = Form.useWatch('occurrenceId');
  const stepId = subject.occurrences.find(({ id }) => id === occurrenceId)?.stepId;
  const papers = steps.find(({ id }) => id === stepId)?.papers ?? [];
  const options = steps.flatMap((step) =>
    subject.occurrences
      .filter((occurrence) => occurrence.stepId === step.id)
      .sort((a, b) => a.n - b.n)
      .map(({ id, n }) => ({
        value: id,
        label: step.repeatable && n > 1 ? `${label(step.title)} ${t.case.nth(n)}` : label(step.title),
      })),
  );
  return (
    <>
      <Form.Item name="occurrenceId" label={t.link.step} rules={[{ required: true, message: t.openCase.required }]}>
        <Select options={options} />
      </Form.Item>
      {papers.length > 0 && (
        <Form.Item name="paperId" label={t.law.paper}>
          <Select
            options={[
              { value: '', label: t.law.paperNone },
              ...papers.map(({ id, title }) => ({ value: id, label: label(title) })),
            ]}
          />
        </Form.Item>
      )}
      <Form.Item name="purpose" label={t.link.purpose}>
        <Input placeholder={t.link.purposeHint} maxLength={300} />
      </Form.Item>
    </>
  );
}
