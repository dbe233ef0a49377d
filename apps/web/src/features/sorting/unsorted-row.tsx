import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Unsorted } from '#contract';
import { CustodyTag } from '../../components/state-tags.js';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import { AssetThumbnail } from '../assets/asset-thumbnail.js';
import { LinkDialog } from '../assets/link-dialog.js';
import { Offer } from './offer.js';
import { SourceWords, TimeFlags } from './source-words.js';

/** One file: what it is, where it comes from, and where it may belong. */
export function UnsortedRow({ item, onState }: { item: Unsorted; onState: () => void }) {
  const { t } = useLanguage();
  const { asset, source, proposals, mayLink } = item;
  const [linking, setLinking] = useState(false);
  // A paper is of no recorder: its name is nobody's to know.
  const isNameMissed = !source.isKnown && asset.kind !== 'paper';
  return (
    <li className="lh-unsorted">
      <AssetThumbnail asset={asset} />
      <div className="lh-unsorted-what">
        <Link to={`/assets/${asset.id}`}>{asset.fileName}</Link>
        <p>
          <span className="lh-figures">{timeText(asset.at)}</span>
          <span className="lh-muted">{t.app.aside(t.assets.atSource[asset.atSource])}</span>
          {asset.custody !== 'sealed' && <CustodyTag custody={asset.custody} />}
        </p>
        <p className="lh-muted">
          {source.isKnown ? <SourceWords source={source} /> : t.sorting.handedInBy(asset.receivedFromName)}
          {isNameMissed && <Tag tone="warn">{t.sorting.unknownName}</Tag>}
          {isNameMissed && mayLink && (
            <Button type="link" size="small" onClick={onState}>
              {t.sorting.state}
            </Button>
          )}
        </p>
        <TimeFlags flags={source.flags} />
      </div>
      <div className="lh-unsorted-where">
        {proposals.map((proposal, i) => (
          <Offer key={proposal.occurrenceId} assetId={asset.id} proposal={proposal} isFirst={i === 0} />
        ))}
        {mayLink && (
          <p className="lh-muted">
            {proposals.length === 0 && t.sorting.noProposal}
            <Button type="link" size="small" onClick={() => setLinking(true)}>
              {t.sorting.choose}
            </Button>
          </p>
        )}
      </div>
      {linking && <LinkDialog asset={asset} onClose={() => setLinking(false)} />}
    </li>
  );
}
