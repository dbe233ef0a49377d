import { CaretRightFilled, ReloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect } from 'react';
import { useLanguage } from '../../i18n/language.js';
import { spanText } from '../../i18n/quantities.js';
import type { Source } from '../player/playback.js';
import { MovingSlot } from './moving-slot.js';
import { type ReplayEntry, totalMs } from './play-order.js';
import { StillSlot } from './still-slot.js';
import type { Act, Transport } from './transport.js';

/** The next recording begins to load this long before its turn. */
const LOAD_AHEAD_MS = 20_000;
/** A gap is named on screen this long. */
const CAPTION_MS = 4_000;

interface Props {
  readonly entries: readonly ReplayEntry[];
  readonly transport: Transport;
  readonly act: (act: Act) => void;
  readonly onSource: (index: number, from: Source) => void;
}

export function ReplayStage({ entries, transport, act, onSource }: Props) {
  const current = entries[transport.index];
  const following = entries[transport.index + 1];
  const leftMs = (current?.lengthMs ?? 0) - transport.offsetMs;
  const soon = transport.playing && leftMs < LOAD_AHEAD_MS ? following : undefined;
  usePictureAhead(soon);
  if (!current) return null;
  const moving = [current, soon].filter((entry) => entry?.shown === 'moving') as ReplayEntry[];
  return (
    <div className="lh-stage">
      {!transport.begun && <FirstPicture entries={entries} />}
      {transport.begun &&
        moving.map((entry) => (
          <MovingSlot
            key={`${entry.index}-${entry.asset.id}`}
            entry={entry}
            active={entry === current}
            transport={transport}
            act={act}
            onSource={onSource}
          />
        ))}
      {transport.begun && current.shown !== 'moving' && (
        <StillSlot key={current.index} entry={current} transport={transport} act={act} />
      )}
      <Caption entry={current} transport={transport} />
      {(!transport.begun || transport.finished) && (
        <Curtain entries={entries} finished={transport.finished} onPlay={() => act({ do: 'play' })} />
      )}
    </div>
  );
}

/** Posters and thumbnails are no reads of evidence: they may be seen before anything is played. */
function FirstPicture({ entries }: { entries: readonly ReplayEntry[] }) {
  const url = entries.find((entry) => entry.play.posterUrl !== null)?.play.posterUrl;
  return url ? <img className="lh-still lh-first-picture" src={url} alt="" /> : null;
}

/** Pictures and pages that come next are fetched before they are shown. */
function usePictureAhead(entry: ReplayEntry | undefined): void {
  useEffect(() => {
    if (entry?.shown !== 'still') return;
    for (const page of entry.play.pages.slice(0, 2)) new Image().src = page.url;
  }, [entry]);
}

function Caption({ entry, transport }: { entry: ReplayEntry; transport: Transport }) {
  const { t, language } = useLanguage();
  if (!transport.begun || transport.finished || transport.offsetMs > CAPTION_MS) return null;
  const { gapBefore, overlapBeforeMs } = entry;
  if (gapBefore === null && overlapBeforeMs === null) return null;
  return (
    <div className="lh-caption" role="status">
      {gapBefore !== null && t.replay.gap(spanText(gapBefore.durationMs, language))}
      {gapBefore?.explanation && t.gaps.explainedAs(gapBefore.explanation.text)}
      {overlapBeforeMs !== null && t.replay.overlap(spanText(overlapBeforeMs, language))}
    </div>
  );
}

interface CurtainProps {
  readonly entries: readonly ReplayEntry[];
  readonly finished: boolean;
  readonly onPlay: () => void;
}

/** Before the first and after the last item: the one button. */
function Curtain({ entries, finished, onPlay }: CurtainProps) {
  const { t, language } = useLanguage();
  return (
    <div className="lh-curtain" data-finished={finished || undefined}>
      {finished && <strong>{t.replay.finished}</strong>}
      <Button
        type="primary"
        size="large"
        shape="round"
        icon={finished ? <ReloadOutlined /> : <CaretRightFilled />}
        onClick={onPlay}
      >
        {finished ? t.replay.again : t.replay.playAll}
      </Button>
      <span>
        {t.case.holds(entries.length)} · {t.replay.total(spanText(totalMs(entries), language))}
      </span>
    </div>
  );
}
