import { DownloadOutlined, PrinterOutlined, UploadOutlined } from '@ant-design/icons';
import { Button, Select, Tabs } from 'antd';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { ProcedureDetail, ProcedureVersion } from '#contract';
import { recordingListAddress, useProcedure } from '../api/procedures.js';
import { useSession } from '../api/session.js';
import { CopyButton } from '../components/copy-text.js';
import { ErrorNotice } from '../components/error-notice.js';
import { PageLoading } from '../components/page-loading.js';
import { FlowChart } from '../features/procedures/flow-chart.js';
import { ConditionTable, LimitTable, StepTable } from '../features/procedures/rule-tables.js';
import { TakeInDialog } from '../features/procedures/take-in-dialog.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { timeText } from '../i18n/quantities.js';
import '../features/procedures/procedures.css';

/** One procedure: its flow chart, steps, limits and conditions, of any version. */
export function ProcedurePage() {
  const { procedureId = '' } = useParams();
  const [version, setVersion] = useState<number | null>(null);
  const found = useProcedure(procedureId, version);
  const { label } = useLanguage();
  usePageTitle(found.data && label(found.data.procedure.title));
  if (found.isPending) return <PageLoading />;
  if (found.error) return <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />;
  return <Procedure detail={found.data} onVersion={setVersion} />;
}

function Procedure({ detail, onVersion }: { detail: ProcedureDetail; onVersion: (version: number) => void }) {
  const { t, label } = useLanguage();
  const { data: session } = useSession();
  const [taking, setTaking] = useState(false);
  const [tab, setTab] = useState('chart');
  const { procedure, versions } = detail;
  const tabs = [
    { key: 'chart', label: t.procedures.tabs.chart, children: <FlowChart procedure={procedure} /> },
    { key: 'steps', label: t.procedures.tabs.steps, children: <StepTable procedure={procedure} /> },
    { key: 'limits', label: t.procedures.tabs.limits, children: <LimitTable procedure={procedure} /> },
    { key: 'conditions', label: t.procedures.tabs.conditions, children: <ConditionTable procedure={procedure} /> },
  ];
  return (
    <div className="lh-page">
      <div className="lh-page-head">
        <div>
          <Link to="/procedures">{t.procedures.back}</Link>
          <h1>{label(procedure.title)}</h1>
        </div>
        <span className="lh-row-actions">
          {tab === 'chart' && (
            <Button icon={<PrinterOutlined />} title={t.procedures.printHint} onClick={() => window.print()}>
              {t.procedures.print}
            </Button>
          )}
          <Button icon={<DownloadOutlined />} href={recordingListAddress(procedure.id, procedure.version)} download>
            {t.procedures.list}
          </Button>
          {session?.account.roles.includes('administrator') && (
            <Button type="primary" icon={<UploadOutlined />} onClick={() => setTaking(true)}>
              {t.procedures.upload}
            </Button>
          )}
        </span>
      </div>
      <Versions versions={versions} shown={procedure.version} onVersion={onVersion} />
      <p className="lh-muted">
        {t.procedures.acts[procedure.act]} · {procedure.source}
      </p>
      <Tabs items={tabs} activeKey={tab} onChange={setTab} />
      {taking && <TakeInDialog procedureId={procedure.id} onClose={() => setTaking(false)} />}
    </div>
  );
}

interface VersionsProps {
  readonly versions: readonly ProcedureVersion[];
  readonly shown: number;
  readonly onVersion: (version: number) => void;
}

function Versions({ versions, shown, onVersion }: VersionsProps) {
  const { t } = useLanguage();
  const one = versions.find(({ version }) => version === shown);
  return (
    <div className="lh-versions">
      <Select
        aria-label={t.procedures.versions}
        value={shown}
        virtual={false}
        onChange={onVersion}
        options={versions.map(({ version }) => ({ value: version, label: t.procedures.version(version) }))}
      />
      {one && (
        <span className="lh-muted">
          {one.takenInAt === null
            ? t.procedures.withArchive
            : t.procedures.takenIn(one.takenInBy ?? t.app.unknown, timeText(one.takenInAt))}
        </span>
      )}
      {one && (
        <span className="lh-muted">
          {t.procedures.digest} {one.sha256.slice(0, 19)}… <CopyButton text={one.sha256} />
        </span>
      )}
    </div>
  );
}
