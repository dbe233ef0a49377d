import { type PointerEvent, useRef, useState } from 'react';
import { useLanguage } from '../../i18n/language.js';
import { clockText } from '../../i18n/quantities.js';
import type { TimelineMark } from '../marks/play-link.js';
import { cueAt, type StoryboardCue } from './storyboard.js';

interface Props {
  readonly currentMs: number;
  readonly durationMs: number;
  readonly bufferedMs: number;
  readonly cues: readonly StoryboardCue[];
  readonly marks?: readonly TimelineMark[];
  readonly onSeek: (ms: number) => void;
}

/** Where in the recording, with the picture at the place pointed to. Keys are the player's: ← → and the rest. */
export function SeekBar({ currentMs, durationMs, bufferedMs, cues, marks = [], onSeek }: Props) {
  const { t } = useLanguage();
  const bar = useRef<HTMLDivElement>(null);
  const [hoverMs, setHoverMs] = useState<number | null>(null);
  const [dragging, setDragging] = useState(false);
  const share = (ms: number) => `${durationMs > 0 ? Math.min(100, (100 * ms) / durationMs) : 0}%`;
  const msAt = (event: PointerEvent) => {
    const box = bar.current?.getBoundingClientRect();
    if (!box || box.width === 0) return 0;
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * durationMs;
  };
  const shownMs = dragging && hoverMs !== null ? hoverMs : currentMs;
  return (
    <div
      ref={bar}
      className="lh-seek"
      data-dragging={dragging || undefined}
      role="slider"
      tabIndex={0}
      aria-label={t.player.position}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationMs / 1000)}
      aria-valuenow={Math.round(shownMs / 1000)}
      aria-valuetext={t.player.positionText(clockText(shownMs), clockText(durationMs))}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragging(true);
        setHoverMs(msAt(event));
      }}
      onPointerMove={(event) => setHoverMs(msAt(event))}
      onPointerUp={(event) => {
        if (dragging) onSeek(msAt(event));
        setDragging(false);
        if (event.pointerType !== 'mouse') setHoverMs(null);
      }}
      onPointerCancel={() => setDragging(false)}
      onPointerLeave={() => !dragging && setHoverMs(null)}
    >
      <div className="lh-seek-rail">
        <div className="lh-seek-buffered" style={{ width: share(bufferedMs) }} />
        <div className="lh-seek-played" style={{ width: share(shownMs) }} />
      </div>
      {marks.map(({ id, kind, startMs, endMs, text }) => (
        <div
          key={id}
          className="lh-seek-mark"
          data-kind={kind}
          title={text}
          style={{ left: share(startMs), width: `max(3px, calc(${share(endMs)} - ${share(startMs)}))` }}
        />
      ))}
      <div className="lh-seek-knob" style={{ left: share(shownMs) }} />
      {hoverMs !== null && durationMs > 0 && (
        <SeekPreview cue={cueAt(cues, hoverMs)} atMs={hoverMs} left={hoverMs / durationMs} />
      )}
    </div>
  );
}

const PREVIEW_WIDTH = 176;

export function SeekPreview({ cue, atMs, left }: { cue: StoryboardCue | null; atMs: number; left: number }) {
  const width = cue ? PREVIEW_WIDTH : 64;
  return (
    <div className="lh-preview" style={{ left: `clamp(${width / 2}px, ${left * 100}%, 100% - ${width / 2}px)` }}>
      {cue && <StoryboardTile cue={cue} width={PREVIEW_WIDTH} />}
      <span>{clockText(atMs)}</span>
    </div>
  );
}

/** One tile of the sprite, scaled to a width. */
function StoryboardTile({ cue, width }: { cue: StoryboardCue; width: number }) {
  const scale = width / cue.width;
  return (
    <div className="lh-tile" style={{ width, height: cue.height * scale }}>
      <div
        style={{
          width: cue.width,
          height: cue.height,
          transform: `scale(${scale})`,
          backgroundImage: `url("${cue.url}")`,
          backgroundPosition: `-${cue.x}px -${cue.y}px`,
        }}
      />
    </div>
  );
}
