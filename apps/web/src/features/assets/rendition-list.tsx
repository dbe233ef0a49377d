import type { AssetView } from '#contract';
import { Digest } from '../../components/copy-text.js';
import { useLanguage } from '../../i18n/language.js';
import { sizeText, timeText } from '../../i18n/quantities.js';

/** From which original, by which tool, with which arguments each rendition was made. */
export function RenditionList({ renditions }: { renditions: AssetView['renditions'] }) {
  const { t } = useLanguage();
  const { asset: words } = t;
  if (renditions.length === 0) return <p className="lh-none">{words.noRenditions}</p>;
  return (
    <ul className="lh-renditions">
      {renditions.map((rendition) => (
        <li key={rendition.id}>
          <div className="lh-event-head">
            <strong>{words.renditionKinds[rendition.kind]}</strong>
            <span className="lh-muted">{toolText(rendition)}</span>
            <span className="lh-muted lh-figures">
              {sizeText(rendition.files.reduce((sum, file) => sum + file.sizeBytes, 0))} · {timeText(rendition.madeAt)}
            </span>
          </div>
          <details>
            <summary>{words.args}</summary>
            <pre>{[rendition.tool, ...rendition.args].join(' ')}</pre>
            <p className="lh-muted">
              {t.app.says(words.fromDigest)}
              {rendition.fromDigest ? <Digest value={rendition.fromDigest} /> : words.fromUnsealed}
            </p>
          </details>
        </li>
      ))}
    </ul>
  );
}

/** Tools name themselves in their version (`ffmpeg version 5.1`); the name is not said twice. */
function toolText({ tool, toolVersion }: AssetView['renditions'][number]): string {
  return toolVersion.startsWith(tool) ? toolVersion : `${tool} ${toolVersion}`;
}
