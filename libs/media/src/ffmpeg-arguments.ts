import ffmpeg from 'fluent-ffmpeg';
import type { Demuxer } from './file-type.js';
import { IMAGE_MAX_PIXELS, MAX_STREAMS, VIDEO_MAX_PIXELS } from './limits.js';
import { INPUT } from './tools.js';

/**
 * Decoders that may run on evidence: what recorders, telephones and cameras write. Everything else in ffmpeg is
 * refused, since each further decoder is one more parser to be broken (MagicYUV, CVE-2026-8461, to name one).
 */
const CODECS = [
  ...['h264', 'hevc', 'libdav1d', 'av1', 'vp8', 'vp9', 'libvpx', 'libvpx-vp9'],
  ...['mpeg4', 'mpeg1video', 'mpeg2video', 'h263', 'mjpeg', 'msmpeg4', 'msmpeg4v2', 'flv'],
  ...[
    'aac',
    'aac_fixed',
    'aac_latm',
    'mp3',
    'mp3float',
    'mp2',
    'mp2float',
    'ac3',
    'opus',
    'libopus',
    'vorbis',
    'flac',
    'alac',
  ],
  ...[
    'amrnb',
    'amrwb',
    'pcm_mulaw',
    'pcm_alaw',
    'pcm_u8',
    'pcm_s8',
    'pcm_s16le',
    'pcm_s16be',
    'pcm_s24le',
    'pcm_s24be',
  ],
  ...['pcm_s32le', 'pcm_s32be', 'pcm_f32le', 'pcm_f32be'],
  ...['adpcm_ima_wav', 'adpcm_ms', 'adpcm_g722', 'g722', 'adpcm_g726', 'g726', 'adpcm_g726le', 'g726le'],
  ...['png', 'gif', 'bmp', 'tiff', 'webp'],
].join(',');

export interface MediaSource {
  readonly demuxer: Demuxer;
}

/** Decoder threads; the machine's cores are shared with other work. */
const THREADS = 2;

const IMAGE_DEMUXERS: ReadonlySet<Demuxer> = new Set([
  'jpeg_pipe',
  'png_pipe',
  'tiff_pipe',
  'bmp_pipe',
  'gif',
  'webp_pipe',
]);

export function isImageDemuxer(demuxer: Demuxer): boolean {
  return IMAGE_DEMUXERS.has(demuxer);
}

/**
 * Options in front of `-i`: this demuxer and no other, these decoders and no others, no protocol but `file`, which
 * also keeps a demuxer from opening anything a name in the file points to. Image files go through the `_pipe`
 * demuxers, which know no name patterns.
 */
export function guardOptions(source: MediaSource): string[] {
  const maxPixels = isImageDemuxer(source.demuxer) ? IMAGE_MAX_PIXELS : VIDEO_MAX_PIXELS;
  return [
    ...['-protocol_whitelist', 'file', '-format_whitelist', source.demuxer, '-codec_whitelist', CODECS],
    ...['-max_streams', String(MAX_STREAMS), '-max_pixels', String(maxPixels), '-f', source.demuxer],
  ];
}

export interface InputOptions {
  /** Before `-i`, after the guards: seeking, skipping, discarding. Fixed text and numbers only. */
  readonly before?: readonly string[];
  readonly threads?: number;
}

/** A fluent-ffmpeg command reading the original under guard. It only builds; `argumentsOf` gives the list. */
export function readOriginal(source: MediaSource, options: InputOptions = {}): ffmpeg.FfmpegCommand {
  return addInput(ffmpeg(), source, options);
}

/** The original once more, for another place in it. */
export function addInput(
  command: ffmpeg.FfmpegCommand,
  source: MediaSource,
  options: InputOptions = {},
): ffmpeg.FfmpegCommand {
  const threads = String(options.threads ?? THREADS);
  return command
    .input(`file:${INPUT}`)
    .inputOptions([...guardOptions(source), '-threads', threads, ...(options.before ?? [])]);
}

/** fluent-ffmpeg's own way to the finished list; it is public in its code though not in its types. */
interface ArgumentBuilder {
  _getArguments(): string[];
}

/** The whole argument list. Progress goes to stderr, where the runner reads it; there is never a console to ask. */
export function argumentsOf(command: ffmpeg.FfmpegCommand): string[] {
  const built = (command as unknown as ArgumentBuilder)._getArguments();
  return [
    '-hide_banner',
    '-nostdin',
    '-nostats',
    '-v',
    'error',
    '-progress',
    'pipe:2',
    '-max_alloc',
    MAX_ALLOC,
    ...built,
  ];
}

/** One allocation at most; a 100-megapixel RGBA picture needs 400 MB. */
const MAX_ALLOC = String(1024 ** 3);

/** ffprobe over the same guards. */
export function probeArguments(source: MediaSource, show: readonly string[]): string[] {
  return ['-hide_banner', '-v', 'error', ...guardOptions(source), ...show, '-i', `file:${INPUT}`];
}
