import { CaretRightFilled } from '@ant-design/icons';
import { Button, Spin } from 'antd';
import { useEffect, useRef, useState } from 'react';
import type { AssetView } from '#contract';
import { useAskProxy } from '../../api/assets.js';
import { useLanguage } from '../../i18n/language.js';
import { clockText } from '../../i18n/quantities.js';
import type { PlayLink } from '../marks/play-link.js';
import {
  FrameButtons,
  FullscreenButton,
  HelpButton,
  JumpButtons,
  PlayButton,
  SoundControls,
  SpeedSelect,
} from './control-bar.js';
import { frameMsOf } from './frame-rate.js';
import { KeyboardHelp } from './keyboard-help.js';
import type { Playback, Source } from './playback.js';
import { ProxyNotice } from './proxy-notice.js';
import { usePeaks, useStoryboard } from './renditions.js';
import { SeekBar } from './seek-bar.js';
import { type Command, nextSpeed } from './shortcuts.js';
import { useFullscreen } from './use-fullscreen.js';
import { useMedia } from './use-media.js';
import { usePlayback } from './use-playback.js';
import { useShortcuts } from './use-shortcuts.js';
import { useSource } from './use-source.js';
import { useViewReports } from './use-view-reports.js';
import { Waveform } from './waveform.js';
import './player.css';

type Media = ReturnType<typeof useMedia>;

/** Plays a video or a sound recording: from the original where this browser can, else from what is made of it. */
export function MediaPlayer({ asset, link }: { asset: AssetView; link?: PlayLink | undefined }) {
  const { t } = useLanguage();
  const media = useMedia();
  const frame = useRef<HTMLDivElement>(null);
  const { full, toggleFull } = useFullscreen(frame);
  const [help, setHelp] = useState(false);
  const { playback, source, cut, onFault, forgetCut } = usePlayback(asset.play);
  useSource(media.video, { playback, eager: false, onFault });
  useProxyWhenNeeded(asset, playback);
  const durationMs = media.state.durationMs ?? asset.durationMs ?? 0;
  useViewReports(asset.id, media.state);
  useLinkedPlace(media, link);
  const act = usePlayerCommands(media, { durationMs, frameMs: frameMsOf(asset.facts), toggleFull, setHelp });
  useShortcuts(act);
  const peaks = usePeaks(asset.play.peaksUrl);
  const cues = useStoryboard(asset.play.storyboardVttUrl);
  const sound = asset.kind === 'sound';
  const ready = source !== null;
  return (
    <section ref={frame} className="lh-player" data-kind={asset.kind} aria-label={t.player.label}>
      <div className="lh-screen">
        <video
          ref={media.setVideo}
          playsInline
          {...(asset.play.posterUrl ? { poster: asset.play.posterUrl } : {})}
          hidden={!ready || sound}
          onClick={media.toggle}
        />
        {sound && peaks && (
          <Waveform tall peaks={peaks} currentMs={media.state.currentMs} durationMs={durationMs} onSeek={media.seek} />
        )}
        {!ready && <ProxyNotice assetId={asset.id} playback={playback} />}
        {ready && !media.state.playing && !cut && !media.state.begun && (
          <button type="button" className="lh-big-play" aria-label={t.player.play} onClick={media.play}>
            <CaretRightFilled />
          </button>
        )}
        {media.state.waiting && !cut && <Spin size="large" className="lh-waiting" />}
        {cut && <CutNotice onRetry={() => retry(media, forgetCut)} />}
      </div>
      {ready && (
        <div className="lh-controls">
          <SeekBar
            {...media.state}
            durationMs={durationMs}
            cues={cues}
            marks={link?.marks ?? NO_MARKS}
            onSeek={media.seek}
          />
          {peaks && !sound && (
            <Waveform peaks={peaks} currentMs={media.state.currentMs} durationMs={durationMs} onSeek={media.seek} />
          )}
          <div className="lh-control-row">
            <PlayButton playing={media.state.playing} onClick={media.toggle} />
            <JumpButtons onJump={(byMs) => act({ do: 'jump', byMs })} />
            {!sound && <FrameButtons onFrame={(by) => act({ do: 'frame', by })} />}
            <span className="lh-clock">
              {clockText(media.state.currentMs)} <small>/ {clockText(durationMs)}</small>
            </span>
            <span className="lh-spring" />
            <SpeedSelect rate={media.state.rate} onRate={media.setRate} />
            <SoundControls
              {...media.state}
              onMute={() => act({ do: 'mute' })}
              onVolume={(volume) => setVolume(media.video, volume)}
            />
            <HelpButton onClick={() => setHelp(true)} />
            <FullscreenButton full={full} onClick={toggleFull} />
          </div>
        </div>
      )}
      <PlayingFrom source={source} />
      <KeyboardHelp open={help} onClose={() => setHelp(false)} />
    </section>
  );
}

const NO_MARKS: PlayLink['marks'] = [];

/** The list of marks beside the player learns where one is, and sends one elsewhere. */
function useLinkedPlace({ state, seek }: Media, link: PlayLink | undefined): void {
  const { currentMs } = state;
  const place = link?.place;
  useEffect(() => {
    if (place) place.current = currentMs;
  }, [place, currentMs]);
  const jump = link?.jump ?? null;
  useEffect(() => {
    if (jump) seek(jump.to);
  }, [jump, seek]);
}

/** Never left to be guessed: whether one looks at the original or at something made from it. */
function PlayingFrom({ source }: { source: Source | null }) {
  const { t } = useLanguage();
  if (source === null) return null;
  const words = { original: t.asset.original, remux: t.asset.originalRemux, proxy: t.asset.proxy };
  return (
    <p className="lh-playing-from" data-proxy={source === 'proxy' || undefined}>
      {t.app.says(t.asset.playing)}
      <strong>{words[source]}</strong>
    </p>
  );
}

function CutNotice({ onRetry }: { onRetry: () => void }) {
  const { t } = useLanguage();
  return (
    <div className="lh-stand-in lh-stand-in-over" role="alert">
      <strong>{t.player.failed}</strong>
      <p>{t.player.failedHint}</p>
      <Button onClick={onRetry}>{t.app.retry}</Button>
    </div>
  );
}

/** A browser that cannot play the original asks for a proxy once, by opening the page. */
function useProxyWhenNeeded(asset: AssetView, playback: Playback): void {
  const { mutate } = useAskProxy(asset.id);
  const asked = useRef(false);
  const needed = playback.way === 'ask' && asset.viewing.state === 'viewable';
  useEffect(() => {
    if (!needed || asked.current) return;
    asked.current = true;
    mutate();
  }, [needed, mutate]);
}

function retry({ video, play, state }: Media, forgetCut: () => void): void {
  if (!video) return;
  forgetCut();
  video.load();
  video.addEventListener('loadedmetadata', () => (video.currentTime = state.currentMs / 1000), { once: true });
  play();
}

function setVolume(video: HTMLVideoElement | null, volume: number): void {
  if (!video) return;
  video.volume = volume;
  video.muted = volume === 0;
}

interface CommandContext {
  readonly durationMs: number;
  readonly frameMs: number;
  readonly toggleFull: () => void;
  readonly setHelp: (open: boolean) => void;
}

/** @returns a function that says whether it knew the command, so that other keys stay the browser's */
function usePlayerCommands(media: Media, context: CommandContext): (command: Command) => boolean {
  const { video, state, seek, toggle, setRate } = media;
  return (command) => {
    switch (command.do) {
      case 'toggle':
        toggle();
        return true;
      case 'jump':
        seek(Math.min(context.durationMs, Math.max(0, state.currentMs + command.byMs)));
        return true;
      case 'frame':
        video?.pause();
        seek(Math.max(0, state.currentMs + command.by * context.frameMs));
        return true;
      case 'speed':
        setRate(nextSpeed(state.rate, command.by));
        return true;
      case 'start':
        seek(0);
        return true;
      case 'end':
        seek(context.durationMs);
        return true;
      case 'mute':
        if (video) video.muted = !video.muted;
        return true;
      case 'fullscreen':
        context.toggleFull();
        return true;
      case 'help':
        context.setHelp(true);
        return true;
      default:
        return false;
    }
  };
}
