import { fingerprintOf, sha256 } from '#dossier';
import { useLanguage } from '../i18n/language.js';

/** The fingerprint of a key, in groups to be read out loud or off paper. Verifiers of dossiers take it so. */
export function KeyFingerprint({ vkey }: { vkey: string }) {
  const { t } = useLanguage();
  const groups = fingerprintOf(sha256, vkey).match(/.{4}/g) ?? [];
  return (
    <p className="lh-fingerprint">
      <span className="lh-muted">{t.ledger.fingerprint}</span>
      <code>
        {groups.map((group, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two groups may be equal, their places are fixed
          <span key={i}>{group} </span>
        ))}
      </code>
    </p>
  );
}
