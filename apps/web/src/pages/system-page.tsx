import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { LockTestView, System } from '#contract';
import { useSystem } from '../api/people.js';
import { DataTable } from '../components/data-table.js';
import { ErrorNotice } from '../components/error-notice.js';
import { PageLoading } from '../components/page-loading.js';
import { Tag } from '../components/tag.js';
import { FactList } from '../features/assets/asset-facts.js';
import { ReplicaAlert, ReplicaFacts } from '../features/findings/replica-facts.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { groupedNumber, sizeText, timeText } from '../i18n/quantities.js';
import '../features/assets/assets.css';

type LockVerdict = LockTestView['attempts']['lock'];

const DAY_MS = 86_400_000;

export function SystemPage() {
  const { t } = useLanguage();
  const system = useSystem();
  usePageTitle(t.system.title);
  if (system.isPending) return <PageLoading />;
  return (
    <div className="lh-page">
      <div className="lh-page-head">
        <h1>{t.system.title}</h1>
        <span className="lh-muted">
          {system.data && t.system.version(system.data.version)} · <a href="/api/docs">{t.system.apiDocs}</a>
        </span>
      </div>
      {system.isError && <ErrorNotice error={system.error} onRetry={() => void system.refetch()} />}
      {system.data && <SystemBody system={system.data} />}
    </div>
  );
}

function SystemBody({ system }: { system: System }) {
  const { t } = useLanguage();
  const { store, counts, watch } = system;
  return (
    <>
      {!store.locked && (
        <Alert
          type="warning"
          showIcon
          title={t.app.says(t.system.store) + t.system.unlocked}
          description={store.kind === 'filesystem' ? t.system.unlockedHint : t.system.unprovedHint}
          className="lh-gap-below"
        />
      )}
      {store.sealingRefused && (
        <Alert
          type="error"
          showIcon
          title={t.system.sealingRefused}
          description={t.system.sealingRefusedHint}
          className="lh-gap-below"
        />
      )}
      {store.kind === 's3' && store.unlockedAllowed && (
        <Alert
          type="error"
          showIcon
          title={t.system.unlockedAllowed}
          description={t.system.unlockedAllowedHint}
          className="lh-gap-below"
        />
      )}
      <ReplicaAlert replica={system.replica} />
      {watch.open > 0 && (
        <Alert
          type="error"
          showIcon
          title={<Link to="/findings">{t.system.openFindings(watch.open)}</Link>}
          className="lh-gap-below"
        />
      )}
      <ul className="lh-counts">
        {(['cases', 'assets', 'sealed', 'owed', 'quarantined'] as const).map((key) => (
          <li key={key} data-alarm={(key === 'quarantined' && counts[key] > 0) || undefined}>
            <strong>{groupedNumber(counts[key])}</strong>
            <span>{t.system.countNames[key]}</span>
          </li>
        ))}
      </ul>
      <div className="lh-two">
        <section className="lh-block">
          <h2>{t.system.store}</h2>
          <FactList
            rows={[
              [
                t.system.kinds[store.kind],
                <Tag key="locked" tone={store.locked ? 'good' : 'warn'}>
                  {store.locked ? t.system.locked : t.system.unlocked}
                </Tag>,
              ],
              [t.system.free, store.freeBytes === null ? t.app.unknown : sizeText(store.freeBytes)],
            ]}
          />
          {store.lockTest !== null && <LockTestFacts test={store.lockTest} />}
        </section>
        <section className="lh-block">
          <h2>{t.system.replica}</h2>
          {system.replica === null ? (
            <p className="lh-muted">{t.system.noReplica}</p>
          ) : (
            <>
              <ReplicaFacts replica={system.replica} />
              {system.replica.lockTest !== null && <LockTestFacts test={system.replica.lockTest} />}
            </>
          )}
        </section>
        <section className="lh-block">
          <h2>{t.system.watch}</h2>
          <FactList
            rows={[
              [t.system.watchPeriod, t.system.days(Math.round(watch.periodMs / DAY_MS))],
              [t.system.checkedLastDay, groupedNumber(watch.checkedLastDay)],
              [
                t.system.overdue,
                <span key="overdue" className={watch.overdue > 0 ? 'lh-alarm' : ''}>
                  {groupedNumber(watch.overdue)}
                </span>,
              ],
              [
                t.system.oldestChecked,
                watch.oldestCheckedAt === null ? t.app.unknown : timeText(watch.oldestCheckedAt),
              ],
            ]}
          />
        </section>
        <section className="lh-block">
          <h2>{t.system.sandbox}</h2>
          {system.sandbox ? (
            <SandboxFacts sandbox={system.sandbox} />
          ) : (
            <p className="lh-muted">{t.system.noSandboxReport}</p>
          )}
        </section>
      </div>
      <QueueTable queue={system.queue} />
    </>
  );
}

/** What was tried on a locked scratch object with the archive's own key. */
function LockTestFacts({ test }: { test: LockTestView }) {
  const { t } = useLanguage();
  const attempts = Object.entries(test.attempts) as [keyof LockTestView['attempts'], LockVerdict][];
  return (
    <>
      <h3>
        {t.system.lockTest} <span className="lh-muted lh-figures">{timeText(test.at)}</span>
      </h3>
      <FactList
        rows={attempts.map(([attempt, verdict]) => [
          t.system.lockAttempts[attempt],
          <Tag key={attempt} tone={verdict === 'held' ? 'good' : 'alarm'}>
            {t.system.lockVerdicts[verdict]}
          </Tag>,
        ])}
      />
    </>
  );
}

/** What was tried with a real tool inside, and which tools there are. */
function SandboxFacts({ sandbox }: { sandbox: NonNullable<System['sandbox']> }) {
  const { t } = useLanguage();
  const promises = Object.entries(sandbox.promises ?? {}) as [keyof NonNullable<typeof sandbox.promises>, boolean][];
  return (
    <FactList
      rows={[
        [
          t.system.sandboxMode,
          <Tag key="mode" tone={sandbox.mode === 'full' ? 'good' : 'alarm'}>
            {t.system.sandboxModes[sandbox.mode]}
          </Tag>,
        ],
        ...(sandbox.problem === null ? [] : [[t.system.sandboxProblem, sandbox.problem] as [string, string]]),
        ...promises.map(([promise, isHeld]): [string, ReactNode] => [
          t.system.sandboxPromises[promise],
          <Tag key={promise} tone={isHeld ? 'good' : 'alarm'}>
            {isHeld ? t.system.promiseHolds : t.system.promiseBroken}
          </Tag>,
        ]),
        ...Object.entries(sandbox.versions).map(([tool, version]): [string, ReactNode] => [
          tool,
          <span key="version" className={version === null ? 'lh-alarm' : 'lh-muted'}>
            {version?.replace(`${tool} version `, '') ?? t.system.toolMissing}
          </span>,
        ]),
      ]}
    />
  );
}

function QueueTable({ queue }: { queue: System['queue'] }) {
  const { t } = useLanguage();
  const { queueColumns: names } = t.system;
  const rows = Object.entries(queue).map(([name, depths]) => ({ name, ...depths }));
  return (
    <section className="lh-block">
      <h2>{t.system.queue}</h2>
      <DataTable
        caption={t.system.queue}
        loading={false}
        rows={rows}
        rowKey={(row) => row.name}
        columns={[
          { key: 'name', title: names.name, bare: true, render: (row) => t.system.queueNames[row.name] ?? row.name },
          ...(['waiting', 'active', 'delayed', 'failed'] as const).map((key) => ({
            key,
            title: names[key],
            width: '120px',
            render: (row: (typeof rows)[number]) => (
              <span className={`lh-figures ${key === 'failed' && row[key] > 0 ? 'lh-alarm' : ''}`}>{row[key]}</span>
            ),
          })),
        ]}
      />
    </section>
  );
}
