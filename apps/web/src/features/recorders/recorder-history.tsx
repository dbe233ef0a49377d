import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { RecorderDetail } from '#contract';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { offsetText, timeText } from '../../i18n/quantities.js';

type Props = { readonly recorder: RecorderDetail };

/** A list of what happened, newest first. */
function History({ title, isEmpty, children }: { title: string; isEmpty: boolean; children: ReactNode }) {
  const { t } = useLanguage();
  return (
    <section className="lh-block">
      <h2>{title}</h2>
      {isEmpty ? <p className="lh-muted">{t.recorders.noHistory}</p> : <ul className="lh-history">{children}</ul>}
    </section>
  );
}

export function IssueHistory({ recorder: { issues } }: Props) {
  const { t } = useLanguage();
  return (
    <History title={t.recorders.history} isEmpty={issues.length === 0}>
      {issues.map(({ id, name, officerNumber, issuedAt, returnedAt, note }) => (
        <li key={id}>
          <strong>{name}</strong>
          {officerNumber !== null && <span className="lh-muted"> {officerNumber}</span>}
          {returnedAt === null && <Tag tone="accent">{t.recorders.still}</Tag>}
          <p className="lh-figures lh-muted">
            {timeText(issuedAt)} – {returnedAt === null ? '' : timeText(returnedAt)}
          </p>
          {note !== null && <p>{note}</p>}
        </li>
      ))}
    </History>
  );
}

export function ClockHistory({ recorder: { clocks, drift } }: Props) {
  const { t, language } = useLanguage();
  return (
    <History title={t.recorders.clocks} isEmpty={clocks.length === 0}>
      {drift !== null && (
        <li>
          {t.recorders.drift((drift.msPerDay / 1000).toFixed(1))}
          {drift.isTooMuch && <Tag tone="alarm">{t.recorders.driftTooMuch}</Tag>}
        </li>
      )}
      {clocks.map(({ id, source, at, deviceAt, errorMs, wasSet, assetId, by }) => (
        <li key={id}>
          <strong className="lh-figures">{offsetText(errorMs, language)}</strong>{' '}
          {assetId === null ? (
            t.recorders.clockSources[source]
          ) : (
            <Link to={`/assets/${assetId}`}>{t.recorders.clockSources[source]}</Link>
          )}
          {wasSet && <Tag tone="good">{t.recorders.wasSet}</Tag>}
          <p className="lh-figures lh-muted">
            {t.recorders.trueTime} {timeText(at)} · {t.recorders.shown} {timeText(deviceAt)} · {t.recorders.by(by)}
          </p>
        </li>
      ))}
    </History>
  );
}

export function CheckHistory({ recorder: { checks } }: Props) {
  const { t } = useLanguage();
  return (
    <History title={t.recorders.checks} isEmpty={checks.length === 0}>
      {checks.map(({ id, kind, passed, findings, at, by }) => (
        <li key={id}>
          <strong>{t.recorders.checkKinds[kind]}</strong>{' '}
          <Tag tone={passed ? 'good' : 'alarm'}>{passed ? t.recorders.passed : t.recorders.failed}</Tag>
          {findings !== null && <p>{findings}</p>}
          <p className="lh-figures lh-muted">
            {timeText(at)} · {t.recorders.by(by)}
          </p>
        </li>
      ))}
    </History>
  );
}

export function ListHistory({ recorder: { lists } }: Props) {
  const { t } = useLanguage();
  return (
    <History title={t.recorders.lists} isEmpty={lists.length === 0}>
      {lists.map(({ id, fileName, entryCount, encoding, format, at, by }) => (
        <li key={id}>
          <strong>{fileName}</strong> {t.recorders.entries(entryCount)}
          <p className="lh-figures lh-muted">
            {timeText(at)} · {t.recorders.by(by)} · {format.toUpperCase()} {encoding}
          </p>
        </li>
      ))}
    </History>
  );
}
