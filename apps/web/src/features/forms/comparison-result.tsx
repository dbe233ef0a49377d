import type { FormComparisonView, FormView } from '#contract';
import { DataTable } from '../../components/data-table.js';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';

/** How one comparison came out: what differs first, field by field. */
export function ComparisonResult({ form, comparison }: { form: FormView; comparison: FormComparisonView }) {
  const { t, label } = useLanguage();
  const { agrees, fields, fileName, how, by, at } = comparison;
  const titleOf = (fieldId: string): string => {
    const field = form.template.fields.find(({ id }) => id === fieldId);
    return field ? label(field.title) : t.forms.number;
  };
  const rows = [...fields].sort((a, b) => Number(a.agrees) - Number(b.agrees));
  return (
    <details className="lh-comparison" open={!agrees}>
      <summary>
        <Tag tone={agrees ? 'good' : 'alarm'}>{t.forms.compared[agrees ? 'agrees' : 'differs']}</Tag> {fileName}{' '}
        <span className="lh-muted">
          {t.forms.how[how]} · {t.forms.result(by, timeText(at))}
        </span>
      </summary>
      <DataTable
        caption={t.forms.compare}
        columns={[
          { key: 'field', title: t.forms.field, width: '24%', render: ({ fieldId }) => titleOf(fieldId) },
          { key: 'electronic', title: t.forms.electronic, render: ({ electronic }) => electronic || t.forms.empty },
          {
            key: 'paper',
            title: t.forms.paper,
            render: ({ paper }) => (paper === null ? t.forms.notFound : paper || t.forms.empty),
          },
          {
            key: 'agrees',
            title: '',
            width: '90px',
            render: (row) => (
              <Tag tone={row.agrees ? 'good' : 'alarm'}>{row.agrees ? t.forms.agrees : t.forms.differs}</Tag>
            ),
          },
        ]}
        rows={rows}
        rowKey={({ fieldId }) => fieldId}
        loading={false}
      />
    </details>
  );
}
