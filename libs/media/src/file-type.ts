import type { UnviewableReason } from '#domain';

/** What a file is, by its bytes. Its name, and what the sender called it, are never asked. */
export interface Sniff {
  readonly mime: string;
  readonly family: 'video' | 'sound' | 'image' | 'paper' | 'other';
  /** ffmpeg demuxer that is forced and alone allowed; null when ffmpeg must not see the file. */
  readonly demuxer: Demuxer | null;
  /** Set when nothing will be made of it. */
  readonly reason?: UnviewableReason;
}

/** The demuxers that may read evidence: no playlists, no scripts, no text, no devices. */
export type Demuxer =
  | 'mov'
  | 'matroska'
  | 'avi'
  | 'mpegts'
  | 'mpeg'
  | 'dhav'
  | 'flv'
  | 'h264'
  | 'hevc'
  | 'wav'
  | 'mp3'
  | 'aac'
  | 'amr'
  | 'ogg'
  | 'flac'
  | 'jpeg_pipe'
  | 'png_pipe'
  | 'tiff_pipe'
  | 'bmp_pipe'
  | 'gif'
  | 'webp_pipe';
