import { useQuery } from '@tanstack/react-query';
import { Spin } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { assetQuery, useAskProxy } from '../../api/assets.js';
import type { Source } from '../player/playback.js';
import { ProxyNotice } from '../player/proxy-notice.js';
import { usePeaks } from '../player/renditions.js';
import { useMedia } from '../player/use-media.js';
import { usePlayback } from '../player/use-playback.js';
import { useSource } from '../player/use-source.js';
import { useViewReports } from '../player/use-view-reports.js';
import { Waveform } from '../player/waveform.js';
import type { ReplayEntry } from './play-order.js';
import { SlotNotice } from './slot-notice.js';
import type { Act, Transport } from './transport.js';

interface Props {
  readonly entry: ReplayEntry;
  /** false while it only loads, behind the one being played. */
  readonly active: boolean;
  readonly transport: Transport;
  readonly act: (act: Act) => void;
  readonly onSource: (index: number, from: Source) => void;
}

const PROXY_POLL_MS = 2_000;

/** One recording of the replay. The next one's slot is there before its turn, so that it starts without a pause. */
export function MovingSlot({ entry, active, transport, act, onSource }: Props) {
  const media = useMedia();
  const { video, state, seek } = media;
  const { playback, source, cut, onFault } = useEntryPlayback(entry, active);
  useSource(video, { playback, eager: true, onFault });
  useViewReports(entry.asset.id, { ...state, playing: active && state.playing });
  useObedience(video, entry, active, transport, act);
  const ready = source !== null;
  useEffect(() => {
    if (active && source !== null) onSource(entry.index, source);
  }, [active, source, entry.index, onSource]);
  const sound = entry.asset.kind === 'sound';
  const peaks = usePeaks(sound ? entry.play.peaksUrl : null);
  return (
    <div className="lh-slot" hidden={!active}>
      <video
        ref={media.setVideo}
        playsInline
        hidden={!ready || sound}
        onClick={() => act({ do: 'toggle' })}
        {...(entry.play.posterUrl ? { poster: entry.play.posterUrl } : {})}
      />
      {sound && peaks && (
        <div className="lh-slot-sound">
          <Waveform
            tall
            peaks={peaks}
            currentMs={entry.fromMs + transport.offsetMs}
            durationMs={entry.asset.durationMs ?? entry.lengthMs}
            onSeek={(ms) => {
              seek(ms);
              act({ do: 'go', index: entry.index, offsetMs: ms - entry.fromMs });
            }}
          />
        </div>
      )}
      {active && state.waiting && ready && !cut && <Spin size="large" className="lh-waiting" />}
      {active && !ready && <ProxyNotice assetId={entry.asset.id} playback={playback} />}
      {active && (cut || playback.way === 'none' || playback.way === 'proxy-failed') && (
        <SlotNotice entry={entry} onSkip={() => act({ do: 'ended', index: entry.index })} />
      )}
    </div>
  );
}

/** What the replay said can be played, or, when a proxy has to be waited for, what the archive says by now. */
function useEntryPlayback(entry: ReplayEntry, active: boolean) {
  const [play, setPlay] = useState(entry.play);
  const chosen = usePlayback(play);
  const { way } = chosen.playback;
  const lacking = active && (way === 'wait' || way === 'ask');
  const { mutate } = useAskProxy(entry.asset.id);
  const asked = useRef(false);
  const later = useQuery({ ...assetQuery(entry.asset.id), enabled: lacking, refetchInterval: PROXY_POLL_MS });
  useEffect(() => {
    if (lacking && later.data) setPlay(later.data.play);
  }, [lacking, later.data]);
  const mustAsk = lacking && way === 'ask';
  useEffect(() => {
    if (!mustAsk || asked.current) return;
    asked.current = true;
    mutate();
  }, [mustAsk, mutate]);
  return chosen;
}

/** The element does as the transport says, and tells it where it is. */
function useObedience(
  video: HTMLVideoElement | null,
  entry: ReplayEntry,
  active: boolean,
  { playing, jumps, rate, muted, volume, offsetMs }: Transport,
  act: (act: Act) => void,
): void {
  const wanted = useRef(0);
  wanted.current = active ? offsetMs : 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: goes there once for each jump, not for each report
  useEffect(() => {
    if (!video) return;
    return whenLoaded(video, () => {
      const seconds = (entry.fromMs + wanted.current) / 1000;
      if (Math.abs(video.currentTime - seconds) > 0.05) video.currentTime = seconds;
    });
  }, [video, active ? jumps : -1, active, entry.fromMs]);
  useEffect(() => {
    if (!video) return;
    video.defaultPlaybackRate = rate;
    video.playbackRate = rate;
    video.muted = muted;
    video.volume = volume;
  }, [video, rate, muted, volume]);
  useEffect(() => {
    if (!video) return;
    if (!active || !playing) return video.pause();
    const play = () =>
      void video.play().catch((error: DOMException) => {
        // Browsers refuse sound nobody asked for; then the button is there to be pressed.
        if (error.name === 'NotAllowedError') act({ do: 'pause' });
      });
    play();
    // A source that comes later, when a proxy is made, pauses the element.
    video.addEventListener('loadedmetadata', play);
    return () => video.removeEventListener('loadedmetadata', play);
  }, [video, active, playing, act]);
  useEffect(() => (video && active ? reportProgress(video, entry, act) : undefined), [video, active, entry, act]);
}

function whenLoaded(video: HTMLVideoElement, then: () => void): (() => void) | undefined {
  if (video.readyState >= HTMLMediaElement.HAVE_METADATA) {
    then();
    return undefined;
  }
  video.addEventListener('loadedmetadata', then, { once: true });
  return () => video.removeEventListener('loadedmetadata', then);
}

const REPORT_EVERY_MS = 100;

function reportProgress(video: HTMLVideoElement, entry: ReplayEntry, act: (act: Act) => void): () => void {
  const { index, fromMs, lengthMs } = entry;
  const ranged = entry.asset.link?.range != null;
  const onEnded = () => act({ do: 'ended', index });
  const report = () => {
    if (video.seeking || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const offsetMs = video.currentTime * 1000 - fromMs;
    if (ranged && offsetMs >= lengthMs) return onEnded();
    if (!video.paused) act({ do: 'at', index, offsetMs: Math.min(lengthMs, Math.max(0, offsetMs)) });
  };
  const timer = setInterval(report, REPORT_EVERY_MS);
  video.addEventListener('ended', onEnded);
  return () => {
    clearInterval(timer);
    video.removeEventListener('ended', onEnded);
  };
}
