import { Button, Form, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { FormFieldView, FormView } from '#contract';
import { NUMBER_OF_FORM } from '#domain';
import { useCaseAssets } from '../../api/cases.js';
import { useFormAct } from '../../api/forms.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';
import { inputFor } from './form-editor.js';

/** Holds a scanned copy against the form: by the text of its file, or by what somebody reads off it. */
export function CompareForm({ form: subject }: { form: FormView }) {
  const { t } = useLanguage();
  const assets = useCaseAssets(subject.caseId);
  const act = useFormAct(subject.caseId);
  const [assetId, setAssetId] = useState<string | null>(null);
  const [byHand, setByHand] = useState(false);
  // The print itself agrees with the form in any case.
  const scans = (assets.data ?? []).filter(
    ({ id, kind }) => (kind === 'paper' || kind === 'photo') && id !== subject.assetId,
  );
  const compare = (read: Record<string, string> | null) =>
    assetId !== null &&
    act.mutate({ id: subject.id, act: 'comparisons', body: { assetId, read } }, { onSuccess: () => setByHand(false) });
  return (
    <section aria-label={t.forms.compare} className="lh-compare">
      <h3>{t.forms.compare}</h3>
      <p className="lh-muted">{t.forms.compareHint}</p>
      {assets.isSuccess && scans.length === 0 && <p>{t.forms.noScan}</p>}
      {scans.length > 0 && (
        <div className="lh-form-actions">
          <Select
            aria-label={t.forms.scan}
            placeholder={t.forms.chooseScan}
            value={assetId}
            onChange={setAssetId}
            virtual={false}
            style={{ minWidth: 260 }}
            options={scans.map(({ id, fileName }) => ({ value: id, label: fileName }))}
          />
          {assetId !== null && (
            <Link to={`/assets/${assetId}`} target="_blank">
              {t.forms.scan}
            </Link>
          )}
          <Button disabled={assetId === null} loading={act.isPending} onClick={() => compare(null)}>
            {t.forms.byText}
          </Button>
          <Button disabled={assetId === null} onClick={() => setByHand(true)}>
            {t.forms.byHand}
          </Button>
        </div>
      )}
      {act.error && <ErrorNotice error={act.error} />}
      {byHand && <ByHand form={subject} pending={act.isPending} onRead={compare} />}
    </section>
  );
}

interface ByHandProps {
  readonly form: FormView;
  readonly pending: boolean;
  readonly onRead: (read: Record<string, string>) => void;
}

/** Nothing is filled in beforehand: whoever compares reads the paper, not the screen. */
function ByHand({ form: subject, pending, onRead }: ByHandProps) {
  const { t, label } = useLanguage();
  const [form] = Form.useForm<Record<string, string | undefined>>();
  const number: FormFieldView = {
    ...{ id: NUMBER_OF_FORM, kind: 'line', required: false, isFilled: false, compared: true, choices: [] },
    title: { zh: t.forms.number, en: t.forms.number },
  };
  const fields = [
    ...(subject.number === null ? [] : [number]),
    ...subject.template.fields.filter(({ compared }) => compared),
  ];
  const submit = (values: Record<string, string | undefined>) =>
    onRead(Object.fromEntries(Object.entries(values).map(([id, value]) => [id, value ?? ''])));
  return (
    <Form form={form} layout="vertical" onFinish={submit}>
      <div className="lh-form-fields">
        {fields.map((field) => (
          <Form.Item
            key={field.id}
            name={field.id}
            label={label(field.title)}
            {...(field.kind === 'text' ? { className: 'lh-form-wide' } : {})}
          >
            {inputFor(field, label)}
          </Form.Item>
        ))}
      </div>
      <Button type="primary" htmlType="submit" loading={pending}>
        {t.forms.compareNow}
      </Button>
    </Form>
  );
}
