import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { AssetRecording, AssetView } from '#contract';
import { useAssetRecording } from '../../api/recorders.js';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { clockText, spanText, timeText } from '../../i18n/quantities.js';
import { SourceWords, TimeFlags } from './source-words.js';
import { StateSourceDialog } from './state-source-dialog.js';
import './sorting.css';

/** What took it, what is not right with its time, and the recording it is part of. */
export function AssetRecordingBlock({ asset }: { asset: AssetView }) {
  const { t } = useLanguage();
  const found = useAssetRecording(asset.id);
  const [stating, setStating] = useState(false);
  if (!found.data || asset.kind === 'paper') return null;
  const { source, recording, mayState } = found.data;
  return (
    <section className="lh-block">
      <div className="lh-block-head">
        <h2>{t.sorting.source}</h2>
        {mayState && source.rule === null && (
          <Button type="link" size="small" onClick={() => setStating(true)}>
            {t.sorting.state}
          </Button>
        )}
      </div>
      {source.isKnown ? <SourceWords source={source} /> : <Tag tone="warn">{t.sorting.unknownName}</Tag>}
      <TimeFlags flags={source.flags} />
      {source.rule !== null && (
        <p className="lh-muted lh-small">{t.sorting.rule(source.rule.id, source.rule.version)}</p>
      )}
      {source.statedBy !== null && <p className="lh-muted lh-small">{t.sorting.statedBy(source.statedBy)}</p>}
      {recording !== null && recording.items.length > 1 && <Together recording={recording} assetId={asset.id} />}
      {stating && <StateSourceDialog item={{ asset }} onClose={() => setStating(false)} />}
    </section>
  );
}

type Recording = NonNullable<AssetRecording['recording']>;

/** Clips of one recording in their order, with breaks and overlaps where they are. */
function Together({ recording, assetId }: { recording: Recording; assetId: string }) {
  const { t, language } = useLanguage();
  const { items, gaps, overlaps, missingSequences } = recording;
  const before = (id: string, found: Recording['gaps']) => found.find(({ beforeAssetId }) => beforeAssetId === id);
  return (
    <>
      <h3 className="lh-together-head">
        {t.sorting.recording} <small className="lh-muted">{t.sorting.recordingOf(items.length)}</small>
      </h3>
      <ol className="lh-together">
        {items.map(({ asset, sequence }) => {
          const gap = before(asset.id, gaps);
          const overlap = before(asset.id, overlaps);
          return (
            <li key={asset.id} data-here={asset.id === assetId || undefined}>
              {gap && <p className="lh-warn">{t.sorting.gapOf(spanText(gap.durationMs, language))}</p>}
              {overlap && <p className="lh-muted">{t.sorting.overlapOf(spanText(overlap.durationMs, language))}</p>}
              <span className="lh-figures">{timeText(asset.at).slice(11)}</span>{' '}
              {asset.id === assetId ? (
                <strong>{t.sorting.here}</strong>
              ) : (
                <Link to={`/assets/${asset.id}`}>{sequence === null ? asset.fileName : t.sorting.seq(sequence)}</Link>
              )}
              {asset.durationMs !== null && <span className="lh-muted lh-figures"> {clockText(asset.durationMs)}</span>}
            </li>
          );
        })}
      </ol>
      {missingSequences.length > 0 && (
        <p className="lh-warn">{t.sorting.missing(missingSequences.slice(0, 20).join(', '))}</p>
      )}
    </>
  );
}
