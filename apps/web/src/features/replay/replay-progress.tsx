import { type PointerEvent, useState } from 'react';
import { useLanguage } from '../../i18n/language.js';
import { clockText } from '../../i18n/quantities.js';
import { useStoryboard } from '../player/renditions.js';
import { SeekPreview } from '../player/seek-bar.js';
import { cueAt } from '../player/storyboard.js';
import { type ReplayEntry, totalMs } from './play-order.js';
import type { Act, Transport } from './transport.js';

interface Props {
  readonly entries: readonly ReplayEntry[];
  readonly transport: Transport;
  readonly act: (act: Act) => void;
}

interface Hover {
  readonly entry: ReplayEntry;
  readonly offsetMs: number;
  readonly left: number;
}

/** The whole case as one line: a piece for each item, as long as it plays, short ones kept wide enough to hit. */
export function ReplayProgress({ entries, transport, act }: Props) {
  const { t } = useLanguage();
  const [hover, setHover] = useState<Hover | null>(null);
  const total = totalMs(entries);
  const now = (entries[transport.index]?.startMs ?? 0) + transport.offsetMs;
  const place = (event: PointerEvent<HTMLElement>, entry: ReplayEntry): Hover => {
    const box = event.currentTarget.getBoundingClientRect();
    const bar = event.currentTarget.parentElement?.getBoundingClientRect() ?? box;
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return { entry, offsetMs: share * entry.lengthMs, left: (event.clientX - bar.left) / bar.width };
  };
  return (
    <div
      className="lh-line"
      role="slider"
      tabIndex={0}
      aria-label={t.replay.progress}
      aria-valuemin={0}
      aria-valuemax={Math.round(total / 1000)}
      aria-valuenow={Math.round(now / 1000)}
      aria-valuetext={`${t.replay.itemOf(transport.index + 1, entries.length)} · ${t.player.positionText(clockText(now), clockText(total))}`}
      onPointerLeave={() => setHover(null)}
    >
      {entries.map((entry) => (
        <div
          key={entry.index}
          className="lh-line-item"
          data-kind={entry.shown === 'notice' ? 'notice' : entry.asset.kind}
          data-chapter-start={entries[entry.index - 1]?.chapterIndex !== entry.chapterIndex || undefined}
          data-gap={entry.gapBefore !== null || undefined}
          data-current={entry.index === transport.index || undefined}
          style={{ flexGrow: entry.lengthMs }}
          onPointerMove={(event) => setHover(place(event, entry))}
          onPointerDown={(event) => {
            const { offsetMs } = place(event, entry);
            act({ do: 'go', index: entry.index, offsetMs });
          }}
        >
          <span>
            <i style={{ width: `${100 * playedShare(entry, transport)}%` }} />
          </span>
        </div>
      ))}
      {hover && <EntryPreview {...hover} />}
    </div>
  );
}

function playedShare(entry: ReplayEntry, { index, offsetMs }: Transport): number {
  if (entry.index < index) return 1;
  if (entry.index > index) return 0;
  return entry.lengthMs > 0 ? Math.min(1, offsetMs / entry.lengthMs) : 0;
}

function EntryPreview({ entry, offsetMs, left }: Hover) {
  const cues = useStoryboard(entry.play.storyboardVttUrl);
  return <SeekPreview cue={cueAt(cues, entry.fromMs + offsetMs)} atMs={offsetMs} left={left} />;
}
