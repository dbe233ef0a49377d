import {
  CaretRightFilled,
  FullscreenExitOutlined,
  FullscreenOutlined,
  MutedOutlined,
  PauseOutlined,
  QuestionCircleOutlined,
  SoundOutlined,
  StepBackwardOutlined,
  StepForwardOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useLanguage } from '../../i18n/language.js';
import { SPEEDS } from './shortcuts.js';

interface ButtonProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
  readonly wideOnly?: boolean;
  readonly disabled?: boolean;
}

export function ControlButton({ label, onClick, children, wideOnly = false, disabled = false }: ButtonProps) {
  return (
    <button
      type="button"
      className={`lh-ctl ${wideOnly ? 'lh-wide' : ''}`}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

export function PlayButton({ playing, onClick }: { playing: boolean; onClick: () => void }) {
  const { t } = useLanguage();
  return (
    <ControlButton label={playing ? t.player.pause : t.player.play} onClick={onClick}>
      {playing ? <PauseOutlined /> : <CaretRightFilled />}
    </ControlButton>
  );
}

export function JumpButtons({ onJump }: { onJump: (byMs: number) => void }) {
  const { t } = useLanguage();
  return (
    <span className="lh-jump">
      <ControlButton label={t.player.back10} onClick={() => onJump(-10_000)}>
        <span className="lh-ctl-text">−10</span>
      </ControlButton>
      <ControlButton label={t.player.forward10} onClick={() => onJump(10_000)}>
        <span className="lh-ctl-text">+10</span>
      </ControlButton>
    </span>
  );
}

export function FrameButtons({ onFrame }: { onFrame: (by: 1 | -1) => void }) {
  const { t } = useLanguage();
  return (
    <>
      <ControlButton wideOnly label={t.player.previousFrame} onClick={() => onFrame(-1)}>
        <StepBackwardOutlined />
      </ControlButton>
      <ControlButton wideOnly label={t.player.nextFrame} onClick={() => onFrame(1)}>
        <StepForwardOutlined />
      </ControlButton>
    </>
  );
}

/** A plain select: it works under every finger, and in full screen. */
export function SpeedSelect({ rate, onRate }: { rate: number; onRate: (rate: number) => void }) {
  const { t } = useLanguage();
  return (
    <select
      className="lh-ctl-select"
      aria-label={t.player.speed}
      title={t.player.speed}
      value={rate}
      onChange={(event) => onRate(Number(event.target.value))}
    >
      {SPEEDS.map((speed) => (
        <option key={speed} value={speed}>
          {speed}×
        </option>
      ))}
    </select>
  );
}

interface SoundProps {
  readonly muted: boolean;
  readonly volume: number;
  readonly onMute: () => void;
  readonly onVolume: (volume: number) => void;
}

export function SoundControls({ muted, volume, onMute, onVolume }: SoundProps) {
  const { t } = useLanguage();
  return (
    <>
      <ControlButton label={muted ? t.player.unmute : t.player.mute} onClick={onMute}>
        {muted || volume === 0 ? <MutedOutlined /> : <SoundOutlined />}
      </ControlButton>
      <input
        type="range"
        className="lh-volume lh-wide"
        aria-label={t.player.volume}
        min={0}
        max={1}
        step={0.05}
        value={muted ? 0 : volume}
        onChange={(event) => onVolume(Number(event.target.value))}
      />
    </>
  );
}

export function HelpButton({ onClick }: { onClick: () => void }) {
  const { t } = useLanguage();
  return (
    <ControlButton wideOnly label={t.player.help} onClick={onClick}>
      <QuestionCircleOutlined />
    </ControlButton>
  );
}

export function FullscreenButton({ full, onClick }: { full: boolean; onClick: () => void }) {
  const { t } = useLanguage();
  return (
    <ControlButton label={full ? t.player.exitFullscreen : t.player.fullscreen} onClick={onClick}>
      {full ? <FullscreenExitOutlined /> : <FullscreenOutlined />}
    </ControlButton>
  );
}
