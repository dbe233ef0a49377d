import type { Ledger } from '#contract';
import { DEMO_AUTHORITY_MARK } from '#domain';
import { useLanguage } from '../../i18n/language.js';
import { groupedNumber, timeText } from '../../i18n/quantities.js';
import type { Station } from './stations.js';

/** When a checkpoint counts as anchored, who has signed the newest, and who outside says the time. */
export function Anchoring({ ledger, stations }: { ledger: Ledger; stations: readonly Station[] }) {
  const { t } = useLanguage();
  return (
    <section className="lh-block" aria-labelledby="ledger-anchoring">
      <h2 id="ledger-anchoring">{t.ledger.anchoring}</h2>
      <Quorum ledger={ledger} stations={stations} />
      <Authority ledger={ledger} />
    </section>
  );
}

function Quorum({ ledger: { quorum, anchored, signed }, stations }: Parameters<typeof Anchoring>[0]) {
  const { t } = useLanguage();
  if (quorum === null) return <p className="lh-muted">{t.ledger.quorumUnknown}</p>;
  if (quorum.needed === 0) return <p>{t.ledger.noQuorum}</p>;
  const cosigners = stations.filter(
    ({ kind, size, refusal }) => kind === 'witness' && refusal === null && size > 0 && size === signed?.size,
  );
  // A plain k of n is said in words; of anything else the numbers alone would mislead.
  const isPlain = quorum.rule.split('\n').length <= 2;
  return (
    <>
      <p data-fact="quorum">{t.ledger.quorum(quorum.needed, quorum.of)}</p>
      {!isPlain && <pre className="lh-muted">{quorum.rule}</pre>}
      <p className="lh-figures" data-fact="anchored">
        {anchored === null
          ? t.ledger.notAnchored
          : t.ledger.anchoredAt(groupedNumber(anchored.size), timeText(anchored.at))}
      </p>
      <p className="lh-muted" data-fact="cosigners">
        {cosigners.length === 0
          ? t.ledger.noCosigner
          : t.ledger.cosigners(cosigners.map(({ name }) => name).join(t.check.separator))}
      </p>
    </>
  );
}

function Authority({ ledger: { hasAuthority, timestamp } }: { ledger: Ledger }) {
  const { t } = useLanguage();
  if (hasAuthority === false) return <p data-fact="authority">{t.ledger.noAuthority}</p>;
  if (timestamp === null) return hasAuthority === null ? null : <p data-fact="authority">{t.ledger.noTokenYet}</p>;
  return (
    <>
      <p data-fact="authority">{t.ledger.authority(timestamp.authority)}</p>
      {timestamp.authority.includes(DEMO_AUTHORITY_MARK) && (
        <p className="lh-demo-authority" role="note">
          <strong>{t.ledger.demoAuthority}</strong>
        </p>
      )}
    </>
  );
}
