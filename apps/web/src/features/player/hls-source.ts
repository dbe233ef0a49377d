import Hls from 'hls.js/light';
import type { SourceFault } from './playback.js';

/** How often a fault that hls.js can mend is mended before it is one. */
const MENDS = 2;

/** Plays an HLS stream through MSE, or natively where there is no MSE (iPhones). */
export function attach(
  video: HTMLVideoElement,
  url: string,
  eager: boolean,
  onFault: (fault: SourceFault) => void,
): () => void {
  if (!Hls.isSupported()) {
    video.src = url;
    return () => {
      video.removeAttribute('src');
      video.load();
    };
  }
  const hls = new Hls({ maxBufferLength: 30, backBufferLength: 60, enableWorker: false });
  let mends = 0;
  hls.on(Hls.Events.ERROR, (_name, data) => {
    if (!data.fatal) return;
    mends += 1;
    if (mends > MENDS) return onFault(data.type === Hls.ErrorTypes.MEDIA_ERROR ? 'refused' : 'cut');
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR) return hls.recoverMediaError();
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR) return hls.startLoad();
    onFault('cut');
  });
  hls.attachMedia(video);
  const begin = () => hls.loadSource(url);
  if (eager || !video.paused) begin();
  else video.addEventListener('play', begin, { once: true });
  return () => {
    video.removeEventListener('play', begin);
    hls.destroy();
  };
}
