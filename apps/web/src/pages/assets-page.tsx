import { SearchOutlined } from '@ant-design/icons';
import { Checkbox, Input, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { AssetSummary } from '#contract';
import { type AssetFilter, useAssets } from '../api/assets.js';
import { useSession } from '../api/session.js';
import { type Column, DataTable, LoadMore } from '../components/data-table.js';
import { ErrorNotice } from '../components/error-notice.js';
import { CustodyTag, ViewingTag } from '../components/state-tags.js';
import { TeachingEmpty } from '../components/teaching-empty.js';
import { useDebounced } from '../components/use-debounced.js';
import { AssetThumbnail } from '../features/assets/asset-thumbnail.js';
import { DropZone } from '../features/cases/drop-zone.js';
import { useFileDrop, useNoStrayDrops } from '../features/cases/use-file-drop.js';
import { UnfinishedUploads } from '../features/uploads/unfinished-uploads.js';
import { useUploads } from '../features/uploads/upload-context.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { clockText, sizeText, timeText } from '../i18n/quantities.js';
import '../features/cases/cases.css';

const KINDS = ['video', 'sound', 'photo', 'paper', 'other'] as const;
const CUSTODIES = ['receiving', 'received', 'sealed', 'quarantined', 'disposed'] as const;

type Choices = Omit<AssetFilter, 'search'>;

export function AssetsPage() {
  const { t } = useLanguage();
  const [typed, setTyped] = useState('');
  const [choices, setChoices] = useState<Choices>({});
  const search = useDebounced(typed.trim());
  const assets = useAssets({ ...choices, search: search.length >= 2 ? search : undefined });
  const rows = assets.data?.pages.flatMap((page) => page.items) ?? [];
  const roles = useSession().data?.account.roles ?? [];
  const mayAdd = roles.includes('officer') || roles.includes('archivist');
  usePageTitle(t.assets.title);
  return (
    <div className="lh-page">
      <div className="lh-page-head">
        <h1>{t.assets.title}</h1>
      </div>
      <div className="lh-filters">
        <Input
          allowClear
          prefix={<SearchOutlined />}
          placeholder={t.assets.search}
          aria-label={t.assets.search}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Filters choices={choices} onChange={setChoices} />
      </div>
      {mayAdd && <Intake />}
      {assets.isError && <ErrorNotice error={assets.error} onRetry={() => void assets.refetch()} />}
      {assets.isSuccess && rows.length === 0 ? (
        <TeachingEmpty title={t.assets.emptyTitle} hint={t.assets.emptyHint} />
      ) : (
        !assets.isError && <AssetTable rows={rows} loading={assets.isPending} />
      )}
      <LoadMore {...assets} />
    </div>
  );
}

/** Takes files of no case yet: what a recorder held, before anyone has sorted it. */
function Intake() {
  const { t } = useLanguage();
  const uploads = useUploads();
  const take = (files: File[]) => uploads.add(files, null);
  const { over, handlers } = useFileDrop(true, take);
  useNoStrayDrops();
  return (
    <>
      <UnfinishedUploads caseId={null} targetOf={() => null} />
      <div {...handlers}>
        <DropZone over={over} here={t.assets.dropHere} release={t.assets.dropRelease} onFiles={take} />
      </div>
    </>
  );
}

function Filters({ choices, onChange }: { choices: Choices; onChange: (choices: Choices) => void }) {
  const { t } = useLanguage();
  // A choice of "any" is no key at all, not an undefined one.
  const choose = (key: keyof Choices, value: string | undefined) => {
    const rest = { ...choices };
    delete rest[key];
    onChange(value === undefined || value === 'any' ? rest : { ...rest, [key]: value });
  };
  return (
    <>
      <Select
        aria-label={t.assets.kind}
        value={choices.kind ?? 'any'}
        onChange={(value) => choose('kind', value)}
        options={[
          { value: 'any', label: t.assets.anyKind },
          ...KINDS.map((value) => ({ value, label: t.assets.kinds[value] })),
        ]}
      />
      <Select
        aria-label={t.assets.columns.custody}
        value={choices.custody ?? 'any'}
        onChange={(value) => choose('custody', value)}
        options={[
          { value: 'any', label: t.assets.anyCustody },
          ...CUSTODIES.map((value) => ({ value, label: t.assets.custody[value] })),
        ]}
      />
      <Select
        aria-label={t.assets.columns.link}
        value={choices.linked ?? 'any'}
        onChange={(value) => choose('linked', value)}
        options={[
          { value: 'any', label: t.assets.linked.any },
          { value: 'yes', label: t.assets.linked.yes },
          { value: 'no', label: t.assets.linked.no },
        ]}
      />
      <Checkbox
        checked={choices.mine === 'yes'}
        onChange={(event) => choose('mine', event.target.checked ? 'yes' : undefined)}
      >
        {t.assets.mine}
      </Checkbox>
    </>
  );
}

function AssetTable({ rows, loading }: { rows: readonly AssetSummary[]; loading: boolean }) {
  const { t } = useLanguage();
  const { columns: names } = t.assets;
  const columns: Column<AssetSummary>[] = [
    {
      key: 'file',
      title: names.file,
      bare: true,
      render: (row) => (
        <div className="lh-asset-cell">
          <AssetThumbnail asset={row} small />
          <div className="lh-cell-main">
            <Link to={`/assets/${row.id}`}>{row.fileName}</Link>
            <span className="lh-muted">
              {t.assets.kinds[row.kind]}
              {row.durationMs !== null && ` · ${clockText(row.durationMs)}`}
              {row.pageCount !== null && ` · ${t.assets.pages(row.pageCount)}`} · {t.assets.by(row.receivedFromName)}
            </span>
          </div>
        </div>
      ),
    },
    {
      key: 'custody',
      title: names.custody,
      width: '190px',
      bare: true,
      render: (row) => (
        <>
          <CustodyTag custody={row.custody} />
          <ViewingTag asset={row} />
        </>
      ),
    },
    {
      key: 'at',
      title: names.at,
      width: '190px',
      render: (row) => (
        <div className="lh-cell-main">
          <span className="lh-figures">{timeText(row.at)}</span>
          <span className="lh-muted">{t.assets.atSource[row.atSource]}</span>
        </div>
      ),
    },
    {
      key: 'link',
      title: names.link,
      width: '220px',
      render: (row) =>
        row.link ? (
          <Link to={`/cases/${row.link.caseId}?step=${row.link.occurrenceId}`}>{row.link.caseNumber}</Link>
        ) : (
          <span className="lh-muted">{t.assets.unlinked}</span>
        ),
    },
    {
      key: 'size',
      title: names.size,
      width: '110px',
      render: (row) => <span className="lh-figures">{sizeText(row.sizeBytes ?? row.receivedBytes)}</span>,
    },
  ];
  return (
    <DataTable caption={t.assets.title} columns={columns} rows={rows} rowKey={(row) => row.id} loading={loading} />
  );
}
