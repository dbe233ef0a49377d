import { UploadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { ProcedureView } from '#contract';
import { useProcedures } from '../api/cases.js';
import { useSession } from '../api/session.js';
import { type Column, DataTable } from '../components/data-table.js';
import { ErrorNotice } from '../components/error-notice.js';
import { AgencyWords } from '../features/procedures/agency-words.js';
import { TakeInDialog } from '../features/procedures/take-in-dialog.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import '../features/procedures/procedures.css';

/** All procedures, with their acts and newest versions. */
export function ProceduresPage() {
  const { t, label } = useLanguage();
  const procedures = useProcedures();
  const { data: session } = useSession();
  const [taking, setTaking] = useState(false);
  const isAdministrator = session?.account.roles.includes('administrator') ?? false;
  usePageTitle(t.procedures.title);
  const names = t.procedures.columns;
  const columns: Column<ProcedureView>[] = [
    {
      key: 'title',
      title: names.title,
      bare: true,
      render: ({ id, title, source }) => (
        <div className="lh-cell-main">
          <Link to={`/procedures/${id}`}>
            <strong>{label(title)}</strong>
          </Link>
          <span className="lh-muted">{source}</span>
        </div>
      ),
    },
    { key: 'act', title: names.act, width: '160px', render: ({ act }) => t.procedures.acts[act] },
    { key: 'version', title: names.version, width: '120px', render: ({ version }) => t.procedures.version(version) },
    { key: 'steps', title: names.steps, width: '90px', render: ({ steps }) => steps.length },
    { key: 'limits', title: names.limits, width: '90px', render: ({ limits }) => limits.length },
  ];
  return (
    <div className="lh-page">
      <div className="lh-page-head">
        <div className="lh-title-block">
          <h1>{t.procedures.title}</h1>
          <p className="lh-muted">{t.procedures.intro}</p>
        </div>
        {isAdministrator && (
          <Button type="primary" icon={<UploadOutlined />} onClick={() => setTaking(true)}>
            {t.procedures.upload}
          </Button>
        )}
      </div>
      {procedures.error && <ErrorNotice error={procedures.error} onRetry={() => void procedures.refetch()} />}
      <DataTable
        caption={t.procedures.title}
        columns={columns}
        rows={procedures.data?.items ?? []}
        rowKey={({ id }) => id}
        loading={procedures.isPending}
      />
      {isAdministrator && <AgencyWords />}
      {taking && <TakeInDialog procedureId={null} onClose={() => setTaking(false)} />}
    </div>
  );
}
