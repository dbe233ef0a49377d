import type { Ledger } from '#contract';
import { useLedger } from '../api/ledger.js';
import { ErrorNotice } from '../components/error-notice.js';
import { PageLoading } from '../components/page-loading.js';
import { Anchoring } from '../features/ledger/anchoring.js';
import { LedgerAlarms } from '../features/ledger/ledger-alarms.js';
import { LedgerKeysCard } from '../features/ledger/ledger-keys.js';
import { PublicLog } from '../features/ledger/public-log.js';
import { StationChart } from '../features/ledger/station-chart.js';
import { healthOf, type Station } from '../features/ledger/stations.js';
import { useStations } from '../features/ledger/use-stations.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { groupedNumber, spanText } from '../i18n/quantities.js';
import '../features/assets/assets.css';
import '../features/ledger/ledger.css';

/** How the log is doing, for who watches over it. */
export function LedgerPage() {
  const { t } = useLanguage();
  const ledger = useLedger();
  usePageTitle(t.ledger.title);
  if (ledger.isPending) return <PageLoading />;
  return (
    <div className="lh-page">
      {ledger.isError && <ErrorNotice error={ledger.error} onRetry={() => void ledger.refetch()} />}
      {ledger.data && <LedgerBody ledger={ledger.data} />}
    </div>
  );
}

function LedgerBody({ ledger }: { ledger: Ledger }) {
  const { t } = useLanguage();
  const { stations, now } = useStations(ledger);
  const health = healthOf(ledger, stations);
  return (
    <>
      <header className="lh-page-head">
        <div className="lh-title-block">
          <h1>{t.ledger.title}</h1>
          <p className="lh-muted">{t.ledger.intro}</p>
        </div>
        <p className="lh-health" data-health={health}>
          {t.ledger.health[health]}
        </p>
      </header>
      <LedgerAlarms ledger={ledger} stations={stations} />
      <Counts ledger={ledger} stations={stations} now={now} />
      <section className="lh-block" aria-labelledby="ledger-chart">
        <h2 id="ledger-chart">{t.ledger.chart}</h2>
        <p className="lh-muted lh-gap-below">{t.ledger.chartHint}</p>
        <StationChart stations={stations} size={ledger.size} now={now} />
      </section>
      <Anchoring ledger={ledger} stations={stations} />
      <LedgerKeysCard keys={ledger.keys} />
      <PublicLog signedSize={ledger.signed?.size ?? 0} />
    </>
  );
}

function Counts({ ledger, stations, now }: { ledger: Ledger; stations: readonly Station[]; now: number }) {
  const { t, language } = useLanguage();
  const { signed } = ledger;
  const witnesses = stations.filter(({ kind }) => kind === 'witness');
  const well = witnesses.filter(({ standing }) => standing === 'good');
  const rows = [
    { key: 'size', text: groupedNumber(ledger.size) },
    { key: 'waiting', text: groupedNumber(ledger.waiting), alarm: ledger.frozen !== null && ledger.waiting > 0 },
    {
      key: 'signedAge',
      text: signed === null ? t.ledger.never : spanText(Math.max(0, now - Date.parse(signed.at)), language),
    },
    {
      key: 'witnesses',
      text: witnesses.length === 0 ? t.ledger.never : `${well.length} / ${witnesses.length}`,
      alarm: witnesses.some(({ standing }) => standing === 'alarm'),
    },
  ] as const;
  return (
    <ul className="lh-counts">
      {rows.map((row) => (
        <li key={row.key} data-count={row.key} data-alarm={('alarm' in row && row.alarm) || undefined}>
          <strong>{row.text}</strong>
          <span>{t.ledger.counts[row.key]}</span>
        </li>
      ))}
    </ul>
  );
}
