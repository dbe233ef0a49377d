import type { PlayMode } from '#domain';
import type { Demuxer } from './file-type.js';
import type { MediaFacts, VideoFacts } from './probe-facts.js';

const MP4_SOUND = new Set(['aac', 'mp3', 'opus', 'flac']);
const WEBM_SOUND = new Set(['opus', 'vorbis']);
const MP4_PICTURE = new Set(['h264', 'av1', 'vp9']);
const WEBM_PICTURE = new Set(['vp8', 'vp9', 'av1']);
const EIGHT_BIT = new Set(['yuv420p', 'yuvj420p']);
const PCM_OF_BROWSERS = new Set(['pcm_s16le', 'pcm_u8', 'pcm_s24le', 'pcm_f32le']);

/** How the original can reach a player; `none` when there is neither picture nor sound. */
export function playModeOf(facts: MediaFacts, demuxer: Demuxer, mime: string): PlayMode {
  if (facts.video !== null) return videoMode(facts, facts.video, demuxer, mime);
  return facts.audio === null ? 'none' : soundMode(facts.audio.codec, demuxer);
}

function videoMode(facts: MediaFacts, video: VideoFacts, demuxer: Demuxer, mime: string): PlayMode {
  const sound = facts.audio?.codec ?? null;
  const isEightBit = video.pixelFormat !== null && EIGHT_BIT.has(video.pixelFormat);
  if (demuxer === 'mov' && isEightBit && MP4_PICTURE.has(video.codec) && (sound === null || MP4_SOUND.has(sound)))
    return 'native';
  if (mime === 'video/webm' && isEightBit && WEBM_PICTURE.has(video.codec) && (sound === null || WEBM_SOUND.has(sound)))
    return 'native';
  if (demuxer === 'mov' && video.codec === 'hevc' && (sound === null || MP4_SOUND.has(sound))) return 'native-hevc';
  // A bare stream has no times to cut by, and MPEG-TS has no place for a rotation; these are encoded anew.
  if (video.codec === 'h264' && isEightBit && demuxer !== 'h264' && video.rotation === 0) return 'remux';
  return 'proxy';
}

function soundMode(codec: string, demuxer: Demuxer): PlayMode {
  switch (demuxer) {
    case 'mp3':
    case 'aac':
    case 'flac':
      return 'native';
    case 'mov':
      return MP4_SOUND.has(codec) ? 'native' : 'proxy';
    case 'ogg':
    case 'matroska':
      return WEBM_SOUND.has(codec) || codec === 'flac' ? 'native' : 'proxy';
    case 'wav':
      return PCM_OF_BROWSERS.has(codec) ? 'native' : 'proxy';
    default:
      return 'proxy';
  }
}
