import { Link } from 'react-router';
import type { FindingView } from '#contract';
import { useFindings } from '../api/findings.js';
import { type Column, DataTable, LoadMore } from '../components/data-table.js';
import { ErrorNotice } from '../components/error-notice.js';
import { CheckTag } from '../components/state-tags.js';
import { Tag } from '../components/tag.js';
import { TeachingEmpty } from '../components/teaching-empty.js';
import { damageText, keptText } from '../features/findings/finding-words.js';
import { HealingCell } from '../features/findings/healing-cell.js';
import '../features/findings/findings.css';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { timeText } from '../i18n/quantities.js';

/** What the watch has found of stored originals and what still stands, newest first. */
export function FindingsPage() {
  const { t } = useLanguage();
  const findings = useFindings();
  const rows = findings.data?.pages.flatMap((page) => page.items) ?? [];
  usePageTitle(t.findings.title);
  return (
    <div className="lh-page">
      <div className="lh-page-head">
        <h1>{t.findings.title}</h1>
        <span className="lh-muted">{t.findings.intro}</span>
      </div>
      {findings.isError && <ErrorNotice error={findings.error} onRetry={() => void findings.refetch()} />}
      {findings.isSuccess && rows.length === 0 ? (
        <TeachingEmpty title={t.findings.emptyTitle} hint={t.findings.emptyHint} />
      ) : (
        !findings.isError && <FindingTable rows={rows} loading={findings.isPending} />
      )}
      <LoadMore {...findings} />
    </div>
  );
}

function FindingTable({ rows, loading }: { rows: readonly FindingView[]; loading: boolean }) {
  const { t } = useLanguage();
  const { columns: names } = t.findings;
  const columns: Column<FindingView>[] = [
    { key: 'asset', title: names.asset, bare: true, render: (row) => <AssetCell finding={row} /> },
    {
      key: 'result',
      title: names.result,
      width: '200px',
      render: (row) => (
        <>
          <Tag tone="plain">{t.findings.copies[row.copy]}</Tag>
          {[row.result, ...row.also].map((result) => (
            <CheckTag key={result} result={result} />
          ))}
        </>
      ),
    },
    {
      key: 'where',
      title: names.where,
      render: (row) => damageText(row, t) ?? row.reason ?? keptText(row, t) ?? '',
    },
    { key: 'heal', title: names.heal, width: '260px', render: (row) => <HealingCell finding={row} /> },
    {
      key: 'since',
      title: names.since,
      width: '180px',
      render: (row) => <span className="lh-figures">{timeText(row.since)}</span>,
    },
  ];
  return (
    <DataTable
      caption={t.findings.title}
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.assetId} ${row.copy}`}
      loading={loading}
    />
  );
}

/** Administrators see no evidence: they learn which original it is by its id. */
function AssetCell({ finding }: { finding: FindingView }) {
  if (finding.fileName === null) return <code>{finding.assetId}</code>;
  return (
    <div className="lh-cell-main">
      <Link to={`/assets/${finding.assetId}`}>{finding.fileName}</Link>
      {finding.caseId !== null && <Link to={`/cases/${finding.caseId}`}>{finding.caseNumber}</Link>}
    </div>
  );
}
