import { Alert } from 'antd';
import type { LedgerKeys } from '#contract';
import { CopyButton, Digest } from '../../components/copy-text.js';
import { KeyFingerprint } from '../../components/key-fingerprint.js';
import { ScanCode } from '../../components/scan-code.js';
import { useLanguage } from '../../i18n/language.js';
import { pinText } from '../receipts/pinned-keys.js';

/** The keys as others are to keep them: to copy, to scan, and to read out loud. */
export function LedgerKeysCard({ keys }: { keys: LedgerKeys | null }) {
  const { t } = useLanguage();
  return (
    <section className="lh-block" aria-labelledby="ledger-keys">
      <h2 id="ledger-keys">{t.ledger.keys}</h2>
      <p className="lh-muted lh-gap-below">{t.ledger.keysHint}</p>
      {keys === null && <Alert type="warning" showIcon title={t.ledger.noKeys} />}
      {keys && (
        <div className="lh-keys">
          <dl>
            <dt>{t.ledger.origin}</dt>
            <dd>
              <Digest value={keys.origin} />
            </dd>
            <Key name={t.ledger.logKey} vkey={keys.vkey} />
            <Key name={t.ledger.receiptKey} vkey={keys.receiptVkey} />
          </dl>
          <div className="lh-keys-scan">
            <ScanCode text={pinText(keys)} label={t.ledger.qr} />
            <span>
              {t.ledger.pinBoth}
              <CopyButton text={pinText(keys)} label={t.ledger.copyBoth} />
            </span>
          </div>
        </div>
      )}
    </section>
  );
}

function Key({ name, vkey }: { name: string; vkey: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Digest value={vkey} />
        <KeyFingerprint vkey={vkey} />
      </dd>
    </>
  );
}
