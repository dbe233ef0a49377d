import { Alert, Button } from 'antd';
import { Link } from 'react-router';
import type { FormView } from '#contract';
import { useFormAct } from '../../api/forms.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import { CompareForm } from './compare-form.js';
import { ComparisonResult } from './comparison-result.js';
import { FormTags } from './form-tags.js';
import { VoidButton } from './void-button.js';

/** A form as it was issued: its number, its values, its PDF, and how paper copies compare with it. */
export function IssuedForm({ form }: { form: FormView }) {
  const { t, label } = useLanguage();
  const act = useFormAct(form.caseId);
  const shown = form.template.fields.filter(({ id }) => (form.values[id] ?? '') !== '');
  return (
    <div className="lh-issued-form">
      <div className="lh-tags">
        <FormTags form={form} />
        {form.number !== null && <strong>{form.number}</strong>}
        {form.issuedAt !== null && <span className="lh-muted">{timeText(form.issuedAt)}</span>}
        {form.assetId !== null && <Link to={`/assets/${form.assetId}`}>{t.forms.seePaper}</Link>}
        {form.print === 'failed' && form.mayEdit && (
          <Button size="small" loading={act.isPending} onClick={() => act.mutate({ id: form.id, act: 'print' })}>
            {t.forms.retryPrint}
          </Button>
        )}
      </div>
      {form.print === 'owed' && <Alert type="info" showIcon title={t.forms.print.owed} />}
      {act.error && <ErrorNotice error={act.error} />}
      <dl className="lh-facts">
        {shown.map((field) => (
          <div key={field.id}>
            <dt>{label(field.title)}</dt>
            <dd className="lh-form-value">{form.values[field.id]}</dd>
          </div>
        ))}
      </dl>
      {form.comparisons.map((comparison) => (
        <ComparisonResult key={comparison.id} form={form} comparison={comparison} />
      ))}
      {form.state === 'issued' && form.mayEdit && <CompareForm form={form} />}
      <div className="lh-form-actions">
        {form.state === 'voided' ? <Tag tone="alarm">{t.forms.states.voided}</Tag> : <VoidButton form={form} />}
      </div>
    </div>
  );
}
