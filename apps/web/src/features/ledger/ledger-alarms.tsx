import type { Ledger } from '#contract';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import type { Station } from './stations.js';

/** What cannot wait, above everything else and not to be taken for anything else. */
export function LedgerAlarms({ ledger, stations }: { ledger: Ledger; stations: readonly Station[] }) {
  const refusals = stations.filter(({ refusal }) => refusal !== null);
  const findings = ledger.watch?.findings ?? [];
  return (
    <>
      {ledger.frozen && <Frozen frozen={ledger.frozen} />}
      {refusals.map((station) => (
        <Refusal key={station.key} station={station} at={refusedAt(ledger, station)} />
      ))}
      {findings.length > 0 && <Findings findings={findings} />}
    </>
  );
}

function refusedAt({ witnesses }: Ledger, { name }: Station): string | null {
  return witnesses.find((witness) => witness.name === name)?.refusedAt ?? null;
}

function Frozen({ frozen }: { frozen: NonNullable<Ledger['frozen']> }) {
  const { t } = useLanguage();
  const { what, steps } = t.ledger.frozen[frozen.reason];
  return (
    <section className="lh-quarantine" role="alert" data-alarm="frozen">
      <strong>{t.ledger.frozenTitle}</strong>
      <p className="lh-figures">{t.ledger.frozenSince(timeText(frozen.since))}</p>
      <p>{what}</p>
      <ol className="lh-steps">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </section>
  );
}

function Refusal({ station, at }: { station: Station; at: string | null }) {
  const { t } = useLanguage();
  return (
    <section className="lh-quarantine" role="alert" data-alarm="refused">
      <strong>{t.ledger.refused(station.name ?? '')}</strong>
      <p>{t.ledger.refusedHint}</p>
      <p>
        <code>{station.refusal}</code> <span className="lh-muted lh-figures">{at !== null && timeText(at)}</span>
      </p>
    </section>
  );
}

function Findings({ findings }: { findings: NonNullable<Ledger['watch']>['findings'] }) {
  const { t } = useLanguage();
  return (
    <section className="lh-quarantine" role="alert" data-alarm="findings">
      <strong>{t.ledger.findings(findings.length)}</strong>
      <p>{t.ledger.findingsHint}</p>
      <ul className="lh-findings">
        {[...findings].reverse().map(({ what, index, foundAt }) => (
          <li key={`${foundAt} ${what}`}>
            <time className="lh-muted lh-figures">{timeText(foundAt)}</time>
            {index !== null && <span className="lh-figures">{t.ledger.entry(index)}</span>}
            <code>{what}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
