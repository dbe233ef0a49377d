import { useEffect, useRef } from 'react';
import type { Playback, SourceFault } from './playback.js';

interface Options {
  readonly playback: Playback;
  /** Load at once; otherwise nothing is asked of the archive before play, since asking is a logged read. */
  readonly eager: boolean;
  readonly onFault: (fault: SourceFault) => void;
}

/** Gives the element what it is to play, and takes it away again. */
export function useSource(video: HTMLVideoElement | null, { playback, eager, onFault }: Options): void {
  const report = useRef(onFault);
  report.current = onFault;
  const left = useRef<Left | null>(null);
  const way = playback.way;
  const url = way === 'file' || way === 'hls' ? playback.url : null;
  useEffect(() => {
    if (!video || url === null) return;
    video.preload = eager ? 'auto' : 'none';
    const fail = (fault: SourceFault) => {
      left.current = { seconds: video.currentTime, playing: !video.paused };
      report.current(fault);
    };
    const detach = way === 'file' ? attachFile(video, url, fail) : attachHls(video, url, eager, fail);
    if (left.current) takeUp(video, left.current);
    left.current = null;
    return detach;
  }, [video, way, url, eager]);
}

/** Where a source was left that turned out not to play. */
interface Left {
  readonly seconds: number;
  readonly playing: boolean;
}

/** The next source goes on where the one before failed. */
function takeUp(video: HTMLVideoElement, { seconds, playing }: Left): void {
  const go = () => {
    video.currentTime = Math.min(seconds, video.duration || seconds);
    if (playing) video.play().catch(() => undefined);
  };
  video.addEventListener('loadedmetadata', go, { once: true });
}

function attachFile(video: HTMLVideoElement, url: string, onFault: (fault: SourceFault) => void): () => void {
  const onError = () => onFault(faultOf(video.error));
  video.addEventListener('error', onError);
  if (video.getAttribute('src') !== url) video.src = url;
  return () => {
    video.removeEventListener('error', onError);
    video.removeAttribute('src');
    video.load();
  };
}

/** Code 4 is said of a missing file too; then the message begins with the HTTP status. */
function faultOf(error: MediaError | null): SourceFault {
  if (!error || error.code === MediaError.MEDIA_ERR_NETWORK || /^\d{3}:/.test(error.message)) return 'cut';
  return 'refused';
}

function attachHls(
  video: HTMLVideoElement,
  url: string,
  eager: boolean,
  onFault: (fault: SourceFault) => void,
): () => void {
  let detach: (() => void) | null = null;
  let gone = false;
  import('./hls-source.js')
    .then(({ attach }) => {
      if (!gone) detach = attach(video, url, eager, onFault);
    })
    .catch(() => onFault('cut'));
  return () => {
    gone = true;
    detach?.();
  };
}
