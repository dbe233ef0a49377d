import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { RecorderList, RecorderView } from '#contract';
import { useArrivals, useRecorders } from '../api/recorders.js';
import { useSession } from '../api/session.js';
import { type Column, DataTable } from '../components/data-table.js';
import { ErrorNotice } from '../components/error-notice.js';
import { readsLists } from '../components/navigation.js';
import { Tag } from '../components/tag.js';
import { TeachingEmpty } from '../components/teaching-empty.js';
import { ArrivalDays } from '../features/recorders/arrival-days.js';
import { ClockText, StateTag } from '../features/recorders/recorder-words.js';
import { AddRecorderDialog } from '../features/recorders/register-dialogs.js';
import '../features/recorders/recorders.css';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { dateText } from '../i18n/quantities.js';

/** The register of recorders and docks, how many there are for how many officers, and what never came. */
export function RecordersPage() {
  const { t } = useLanguage();
  const recorders = useRecorders();
  const session = useSession();
  const [adding, setAdding] = useState(false);
  usePageTitle(t.recorders.title);
  const rows = recorders.data?.items ?? [];
  return (
    <div className="lh-page">
      <div className="lh-page-head">
        <div className="lh-title-block">
          <h1>{t.recorders.title}</h1>
          <span className="lh-muted">{t.recorders.intro}</span>
        </div>
        {recorders.data?.mayKeep && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
            {t.recorders.add}
          </Button>
        )}
      </div>
      {recorders.isError && <ErrorNotice error={recorders.error} onRetry={() => void recorders.refetch()} />}
      {recorders.data && <Ratios ratios={recorders.data.ratios} />}
      {recorders.isSuccess && rows.length === 0 ? (
        <TeachingEmpty title={t.recorders.emptyTitle} hint={t.recorders.emptyHint} />
      ) : (
        !recorders.isError && <RecorderTable rows={rows} loading={recorders.isPending} />
      )}
      {session.data && readsLists(session.data.account) && <NeverCame />}
      {adding && <AddRecorderDialog onClose={() => setAdding(false)} />}
    </div>
  );
}

function Ratios({ ratios }: { ratios: RecorderList['ratios'] }) {
  const { t } = useLanguage();
  if (ratios.length === 0) return null;
  return (
    <section className="lh-ratios" aria-label={t.recorders.ratio}>
      <h2>{t.recorders.ratio}</h2>
      <ul>
        {ratios.map(({ unitId, unitName, officers, recorders }) => (
          <li key={unitId}>
            <strong className="lh-figures">{ratioText(recorders, officers)}</strong>
            <span>{unitName}</span>
            <small className="lh-muted">{t.recorders.ratioOf(recorders, officers)}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ratioText(recorders: number, officers: number): string {
  return officers === 0 ? '—' : `${Math.round((recorders / officers) * 100)} %`;
}

function RecorderTable({ rows, loading }: { rows: readonly RecorderView[]; loading: boolean }) {
  const { t } = useLanguage();
  const { columns: names } = t.recorders;
  const columns: Column<RecorderView>[] = [
    {
      key: 'serial',
      title: names.serial,
      bare: true,
      render: (row) => (
        <div className="lh-cell-main">
          <Link to={`/recorders/${row.id}`}>{row.serial}</Link>
          <span className="lh-muted">
            {t.recorders.kinds[row.kind]} · {row.maker} {row.model}
          </span>
        </div>
      ),
    },
    { key: 'state', title: names.state, width: '110px', bare: true, render: (row) => <StateTag state={row.state} /> },
    {
      key: 'holder',
      title: names.holder,
      width: '200px',
      render: (row) =>
        row.holder === null ? (
          <span className="lh-muted">{row.kind === 'dock' ? '—' : t.recorders.notHeld}</span>
        ) : (
          <div className="lh-cell-main">
            <span>{row.holder.name}</span>
            <span className="lh-muted lh-figures">{t.recorders.heldSince(dateText(row.holder.since))}</span>
          </div>
        ),
    },
    {
      key: 'clock',
      title: names.clock,
      width: '240px',
      render: (row) => (
        <div className="lh-cell-main">
          <ClockText recorder={row} />
          {row.drift?.isTooMuch && <Tag tone="alarm">{t.recorders.driftTooMuch}</Tag>}
        </div>
      ),
    },
    { key: 'unit', title: names.unit, width: '180px', render: (row) => row.unitName },
  ];
  return (
    <DataTable caption={t.recorders.title} columns={columns} rows={rows} rowKey={(row) => row.id} loading={loading} />
  );
}

function NeverCame() {
  const { t } = useLanguage();
  const arrivals = useArrivals(undefined);
  return (
    <section className="lh-block">
      <div className="lh-block-head">
        <h2>{t.arrivals.title}</h2>
      </div>
      <p className="lh-muted lh-gap-below">{t.arrivals.intro}</p>
      {arrivals.isError && <ErrorNotice error={arrivals.error} onRetry={() => void arrivals.refetch()} />}
      {arrivals.data && <ArrivalDays arrivals={arrivals.data} />}
    </section>
  );
}
