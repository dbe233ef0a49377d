import {
  AuditOutlined,
  ClockCircleOutlined,
  EyeOutlined,
  LockOutlined,
  SafetyCertificateOutlined,
  SignatureOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useLanguage } from '../../i18n/language.js';
import { groupedNumber, spanText, timeText } from '../../i18n/quantities.js';
import { type Station, type StationKind, shareOf } from './stations.js';

const ICONS: Record<StationKind, ReactNode> = {
  signed: <SignatureOutlined />,
  witness: <EyeOutlined />,
  anchored: <SafetyCertificateOutlined />,
  vaulted: <LockOutlined />,
  timestamp: <ClockCircleOutlined />,
  watch: <AuditOutlined />,
};

interface ChartProps {
  readonly stations: readonly Station[];
  readonly size: number;
  readonly now: number;
}

/** A lane for each who follows the log: who is at the right has seen the newest entry. */
export function StationChart({ stations, size, now }: ChartProps) {
  const { t } = useLanguage();
  return (
    <>
      <div className="lh-lane-scale" aria-hidden="true">
        <span>{t.ledger.oldest}</span>
        <span>{t.ledger.newest}</span>
      </div>
      <ol className="lh-lanes">
        {stations.map((station) => (
          <Lane key={station.key} station={station} size={size} now={now} />
        ))}
        {stations.every(({ kind }) => kind !== 'witness') && <NoWitness />}
      </ol>
    </>
  );
}

function Lane({ station, size, now }: { station: Station; size: number; now: number }) {
  const { t, language } = useLanguage();
  const { kind, name, lag, at, standing } = station;
  const percent = standing === 'absent' ? 0 : Math.round(shareOf(lag, size) * 1_000) / 10;
  const isThere = standing !== 'absent';
  return (
    <li data-standing={standing} data-station={kind}>
      <span className="lh-lane-icon" aria-hidden="true">
        {ICONS[kind]}
      </span>
      <span className="lh-lane-name">
        <strong>{t.ledger.stations[kind]}</strong>
        {name !== null && <span className="lh-muted">{name}</span>}
      </span>
      <span className="lh-lane-track" aria-hidden="true">
        <span style={{ width: `${percent}%` }} />
      </span>
      <span className="lh-lane-words lh-figures">
        <span className="lh-lane-lag">
          {!isThere && t.ledger.absent[kind]}
          {isThere && (lag === 0 ? t.ledger.upToDate : t.ledger.lag(groupedNumber(lag)))}
        </span>
        {isThere && <span className="lh-muted">{t.ledger.upTo(groupedNumber(station.size))}</span>}
        {at !== null && (
          <time className="lh-muted" dateTime={at} title={timeText(at)}>
            {t.ledger.age(spanText(Math.max(0, now - Date.parse(at)), language))}
          </time>
        )}
        <span className="lh-hidden">{t.ledger.standings[standing]}</span>
      </span>
    </li>
  );
}

function NoWitness() {
  const { t } = useLanguage();
  return (
    <li data-standing="absent" data-station="witness">
      <span className="lh-lane-icon" aria-hidden="true">
        {ICONS.witness}
      </span>
      <span className="lh-lane-name">
        <strong>{t.ledger.noWitness}</strong>
      </span>
      <span className="lh-lane-note lh-muted">{t.ledger.noWitnessHint}</span>
    </li>
  );
}
