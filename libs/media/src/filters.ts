import type { VideoFacts } from './probe-facts.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The largest even size of the same shape inside the frame; never larger than the picture itself. */
export function fitWithin(picture: Size, frame: Size): Size {
  const factor = Math.min(1, frame.width / picture.width, frame.height / picture.height);
  return { width: even(picture.width * factor), height: even(picture.height * factor) };
}

/**
 * Scales to a size already corrected for sample aspect; rotation was undone before, by ffmpeg, which turns by the
 * display matrix unless told not to. PQ and HLG are tone-mapped after shrinking: the same picture for less work.
 * The colour tags are stated, not guessed, since zscale refuses a stream that leaves one of them open.
 */
export function scaleTo(size: Size, hdr: VideoFacts['hdr'], flags: 'bilinear' | 'fast_bilinear' = 'bilinear'): string {
  const scale = `scale=w=${size.width}:h=${size.height}:flags=${flags}`;
  if (hdr === null) return `${scale},setsar=1,format=yuv420p`;
  return [
    scale,
    'setsar=1',
    `zscale=tin=${hdr}:min=2020_ncl:pin=2020:rin=limited:t=linear:npl=100`,
    'format=gbrpf32le',
    'zscale=p=bt709',
    'tonemap=tonemap=hable:desat=0',
    'zscale=t=bt709:m=bt709:r=limited',
    'format=yuv420p',
  ].join(',');
}

/** Undoes EXIF orientation 1–8 (EXIF 2.3, 4.6.4). ffmpeg's own turning is switched off beside it, or it would turn twice. */
export function uprightFilter(orientation: number): string | null {
  const filters: Record<number, string> = {
    2: 'hflip',
    3: 'hflip,vflip',
    4: 'vflip',
    5: 'transpose=0',
    6: 'transpose=1',
    7: 'transpose=3',
    8: 'transpose=2',
  };
  return filters[orientation] ?? null;
}

function even(value: number): number {
  return Math.max(2, Math.round(value / 2) * 2);
}
