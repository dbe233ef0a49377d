import { useState } from 'react';
import { Link } from 'react-router';
import type { ReviewView } from '#contract';
import { useAsset } from '../../api/assets.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { PageLoading } from '../../components/page-loading.js';
import { useLanguage } from '../../i18n/language.js';
import { AssetPlayer } from '../player/asset-player.js';

/** What was submitted, step by step; the one that is chosen is seen here, beside the checklist. */
export function ReviewMaterials({ review }: { review: ReviewView }) {
  const { t, label } = useLanguage();
  const [chosen, setChosen] = useState<string | null>(null);
  const steps = [...new Map(review.materials.map((one) => [one.occurrenceId, one.step])).entries()];
  return (
    <section className="lh-block lh-review-materials" aria-label={t.reviews.materials}>
      <h2>
        {t.reviews.materials} <small className="lh-muted">{t.reviews.materialsHint}</small>
      </h2>
      {chosen !== null && <ShownMaterial key={chosen} assetId={chosen} />}
      {steps.map(([occurrenceId, step]) => (
        <div key={occurrenceId}>
          <h3>{label(step)}</h3>
          <ul>
            {review.materials
              .filter((one) => one.occurrenceId === occurrenceId)
              .map(({ assetId, paper, fileName }) => (
                <li key={assetId}>
                  <button type="button" aria-pressed={chosen === assetId} onClick={() => setChosen(assetId)}>
                    <span>{paper ? label(paper) : t.reviews.recording}</span>
                    <small className="lh-muted">{fileName}</small>
                  </button>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function ShownMaterial({ assetId }: { assetId: string }) {
  const asset = useAsset(assetId);
  if (asset.isPending) return <PageLoading />;
  if (!asset.data) return <ErrorNotice error={asset.error} />;
  return (
    <div className="lh-review-shown">
      {asset.data.viewing.state === 'viewable' && <AssetPlayer asset={asset.data} />}
      <Link to={`/assets/${assetId}`}>{asset.data.fileName}</Link>
    </div>
  );
}
