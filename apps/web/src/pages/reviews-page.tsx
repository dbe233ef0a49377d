import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { ReviewSummary } from '#contract';
import { type ReviewListName, useReviews } from '../api/reviews.js';
import { useSession } from '../api/session.js';
import { type Column, DataTable, LoadMore } from '../components/data-table.js';
import { ErrorNotice } from '../components/error-notice.js';
import { TeachingEmpty } from '../components/teaching-empty.js';
import { dueText, ReviewState } from '../features/reviews/review-status.js';
import { RulesDialog } from '../features/reviews/rules-dialog.js';
import { StaffingTable } from '../features/reviews/staffing-table.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { timeText } from '../i18n/quantities.js';
import '../features/reviews/reviews.css';

const LISTS: readonly ReviewListName[] = ['waiting', 'mine', 'returned', 'late', 'passed'];

/** The desk of a reviewer: what waits, what he is at, what came back, and until when. */
export function ReviewsPage() {
  const { t } = useLanguage();
  const { data: session } = useSession();
  const [search, setSearch] = useSearchParams();
  const [rules, setRules] = useState(false);
  const roles = session?.account.roles ?? [];
  const list = LISTS.find((name) => name === search.get('list')) ?? 'waiting';
  usePageTitle(t.reviews.title);
  const seesCases = roles.some((role) => role !== 'administrator');
  return (
    <div className="lh-page">
      <div className="lh-page-head">
        <div className="lh-title-block">
          <h1>{t.reviews.title}</h1>
          <p className="lh-muted">{t.reviews.intro}</p>
        </div>
        <Button onClick={() => setRules(true)}>{t.reviews.rules.button}</Button>
      </div>
      {seesCases && (
        <>
          <div className="lh-filters lh-review-lists">
            <Segmented<ReviewListName>
              aria-label={t.reviews.title}
              value={list}
              options={LISTS.map((value) => ({ value, label: t.reviews.lists[value] }))}
              onChange={(value) => setSearch({ list: value }, { replace: true })}
            />
          </div>
          <ReviewTable list={list} />
        </>
      )}
      {roles.some((role) => role !== 'officer' && role !== 'archivist') && <StaffingTable />}
      {rules && <RulesDialog maySet={roles.includes('administrator')} onClose={() => setRules(false)} />}
    </div>
  );
}

function ReviewTable({ list }: { list: ReviewListName }) {
  const { t, label } = useLanguage();
  const { columns: names } = t.reviews;
  const reviews = useReviews(list);
  const rows = reviews.data?.pages.flatMap((page) => page.items) ?? [];
  const columns: Column<ReviewSummary>[] = [
    {
      key: 'case',
      title: names.case,
      bare: true,
      render: ({ id, case: subject }) => (
        <div className="lh-cell-main">
          <Link to={`/reviews/${id}`}>{subject.title}</Link>
          <span className="lh-muted">
            {subject.number} · {subject.unitName}
          </span>
        </div>
      ),
    },
    {
      key: 'step',
      title: names.step,
      width: '160px',
      render: ({ step, n }) => (
        <div className="lh-cell-main">
          {label(step.title)}
          {n > 1 && <span className="lh-muted">{t.reviews.n(n)}</span>}
        </div>
      ),
    },
    {
      key: 'submitted',
      title: names.submitted,
      width: '190px',
      render: ({ submittedBy, submittedAt }) => (
        <div className="lh-cell-main">
          {submittedBy.name}
          <span className="lh-muted lh-figures">{timeText(submittedAt)}</span>
        </div>
      ),
    },
    {
      key: 'due',
      title: names.due,
      width: '120px',
      render: (row) => <span className={`lh-figures ${row.clock === 'late' ? 'lh-alarm' : ''}`}>{dueText(row)}</span>,
    },
    { key: 'state', title: names.state, width: '260px', render: (row) => <ReviewState review={row} /> },
  ];
  if (reviews.isError) return <ErrorNotice error={reviews.error} onRetry={() => void reviews.refetch()} />;
  if (reviews.isSuccess && rows.length === 0)
    return <TeachingEmpty title={t.reviews.empty} hint={t.reviews.emptyHint} />;
  return (
    <>
      <DataTable
        caption={t.reviews.lists[list]}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        loading={reviews.isPending}
      />
      <LoadMore {...reviews} />
    </>
  );
}
