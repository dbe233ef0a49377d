import { Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { CaseLineView } from '#contract';
import { type LineList, useLines } from '../api/law.js';
import { type Column, DataTable, LoadMore } from '../components/data-table.js';
import { ErrorNotice } from '../components/error-notice.js';
import { Tag } from '../components/tag.js';
import { TeachingEmpty } from '../components/teaching-empty.js';
import { DueText } from '../features/law/due-text.js';
import { RuleNote } from '../features/law/rule-note.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { dateText } from '../i18n/quantities.js';
import '../features/law/law.css';

type Kind = CaseLineView['kind'];
const KINDS: readonly Kind[] = ['clock', 'duty', 'statement', 'breach'];

/** What an officer is to do, soonest first. */
export function DuePage() {
  return <LinesPage list="due" />;
}

/** What is late or missing in a supervisor's units. */
export function LatePage() {
  return <LinesPage list="late" />;
}

function LinesPage({ list }: { list: LineList }) {
  const { t } = useLanguage();
  const [kind, setKind] = useState<Kind>();
  const lines = useLines(list, kind);
  const rows = lines.data?.pages.flatMap((page) => page.items) ?? [];
  const [title, empty, hint] =
    list === 'due'
      ? [t.law.duePage, t.law.dueEmpty, t.law.dueEmptyHint]
      : [t.law.latePage, t.law.lateEmpty, t.law.lateEmptyHint];
  usePageTitle(title);
  return (
    <div className="lh-page">
      <div className="lh-page-head">
        <h1>{title}</h1>
      </div>
      <div className="lh-filters">
        <Select<Kind | 'any'>
          aria-label={t.law.anyKind}
          value={kind ?? 'any'}
          onChange={(value) => setKind(value === 'any' ? undefined : value)}
          options={[
            { value: 'any', label: t.law.anyKind },
            ...KINDS.map((value) => ({ value, label: t.law.lineKinds[value] })),
          ]}
        />
      </div>
      {lines.isError && <ErrorNotice error={lines.error} onRetry={() => void lines.refetch()} />}
      {lines.isSuccess && rows.length === 0 ? (
        <TeachingEmpty title={empty} hint={hint} />
      ) : (
        !lines.isError && <LineTable rows={rows} loading={lines.isPending} showsUnit={list === 'late'} title={title} />
      )}
      <LoadMore {...lines} />
    </div>
  );
}

interface TableProps {
  readonly rows: readonly CaseLineView[];
  readonly loading: boolean;
  readonly showsUnit: boolean;
  readonly title: string;
}

function LineTable({ rows, loading, showsUnit, title }: TableProps) {
  const { t, label } = useLanguage();
  const { columns: names } = t.law;
  const columns: Column<CaseLineView>[] = [
    {
      key: 'what',
      title: names.what,
      bare: true,
      render: (row) => (
        <div className="lh-cell-main">
          <Link to={addressOf(row)}>{label(row.words)}</Link>
          <span>
            {/* What is to be stated says so itself. */}
            {row.kind !== 'statement' && (
              <Tag tone={row.kind === 'breach' || row.isLate ? 'alarm' : row.kind === 'duty' ? 'warn' : 'plain'}>
                {t.law.lineKinds[row.kind]}
              </Tag>
            )}
            <RuleNote rule={row.rule} />
          </span>
        </div>
      ),
    },
    {
      key: 'case',
      title: names.case,
      width: '26%',
      render: (row) => (
        <div className="lh-cell-main">
          <span>{row.caseTitle}</span>
          <span className="lh-muted">{row.caseNumber}</span>
        </div>
      ),
    },
    ...(showsUnit
      ? [
          {
            key: 'officers',
            title: names.officers,
            width: '150px',
            render: (row: CaseLineView) => (
              <>
                {row.officers.join('、')}
                <br />
                <small className="lh-muted">{row.unitName}</small>
              </>
            ),
          },
        ]
      : []),
    {
      key: 'due',
      title: names.due,
      width: '190px',
      render: (row) =>
        row.dueAt === null ? '—' : <DueText dueAt={row.dueAt} lastDay={lastDayOf(row.kind, row.dueAt)} />,
    },
  ];
  return <DataTable caption={title} columns={columns} rows={rows} rowKey={(row) => row.id} loading={loading} />;
}

/** A limit in days ends with the last millisecond of a day, one in hours at any moment; what is missing is told in days. */
function lastDayOf(kind: Kind, dueAt: string): string | null {
  return kind === 'clock' && !dueAt.endsWith(':59:59.999Z') ? null : dateText(dueAt);
}

function addressOf({ caseId, occurrenceId }: CaseLineView): string {
  return occurrenceId === null ? `/cases/${caseId}` : `/cases/${caseId}?step=${occurrenceId}`;
}
