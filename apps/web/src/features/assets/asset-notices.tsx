import { DownloadOutlined } from '@ant-design/icons';
import { Alert, Button } from 'antd';
import type { AssetView } from '#contract';
import { UNVIEWABLE_TEXT } from '#domain';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import { damageText } from '../findings/finding-words.js';

/** What must be known before anything is looked at, worst first. */
export function AssetNotices({ asset }: { asset: AssetView }) {
  const { t } = useLanguage();
  const { custody, viewing } = asset;
  if (custody === 'quarantined') return <Quarantined asset={asset} />;
  if (custody === 'disposed') return <Alert type="info" showIcon title={t.asset.disposedTitle} />;
  if (custody === 'receiving') return <Alert type="info" showIcon title={t.asset.receivingTitle} />;
  return (
    <>
      <Integrity asset={asset} />
      {viewing.state === 'pending' && <Alert type="info" showIcon title={t.asset.pendingTitle} />}
      {viewing.state === 'unviewable' && <Unviewable asset={asset} />}
      {custody === 'received' && (
        <Alert
          type="warning"
          showIcon
          title={t.asset.notSealedYet}
          description={asset.waitsFor === null ? undefined : t.asset.waitsFor[asset.waitsFor]}
        />
      )}
    </>
  );
}

/** What the last look at the stored original found, when it was not as it should be. */
function Integrity({ asset }: { asset: AssetView }) {
  const { t } = useLanguage();
  const { check } = asset;
  if (check === null || check.result === 'intact' || check.result === 'not-run') return null;
  const found = [check.result, ...check.also].map((result) => t.findings.results[result]).join(t.findings.and);
  const damage = damageText(check, t);
  return (
    <div className="lh-quarantine" role="alert">
      <strong>{t.asset.integrityTitle + found}</strong>
      <p>{t.findings.hints[check.result]}</p>
      {damage !== null && <p>{damage}</p>}
      <p className="lh-figures">{t.findings.sinceWhen(timeText(check.since))}</p>
    </div>
  );
}

function Quarantined({ asset }: { asset: AssetView }) {
  const { t } = useLanguage();
  return (
    <div className="lh-quarantine" role="alert">
      <strong>{t.asset.quarantinedTitle}</strong>
      <p>{t.asset.quarantinedHint}</p>
      {asset.quarantineReason !== null && (
        <p>
          {(t.asset.quarantineReasons as Partial<Record<string, string>>)[asset.quarantineReason] ??
            asset.quarantineReason}
        </p>
      )}
    </div>
  );
}

function Unviewable({ asset }: { asset: AssetView }) {
  const { t, label } = useLanguage();
  if (asset.viewing.state !== 'unviewable') return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={t.asset.unviewableTitle}
      description={label(UNVIEWABLE_TEXT[asset.viewing.reason])}
      action={<DownloadButton asset={asset} />}
    />
  );
}

export function DownloadButton({ asset }: { asset: AssetView }) {
  const { t } = useLanguage();
  if (!asset.mayDownload || asset.downloadUrl === null) return null;
  return (
    <Button icon={<DownloadOutlined />} href={asset.downloadUrl} download={asset.fileName}>
      {t.asset.download}
    </Button>
  );
}
