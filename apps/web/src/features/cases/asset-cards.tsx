import { MoreOutlined } from '@ant-design/icons';
import { Button, Dropdown, Skeleton } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { AssetSummary, CaseView, MissingNotesView } from '#contract';
import { UNVIEWABLE_TEXT } from '#domain';
import { useMissingNotes } from '../../api/marks.js';
import { CustodyTag, ViewingTag } from '../../components/state-tags.js';
import { useLanguage } from '../../i18n/language.js';
import { sizeText, timeText } from '../../i18n/quantities.js';
import { AssetThumbnail } from '../assets/asset-thumbnail.js';
import { LinkDialog } from '../assets/link-dialog.js';
import type { StepStanding } from './step-standing.js';

interface Props {
  readonly subject: CaseView;
  readonly standing: StepStanding;
  readonly loading: boolean;
}

export function AssetCards({ subject, standing, loading }: Props) {
  const { t } = useLanguage();
  const notes = useMissingNotes(subject.id).data?.items ?? [];
  const [moving, setMoving] = useState<AssetSummary | null>(null);
  if (loading) return <Skeleton active paragraph={{ rows: 3 }} />;
  if (standing.assets.length === 0) return <p className="lh-none">{t.case.emptyStep}</p>;
  return (
    <>
      <ul className="lh-cards">
        {standing.assets.map((asset) => (
          <AssetCard
            key={asset.id}
            asset={asset}
            missing={notes.find(({ assetId }) => assetId === asset.id)?.missing ?? []}
            onMove={subject.mayUpload ? () => setMoving(asset) : null}
          />
        ))}
      </ul>
      {moving && <LinkDialog asset={moving} fixedCase={{ subject }} onClose={() => setMoving(null)} />}
    </>
  );
}

interface CardProps {
  readonly asset: AssetSummary;
  /** What must be noted of it and is not: key content, a transcript. */
  readonly missing: MissingNotesView['items'][number]['missing'];
  readonly onMove: (() => void) | null;
}

function AssetCard({ asset, missing, onMove }: CardProps) {
  const { t, label } = useLanguage();
  const { viewing, custody } = asset;
  return (
    <li className="lh-card" data-custody={custody}>
      <Link to={`/assets/${asset.id}`} className="lh-card-link">
        <AssetThumbnail asset={asset} />
        <span className="lh-card-name" title={asset.fileName}>
          {asset.link?.purpose ?? asset.fileName}
        </span>
      </Link>
      <div className="lh-card-facts">
        <span className="lh-figures">{timeText(asset.at)}</span>
        <span>
          {t.assets.kinds[asset.kind]}
          {asset.pageCount !== null && ` · ${t.assets.pages(asset.pageCount)}`} ·{' '}
          {sizeText(asset.sizeBytes ?? asset.receivedBytes)}
        </span>
      </div>
      <div className="lh-card-foot">
        <span>
          <CustodyTag custody={custody} />
          <ViewingTag asset={asset} />
        </span>
        {onMove && (
          <Dropdown
            trigger={['click']}
            menu={{ items: [{ key: 'move', label: t.case.move, onClick: onMove }] }}
            placement="bottomRight"
          >
            <Button type="text" size="small" icon={<MoreOutlined />} aria-label={`${t.case.move}: ${asset.fileName}`} />
          </Dropdown>
        )}
      </div>
      {missing.map(({ what, words, source }) => (
        <p key={what} className="lh-missing" title={source}>
          {label(words)}
        </p>
      ))}
      {custody === 'quarantined' && <p className="lh-alarm">{t.asset.quarantinedTitle}</p>}
      {viewing.state === 'unviewable' && custody !== 'quarantined' && (
        <p className="lh-muted">{label(UNVIEWABLE_TEXT[viewing.reason])}</p>
      )}
    </li>
  );
}
