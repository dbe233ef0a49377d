import { memo, useEffect, useRef } from 'react';
import type { Replay } from '#contract';
import { useLanguage } from '../../i18n/language.js';
import { clockText, spanText, timeText } from '../../i18n/quantities.js';
import { AssetThumbnail } from '../assets/asset-thumbnail.js';
import { GapNote, type GapSubject } from './gap-note.js';
import type { ReplayEntry } from './play-order.js';

interface Props {
  readonly replay: Replay;
  readonly entries: readonly ReplayEntry[];
  readonly index: number;
  readonly onGo: (index: number) => void;
}

/** Steps and what each holds, in the order of the replay; what is missing in between is named where it is missing. */
export const ReplayChapters = memo(function ReplayChapters({ replay, entries, index, onGo }: Props) {
  const { t, label } = useLanguage();
  const list = useRef<HTMLDivElement>(null);
  useKeepInSight(list, index);
  return (
    <div ref={list} className="lh-chapters">
      <h2 className="lh-hidden">{t.replay.chapters}</h2>
      <ol>
        {replay.chapters.map(({ step, occurrence }, chapterIndex) => {
          const inside = entries.filter((entry) => entry.chapterIndex === chapterIndex);
          return (
            <li key={occurrence.id} data-empty={inside.length === 0 || undefined}>
              <h3>
                {label(step.title)}
                {occurrence.n > 1 && <span className="lh-muted"> {t.case.nth(occurrence.n)}</span>}
                <small>
                  {inside.length === 0
                    ? t.replay.emptyStep
                    : clockText(inside.reduce((sum, entry) => sum + entry.lengthMs, 0))}
                </small>
              </h3>
              {inside.length > 0 && (
                <ol>
                  {inside.map((entry) => (
                    <ChapterItem
                      key={entry.index}
                      entry={entry}
                      subject={{ caseId: replay.case.id, occurrenceId: occurrence.id, mayExplain: replay.mayExplain }}
                      current={entry.index === index}
                      onGo={onGo}
                    />
                  ))}
                </ol>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
});

interface ItemProps {
  readonly entry: ReplayEntry;
  readonly subject: GapSubject;
  readonly current: boolean;
  readonly onGo: (index: number) => void;
}

function ChapterItem({ entry, subject, current, onGo }: ItemProps) {
  const { t, language } = useLanguage();
  const { asset } = entry;
  return (
    <li>
      {entry.gapBefore !== null && <GapNote gap={entry.gapBefore} subject={subject} />}
      {entry.overlapBeforeMs !== null && (
        <p className="lh-finding" data-kind="overlap">
          {t.replay.overlap(spanText(entry.overlapBeforeMs, language))}
        </p>
      )}
      <button
        type="button"
        className="lh-chapter-item"
        aria-current={current ? 'true' : undefined}
        onClick={() => onGo(entry.index)}
      >
        <AssetThumbnail asset={asset} />
        <span>
          <strong title={asset.fileName}>{asset.link?.purpose ?? asset.fileName}</strong>
          <small className="lh-figures">{timeText(asset.at)}</small>
          <small>
            {t.assets.kinds[asset.kind]}
            {asset.pageCount !== null && asset.kind === 'paper' && ` · ${t.assets.pages(asset.pageCount)}`}
            {entry.shown === 'notice' && ` · ${t.replay.cannotPlay}`}
          </small>
        </span>
      </button>
    </li>
  );
}

/** Scrolls the list itself, never the page: on narrow screens the list lies below the picture. */
function useKeepInSight(list: React.RefObject<HTMLElement | null>, index: number): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks for the current item anew whenever it changes
  useEffect(() => {
    const box = list.current;
    const item = box?.querySelector<HTMLElement>('[aria-current=true]');
    if (!box || !item || box.scrollHeight <= box.clientHeight) return;
    const top = item.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
    box.scrollTo({ top: top - box.clientHeight / 3, behavior: 'smooth' });
  }, [list, index]);
}
