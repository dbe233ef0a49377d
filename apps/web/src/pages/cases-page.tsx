import { PlusOutlined, SearchOutlined } from '@ant-design/icons';
import { Button, Input, Select } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'react-router';
import type { CaseSummary } from '#contract';
import { useCases } from '../api/cases.js';
import { useSession } from '../api/session.js';
import { type Column, DataTable, LoadMore } from '../components/data-table.js';
import { ErrorNotice } from '../components/error-notice.js';
import { CaseStateTag, LevelTag } from '../components/state-tags.js';
import { TeachingEmpty } from '../components/teaching-empty.js';
import { useDebounced } from '../components/use-debounced.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { timeText } from '../i18n/quantities.js';

const OpenCaseDrawer = lazy(async () => ({
  default: (await import('../features/cases/open-case-drawer.js')).OpenCaseDrawer,
}));

type State = CaseSummary['state'];

export function CasesPage() {
  const { t } = useLanguage();
  const { data: session } = useSession();
  const [typed, setTyped] = useState('');
  const [state, setState] = useState<State>();
  const [opening, setOpening] = useState(false);
  const search = useDebounced(typed.trim());
  // One character finds too much to be of use; the list stays as it is until there are two.
  const filter = { search: search.length >= 2 ? search : '', state };
  const cases = useCases(filter);
  const rows = cases.data?.pages.flatMap((page) => page.items) ?? [];
  const mayOpen = session?.account.roles.includes('officer') ?? false;
  const readsAll = session?.account.roles.some((role) => role === 'archivist' || role === 'supervisor') ?? false;
  const title = readsAll ? t.cases.titleAll : t.cases.title;
  usePageTitle(title);
  const filtered = filter.search !== '' || filter.state !== undefined;
  const openButton = mayOpen && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpening(true)}>
      {t.cases.open}
    </Button>
  );
  return (
    <div className="lh-page">
      <div className="lh-page-head">
        <h1>{title}</h1>
        {openButton}
      </div>
      <div className="lh-filters">
        <Input
          allowClear
          prefix={<SearchOutlined />}
          placeholder={t.cases.search}
          aria-label={t.cases.search}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Select<State | 'any'>
          aria-label={t.cases.state}
          value={state ?? 'any'}
          onChange={(value) => setState(value === 'any' ? undefined : value)}
          options={[
            { value: 'any', label: t.cases.anyState },
            { value: 'open', label: t.cases.states.open },
            { value: 'closed', label: t.cases.states.closed },
            { value: 'archived', label: t.cases.states.archived },
          ]}
        />
      </div>
      {cases.isError && <ErrorNotice error={cases.error} onRetry={() => void cases.refetch()} />}
      {cases.isSuccess && rows.length === 0 ? (
        <NothingHere
          filtered={filtered}
          mayOpen={mayOpen}
          onClear={() => {
            setTyped('');
            setState(undefined);
          }}
        >
          {openButton}
        </NothingHere>
      ) : (
        !cases.isError && <CaseTable rows={rows} loading={cases.isPending} />
      )}
      <LoadMore {...cases} />
      <Suspense fallback={null}>{opening && <OpenCaseDrawer onClose={() => setOpening(false)} />}</Suspense>
    </div>
  );
}

interface NothingProps {
  readonly filtered: boolean;
  readonly mayOpen: boolean;
  readonly onClear: () => void;
  readonly children: React.ReactNode;
}

function NothingHere({ filtered, mayOpen, onClear, children }: NothingProps) {
  const { t } = useLanguage();
  if (!filtered) {
    return (
      <TeachingEmpty title={t.cases.emptyTitle} hint={mayOpen ? t.cases.emptyHint : t.cases.emptyHintReader}>
        {children}
      </TeachingEmpty>
    );
  }
  return (
    <TeachingEmpty title={t.cases.nothingFound} hint={t.cases.nothingFoundHint}>
      <Button onClick={onClear}>{t.cases.clear}</Button>
    </TeachingEmpty>
  );
}

function CaseTable({ rows, loading }: { rows: readonly CaseSummary[]; loading: boolean }) {
  const { t, label } = useLanguage();
  const { columns: names } = t.cases;
  const columns: Column<CaseSummary>[] = [
    {
      key: 'title',
      title: names.title,
      bare: true,
      render: (row) => (
        <div className="lh-cell-main">
          <Link to={`/cases/${row.id}`}>{row.title}</Link>
          <span className="lh-muted">{row.number}</span>
        </div>
      ),
    },
    {
      key: 'state',
      title: names.state,
      width: '170px',
      bare: true,
      render: (row) => (
        <>
          <CaseStateTag state={row.state} />
          <LevelTag level={row.level} />
        </>
      ),
    },
    { key: 'procedure', title: names.procedure, width: '200px', render: (row) => label(row.procedureTitle) },
    { key: 'assets', title: names.assets, width: '110px', render: (row) => t.cases.count(row.assetCount) },
    {
      key: 'changed',
      title: names.changed,
      width: '190px',
      render: (row) => <span className="lh-figures">{timeText(row.changedAt)}</span>,
    },
  ];
  return <DataTable caption={t.cases.title} columns={columns} rows={rows} rowKey={(row) => row.id} loading={loading} />;
}
