import type { ClosingView } from '#contract';
import { DEMO_AUTHORITY_MARK } from '#domain';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';

/** How the case was closed, what its originals were found to be then, and who outside says when. */
export function ClosingNotice({ closing }: { closing: ClosingView }) {
  const { t } = useLanguage();
  const { at, by, manner, reason, originals, quarantined } = closing;
  const bad = originals === null ? 0 : originals.count - originals.intact;
  return (
    <section className="lh-closing" aria-label={t.closing.title} data-alarm={bad > 0 || undefined}>
      <p>
        <strong>{t.closing.banner(timeText(at))}</strong> {t.closing.manners[manner]}
        {by !== null && <span className="lh-muted"> {t.closing.by(by)}</span>}
      </p>
      {reason !== null && <p>{reason}</p>}
      {quarantined.length > 0 && <p>{t.closing.quarantined(quarantined.length)}</p>}
      <dl>
        <dt>{t.closing.originals}</dt>
        <dd data-fact="originals">
          {originals === null && t.closing.originalsPending}
          {originals !== null && bad === 0 && t.closing.originalsGood(originals.count)}
          {originals !== null && bad > 0 && t.closing.originalsBad(bad, originals.count)}
        </dd>
        <dt>{t.closing.timestamp}</dt>
        <dd data-fact="timestamp">
          <Timestamp closing={closing} />
        </dd>
      </dl>
    </section>
  );
}

function Timestamp({ closing: { timestamp, hasAuthority } }: { closing: ClosingView }) {
  const { t } = useLanguage();
  if (timestamp === null) return hasAuthority === true ? t.closing.timestampPending : t.closing.timestampOff;
  return (
    <>
      {t.closing.timestamped(timeText(timestamp.at), timestamp.authority)}
      {timestamp.authority.includes(DEMO_AUTHORITY_MARK) && <small>{t.closing.demoAuthority}</small>}
    </>
  );
}
