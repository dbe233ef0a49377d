import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { CaseView } from '#contract';
import { useUnsorted } from '../../api/recorders.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import { AssetThumbnail } from '../assets/asset-thumbnail.js';
import { Offer } from './offer.js';
import './sorting.css';

/** Enough for one look; the rest is one key away. */
const SHOWN = 3;

/** On the page of a case: clips of no case that fit one of its steps. Silent where there are none. */
export function CaseOffers({ subject }: { subject: CaseView }) {
  const { t } = useLanguage();
  const [isWhole, setWhole] = useState(false);
  const isOpen = subject.mayUpload && subject.closing === null;
  const unsorted = useUnsorted(isOpen);
  const items = (unsorted.data?.pages ?? [])
    .flatMap((page) => page.items)
    .flatMap(({ asset, proposals }) => {
      const place = proposals.findIndex(({ caseId }) => caseId === subject.id);
      const proposal = proposals[place];
      return proposal ? [{ asset, proposal, isFirst: place === 0 }] : [];
    });
  if (!isOpen || items.length === 0) return null;
  return (
    <section className="lh-case-offers" aria-label={t.sorting.forCase}>
      <div className="lh-agenda-head">
        <h2>{t.sorting.forCase}</h2>
        <span className="lh-muted">{t.sorting.forCaseHint(items.length)}</span>
        <Link to="/sorting">{t.sorting.all}</Link>
      </div>
      <ul>
        {(isWhole ? items : items.slice(0, SHOWN)).map(({ asset, proposal, isFirst }) => (
          <li key={asset.id}>
            <AssetThumbnail asset={asset} />
            <div className="lh-unsorted-what">
              <Link to={`/assets/${asset.id}`}>{asset.fileName}</Link>
              <p className="lh-muted lh-figures">{timeText(asset.at)}</p>
            </div>
            <Offer assetId={asset.id} proposal={proposal} isFirst={isFirst} />
          </li>
        ))}
      </ul>
      {items.length > SHOWN && (
        <Button type="link" size="small" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? t.law.fewer : t.law.all(items.length)}
        </Button>
      )}
    </section>
  );
}
