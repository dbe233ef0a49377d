import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons';
import type { AssetView } from '#contract';
import { Digest } from '../../components/copy-text.js';
import { useLanguage } from '../../i18n/language.js';
import { FactList } from './asset-facts.js';

export function AssetDigests({ asset: { digests } }: { asset: AssetView }) {
  const { t } = useLanguage();
  const { asset: words } = t;
  return (
    <FactList
      rows={[
        [words.sha256, <DigestOr key="sha256" value={digests.sha256} />],
        [words.sm3, <DigestOr key="sm3" value={digests.sm3} />],
        [words.blockRoot, <DigestOr key="root" value={digests.blockRoot} />],
        digests.declaredSha256 === null
          ? null
          : [
              words.declared,
              <div key="declared">
                <Digest value={digests.declaredSha256} />
                {digests.sha256 !== null && <Verdict equal={digests.sha256 === digests.declaredSha256} />}
              </div>,
            ],
      ]}
    />
  );
}

function DigestOr({ value }: { value: string | null }) {
  const { t } = useLanguage();
  return value === null ? <span className="lh-muted">{t.asset.digestPending}</span> : <Digest value={value} />;
}

function Verdict({ equal }: { equal: boolean }) {
  const { t } = useLanguage();
  return (
    <span className={equal ? 'lh-good' : 'lh-alarm'}>
      {equal ? <CheckCircleFilled /> : <CloseCircleFilled />} {equal ? t.asset.digestMatch : t.asset.digestDiffer}
    </span>
  );
}
