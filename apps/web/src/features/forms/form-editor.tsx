import { Alert, App, Button, Checkbox, Form, Input, Select } from 'antd';
import { useState } from 'react';
import type { FormFieldView, FormView } from '#contract';
import { useFormAct } from '../../api/forms.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';
import { VoidButton } from './void-button.js';

type Values = Record<string, string>;

/** A draft: what the case says is filled in; saved as it stands, issued only when it is complete. */
export function FormEditor({ form: subject }: { form: FormView }) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const [withEnglish, setWithEnglish] = useState(false);
  const [missing, setMissing] = useState(0);
  const act = useFormAct(subject.caseId);
  const save = async (): Promise<FormView> => {
    const values = Object.fromEntries(
      Object.entries(form.getFieldsValue()).map(([id, value]) => [id, typeof value === 'string' ? value.trim() : '']),
    );
    return await act.mutateAsync({ id: subject.id, act: 'save', body: { values, revision: subject.revision } });
  };
  // What fails is shown by the notice below.
  const onSave = () =>
    void save().then(
      () => message.success(t.forms.saved),
      () => undefined,
    );
  const onIssue = async (): Promise<void> => {
    setMissing(0);
    try {
      const { revision } = await save();
      await act.mutateAsync({ id: subject.id, act: 'issue', body: { revision, withEnglish } });
      message.success(t.forms.issued);
    } catch {
      return;
    }
  };
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      initialValues={subject.values}
      disabled={!subject.mayEdit}
      onFinish={() => void onIssue()}
      onFinishFailed={({ errorFields }) => setMissing(errorFields.length)}
    >
      <p className="lh-muted">
        {subject.template.isNumbered && `${t.app.says(t.forms.number)}${t.forms.numberLater} · `}
        {t.forms.fromCase}
      </p>
      <div className="lh-form-fields">
        {subject.template.fields.map((field) => (
          <Field key={field.id} field={field} />
        ))}
      </div>
      {missing > 0 && <Alert type="warning" showIcon title={t.forms.missing(missing)} />}
      {act.error && <ErrorNotice error={act.error} />}
      <p className="lh-muted">{t.forms.issueHint}</p>
      <div className="lh-form-actions">
        <VoidButton form={subject} />
        <Checkbox checked={withEnglish} onChange={({ target }) => setWithEnglish(target.checked)}>
          {t.forms.withEnglish}
        </Checkbox>
        <Button onClick={onSave} loading={act.isPending}>
          {t.forms.save}
        </Button>
        <Button type="primary" htmlType="submit" loading={act.isPending}>
          {t.forms.issue}
        </Button>
      </div>
    </Form>
  );
}

function Field({ field }: { field: FormFieldView }) {
  const { t, label } = useLanguage();
  const rules = field.required ? [{ required: true, whitespace: true, message: t.forms.required }] : [];
  return (
    <Form.Item
      name={field.id}
      label={label(field.title)}
      rules={rules}
      {...(field.kind === 'text' ? { className: 'lh-form-wide' } : {})}
    >
      {inputFor(field, label)}
    </Form.Item>
  );
}

/** Days and times are kept as the browser's own inputs give them: `2026-11-22`, `2026-11-22T10:20`. */
export function inputFor({ kind, choices }: FormFieldView, label: (label: FormFieldView['title']) => string) {
  if (kind === 'text') return <Input.TextArea autoSize={{ minRows: 3, maxRows: 14 }} maxLength={8_000} />;
  if (kind === 'date') return <Input type="date" />;
  if (kind === 'time') return <Input type="datetime-local" />;
  if (kind === 'choice') {
    const options = choices.map((choice) => ({ value: choice.zh, label: label(choice) }));
    return <Select allowClear virtual={false} options={options} />;
  }
  return <Input maxLength={300} />;
}
