import { NodeIndexOutlined } from '@ant-design/icons';
import { Button, Tabs } from 'antd';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { AssetView } from '#contract';
import { useAsset } from '../api/assets.js';
import { useMarks } from '../api/marks.js';
import { ErrorNotice } from '../components/error-notice.js';
import { PageLoading } from '../components/page-loading.js';
import { CustodyTag, LevelTag, ViewingTag } from '../components/state-tags.js';
import { AssetDigests } from '../features/assets/asset-digests.js';
import { AssetClocks, AssetFacts } from '../features/assets/asset-facts.js';
import { AssetNotices, DownloadButton } from '../features/assets/asset-notices.js';
import { CustodyLine } from '../features/assets/custody-line.js';
import { LinkDialog } from '../features/assets/link-dialog.js';
import { ReceiptLinks } from '../features/assets/receipt-links.js';
import { RenditionList } from '../features/assets/rendition-list.js';
import { EventList } from '../features/events/event-list.js';
import { MarksPanel } from '../features/marks/marks-panel.js';
import { usePlayLink } from '../features/marks/play-link.js';
import { AssetPlayer } from '../features/player/asset-player.js';
import { AssetRecordingBlock } from '../features/sorting/asset-recording.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { timeText } from '../i18n/quantities.js';
import '../features/assets/assets.css';

export function AssetPage() {
  const { assetId = '' } = useParams();
  const asset = useAsset(assetId);
  usePageTitle(asset.data?.fileName);
  if (asset.isPending) return <PageLoading />;
  if (!asset.data) {
    return (
      <div className="lh-page">
        <ErrorNotice error={asset.error} onRetry={() => void asset.refetch()} />
      </div>
    );
  }
  return <AssetBody asset={asset.data} />;
}

function AssetBody({ asset }: { asset: AssetView }) {
  const { t } = useLanguage();
  const [linking, setLinking] = useState(false);
  const link = usePlayLink(useMarks(asset.id).data);
  return (
    <div className="lh-page lh-page-wide">
      <header className="lh-page-head">
        <div className="lh-title-block">
          <p className="lh-kicker">
            {asset.link ? (
              <Link to={`/cases/${asset.link.caseId}?step=${asset.link.occurrenceId}`}>{asset.link.caseNumber}</Link>
            ) : (
              t.assets.unlinked
            )}{' '}
            <CustodyTag custody={asset.custody} />
            <ViewingTag asset={asset} />
            <LevelTag level={asset.level} />
          </p>
          <h1 className="lh-file-name">{asset.fileName}</h1>
          <p className="lh-muted">
            <span className="lh-figures">{timeText(asset.at)}</span>
            {t.app.aside(t.assets.atSource[asset.atSource])} · {t.assets.by(asset.receivedFromName)}
          </p>
        </div>
        <div className="lh-row">
          {asset.mayLink && (
            <Button icon={<NodeIndexOutlined />} onClick={() => setLinking(true)}>
              {asset.link ? t.case.move : t.asset.link}
            </Button>
          )}
          <DownloadButton asset={asset} />
        </div>
      </header>
      <AssetNotices asset={asset} />
      <div className="lh-asset">
        <div className="lh-asset-main">
          {asset.viewing.state === 'viewable' && <AssetPlayer key={asset.id} asset={asset} link={link} />}
          <AssetTabs asset={asset} />
        </div>
        <aside className="lh-asset-side">
          <MarksPanel asset={asset} link={link} />
          <section className="lh-block">
            <h2>{t.asset.custodyLine}</h2>
            <CustodyLine asset={asset} />
            <AssetClocks asset={asset} />
          </section>
          <AssetRecordingBlock asset={asset} />
          <section className="lh-block">
            <h2>{t.asset.receipt}</h2>
            <ReceiptLinks asset={asset} />
          </section>
        </aside>
      </div>
      {linking && <LinkDialog asset={asset} onClose={() => setLinking(false)} />}
    </div>
  );
}

function AssetTabs({ asset }: { asset: AssetView }) {
  const { t } = useLanguage();
  return (
    <Tabs
      destroyOnHidden
      items={[
        { key: 'facts', label: t.asset.facts, children: <AssetFacts asset={asset} /> },
        { key: 'digests', label: t.asset.digests, children: <AssetDigests asset={asset} /> },
        { key: 'log', label: t.asset.log, children: <EventList of="assets" id={asset.id} /> },
        {
          key: 'renditions',
          label: t.asset.renditions,
          children: <RenditionList renditions={asset.renditions} />,
        },
      ]}
    />
  );
}
