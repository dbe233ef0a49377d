import type { ReviewStaffingView } from '#contract';
import { useReviewStaffing } from '../../api/reviews.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';

type Row = ReviewStaffingView['units'][number];

/** Reviewers for officers, unit by unit, and whether there are enough. */
export function StaffingTable() {
  const { t } = useLanguage();
  const staffing = useReviewStaffing(true);
  const words = t.reviews.staffing;
  const units = staffing.data?.units ?? [];
  const rows =
    staffing.data && units.length > 1 ? [...units, { ...staffing.data.all, ...ALL, unitName: words.all }] : units;
  const figure = (of: 'officers' | 'reviewers' | 'needed') => (row: Row) => (
    <span className="lh-figures">{row[of]}</span>
  );
  const columns: Column<Row>[] = [
    { key: 'unit', title: words.columns.unit, bare: true, render: (row) => row.unitName },
    { key: 'officers', title: words.columns.officers, width: '120px', render: figure('officers') },
    { key: 'reviewers', title: words.columns.reviewers, width: '120px', render: figure('reviewers') },
    { key: 'needed', title: words.columns.needed, width: '100px', render: figure('needed') },
    {
      key: 'state',
      title: words.columns.state,
      width: '140px',
      render: ({ isMet, needed, reviewers }) => (
        <Tag tone={isMet ? 'good' : 'warn'}>{isMet ? words.met : words.short(needed - reviewers)}</Tag>
      ),
    },
  ];
  return (
    <section className="lh-block" aria-label={words.title}>
      <h2>{words.title}</h2>
      <p className="lh-muted lh-gap-below">{words.hint}</p>
      <DataTable
        caption={words.title}
        columns={columns}
        rows={rows}
        rowKey={({ unitId }) => unitId}
        loading={staffing.isPending}
      />
    </section>
  );
}

const ALL = { unitId: 'all' };
