import type { Play } from '#contract';

/** How this browser gets at one asset, or what stands in the way. */
export type Playback =
  | { readonly way: 'file'; readonly url: string; readonly from: 'original' | 'proxy' }
  | { readonly way: 'hls'; readonly url: string; readonly from: 'original' | 'proxy' }
  | { readonly way: 'wait'; readonly progress: number | null }
  | { readonly way: 'ask' }
  | { readonly way: 'proxy-failed' }
  | { readonly way: 'none' };

/** `refused`: this browser cannot decode it. `cut`: it could not be fetched. */
export type SourceFault = 'refused' | 'cut';

export interface BrowserMeans {
  /** Whether H.265 in MP4 plays here. */
  readonly hevc: boolean;
  /** The original was tried and the browser refused it: what the server called playable is not, here. */
  readonly originalRefused: boolean;
}

/** Originals first, then HLS, then a proxy, asked for if need be. */
export function choosePlayback(play: Play, means: BrowserMeans): Playback {
  if (play.mode === 'none') return { way: 'none' };
  const original = play.original;
  const playsOriginal = play.mode === 'native' || (play.mode === 'native-hevc' && means.hevc);
  if (original && playsOriginal && !means.originalRefused) {
    return { way: 'file', url: original.url, from: 'original' };
  }
  if (play.hls) return { way: 'hls', url: play.hls.url, from: play.hls.from };
  if (play.copy) return { way: 'file', url: play.copy.url, from: 'proxy' };
  if (play.proxyState === 'owed' || play.proxyState === 'making' || play.proxyState === 'ready') {
    return { way: 'wait', progress: play.proxyState === 'making' ? play.proxyProgress : null };
  }
  return play.proxyState === 'failed' ? { way: 'proxy-failed' } : { way: 'ask' };
}

/** What one looks at: the original itself, the original repackaged, or a copy made from it; null while nothing plays. */
export type Source = 'original' | 'remux' | 'proxy';

export function sourceOf(playback: Playback): Source | null {
  if (playback.way !== 'file' && playback.way !== 'hls') return null;
  if (playback.from === 'proxy') return 'proxy';
  return playback.way === 'hls' ? 'remux' : 'original';
}

const HEVC_TYPES = ['video/mp4; codecs="hvc1.1.6.L93.B0"', 'video/mp4; codecs="hev1.1.6.L93.B0"'];

export function canPlayHevc(): boolean {
  const probe = document.createElement('video');
  return HEVC_TYPES.some((type) => probe.canPlayType(type) !== '');
}
