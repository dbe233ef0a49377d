import { useCallback, useEffect, useMemo, useState } from 'react';

export interface MediaState {
  readonly playing: boolean;
  /** Wants to play but has nothing to show yet. */
  readonly waiting: boolean;
  readonly begun: boolean;
  readonly currentMs: number;
  /** null until the element knows. */
  readonly durationMs: number | null;
  readonly bufferedMs: number;
  readonly rate: number;
  readonly muted: boolean;
  readonly volume: number;
}

const EVENTS = [
  'play',
  'pause',
  'playing',
  'waiting',
  'canplay',
  'timeupdate',
  'seeking',
  'seeked',
  'durationchange',
  'loadedmetadata',
  'progress',
  'ratechange',
  'volumechange',
  'ended',
  'emptied',
] as const;

/** `timeupdate` comes four times a second, too seldom for a line that moves; the element is asked in between. */
const ASK_EVERY_MS = 80;

const NOTHING: MediaState = {
  playing: false,
  waiting: false,
  begun: false,
  currentMs: 0,
  durationMs: null,
  bufferedMs: 0,
  rate: 1,
  muted: false,
  volume: 1,
};

/** The state of a media element as React sees it, and what can be asked of it. */
export function useMedia() {
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [state, setState] = useState(NOTHING);
  useEffect(() => {
    if (!video) return;
    const look = () => setState(read(video));
    for (const name of EVENTS) video.addEventListener(name, look);
    return () => {
      for (const name of EVENTS) video.removeEventListener(name, look);
    };
  }, [video]);
  const { playing } = state;
  useEffect(() => {
    if (!video || !playing) return;
    const timer = setInterval(() => setState(read(video)), ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [video, playing]);
  const actions = useMediaActions(video);
  return { video, setVideo, state, ...actions };
}

function useMediaActions(video: HTMLVideoElement | null) {
  const play = useCallback(() => {
    // A play that is overtaken by a pause or a new source is rejected; that is no fault.
    video?.play().catch(() => undefined);
  }, [video]);
  const toggle = useCallback(() => {
    if (!video) return;
    if (video.paused) play();
    else video.pause();
  }, [video, play]);
  const seek = useCallback(
    (ms: number) => {
      if (video) seekElement(video, ms);
    },
    [video],
  );
  const setRate = useCallback(
    (rate: number) => {
      if (video) {
        video.defaultPlaybackRate = rate;
        video.playbackRate = rate;
      }
    },
    [video],
  );
  return useMemo(() => ({ play, toggle, seek, setRate }), [play, toggle, seek, setRate]);
}

/** Before anything is loaded there is no place to go to yet: it is gone to once there is. Loads what is needed. */
export function seekElement(video: HTMLVideoElement, ms: number): void {
  if (video.readyState >= HTMLMediaElement.HAVE_METADATA) {
    video.currentTime = Math.max(0, ms / 1000);
    return;
  }
  video.addEventListener('loadedmetadata', () => (video.currentTime = Math.max(0, ms / 1000)), { once: true });
  if (video.paused) video.play().catch(() => undefined);
}

function read(video: HTMLVideoElement): MediaState {
  const currentMs = video.currentTime * 1000;
  return {
    playing: !video.paused && !video.ended,
    waiting: !video.paused && !video.ended && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA,
    begun: video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA,
    currentMs,
    durationMs: Number.isFinite(video.duration) ? video.duration * 1000 : null,
    bufferedMs: bufferedAhead(video.buffered, video.currentTime) * 1000,
    rate: video.playbackRate,
    muted: video.muted,
    volume: video.volume,
  };
}

function bufferedAhead(buffered: TimeRanges, at: number): number {
  for (let i = 0; i < buffered.length; i++) {
    if (buffered.start(i) <= at + 0.5 && buffered.end(i) >= at) return buffered.end(i);
  }
  return at;
}
