import type { Demuxer, Sniff } from './file-type.js';

/** Moving pictures and sound. What a container really holds (an MP4 of sound alone) is decided after the probe. */
export function sniffContainer(head: Buffer): Sniff | null {
  return (
    sniffIsoMedia(head) ?? sniffByMagic(head) ?? sniffTransport(head) ?? sniffElementary(head) ?? sniffMpegAudio(head)
  );
}

const video = (mime: string, demuxer: Demuxer): Sniff => ({ mime, family: 'video', demuxer });
const sound = (mime: string, demuxer: Demuxer): Sniff => ({ mime, family: 'sound', demuxer });

const HEIF_BRANDS = /^(heic|heix|heim|heis|hevc|hevx|mif1|msf1|avif|avis)$/;

/** ISO/IEC 14496-12 boxes: `ftyp` first, or, from old QuickTime and cut recordings, whatever came first. */
function sniffIsoMedia(head: Buffer): Sniff | null {
  const box = head.toString('latin1', 4, 8);
  if (box === 'ftyp') {
    const brand = head.toString('latin1', 8, 12);
    if (HEIF_BRANDS.test(brand)) {
      const mime = brand.startsWith('avi') ? 'image/avif' : 'image/heic';
      return { mime, family: 'image', demuxer: null, reason: 'no-tool' };
    }
    if (brand === 'qt  ') return video('video/quicktime', 'mov');
    if (/^(M4A|M4B) $/.test(brand)) return sound('audio/mp4', 'mov');
    if (/^3g[p2s]/.test(brand)) return video('video/3gpp', 'mov');
    return video('video/mp4', 'mov');
  }
  if (/^(moov|mdat|wide|free|skip|pnot)$/.test(box)) return video('video/quicktime', 'mov');
  if (/^(styp|moof|sidx)$/.test(box)) return video('video/mp4', 'mov');
  return null;
}

function sniffByMagic(head: Buffer): Sniff | null {
  const text = head.toString('latin1', 0, 16);
  if (text.startsWith('\x1a\x45\xdf\xa3')) {
    const isWebm = head.subarray(0, 128).includes('webm');
    return video(isWebm ? 'video/webm' : 'video/x-matroska', 'matroska');
  }
  if (/^RIFF[\s\S]{4}AVI[ X]/.test(text)) return video('video/x-msvideo', 'avi');
  if (/^(RIFF|RF64)[\s\S]{4}WAVE/.test(text)) return sound('audio/wav', 'wav');
  if (text.startsWith('FLV\x01')) return video('video/x-flv', 'flv');
  if (text.startsWith('\0\0\x01\xba')) return video('video/mpeg', 'mpeg');
  // Hikvision puts forty bytes of its own before a program stream; the demuxer finds the first pack behind them.
  if (text.startsWith('IMKH')) return video('video/mpeg', 'mpeg');
  if (text.startsWith('DHAV') || text.startsWith('DAHUA')) return video('video/x-dahua', 'dhav');
  if (text.startsWith('OggS')) return sound('audio/ogg', 'ogg');
  if (text.startsWith('fLaC')) return sound('audio/flac', 'flac');
  if (text.startsWith('#!AMR')) return sound('audio/amr', 'amr');
  return null;
}

/** ISO/IEC 13818-1: a 0x47 every 188 bytes, or every 192 with a time stamp before each packet (.m2ts). */
function sniffTransport(head: Buffer): Sniff | null {
  const everyPacket = (first: number, step: number) => {
    const count = Math.min(5, Math.floor((head.length - first) / step));
    return count >= 3 && Array.from({ length: count }, (_, i) => head[first + i * step]).every((byte) => byte === 0x47);
  };
  return everyPacket(0, 188) || everyPacket(4, 192) ? video('video/mp2t', 'mpegts') : null;
}

/** A bare H.264 or H.265 stream starts with a parameter set or delimiter (Annex B start code and unit type). */
function sniffElementary(head: Buffer): Sniff | null {
  const unit = [3, 4].find((at) => head[at - 1] === 1 && head.subarray(0, at - 1).every((byte) => byte === 0));
  if (unit === undefined) return null;
  const first = head[unit] ?? 0;
  if ((first & 0x9f) === 0x07 || first === 0x09) return video('video/h264', 'h264');
  if ((first === 0x40 || first === 0x42 || first === 0x46) && head[unit + 1] === 0x01)
    return video('video/h265', 'hevc');
  return null;
}

function sniffMpegAudio(head: Buffer): Sniff | null {
  let at = 0;
  if (head.toString('latin1', 0, 3) === 'ID3') {
    const size = [6, 7, 8, 9].reduce((sum, i) => sum * 128 + ((head[i] ?? 0) & 0x7f), 0);
    at = 10 + size;
    if (at + 4 >= head.length) return sound('audio/mpeg', 'mp3'); // a tag with a picture in it; frames are further on
  }
  const layer = frameKind(head, at);
  if (layer === null) return null;
  const next = at + layer.lengthBytes;
  if (next + 2 <= head.length && frameKind(head, next)?.demuxer !== layer.demuxer) return null;
  return layer.demuxer === 'aac' ? sound('audio/aac', 'aac') : sound('audio/mpeg', 'mp3');
}

const BITRATES_V1_L3 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BITRATES_V2_L3 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const RATES_V1 = [44_100, 48_000, 32_000];

/** The audio frame at `at`: ADTS (13818-7) or MPEG layer III (11172-3), with its length, so that the next can be checked. */
function frameKind(head: Buffer, at: number): { demuxer: 'aac' | 'mp3'; lengthBytes: number } | null {
  const [sync = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0] = head.subarray(at, at + 6);
  if (sync !== 0xff || (second & 0xe0) !== 0xe0) return null;
  if ((second & 0xf6) === 0xf0) {
    const lengthBytes = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
    return lengthBytes > 7 ? { demuxer: 'aac', lengthBytes } : null;
  }
  const version = (second >> 3) & 3;
  if (((second >> 1) & 3) !== 1 || version === 1) return null;
  const kbits = (version === 3 ? BITRATES_V1_L3 : BITRATES_V2_L3)[third >> 4];
  const rate = RATES_V1[(third >> 2) & 3];
  if (kbits === undefined || kbits === 0 || rate === undefined) return null;
  const sampleRate = version === 3 ? rate : version === 2 ? rate / 2 : rate / 4;
  const lengthBytes = Math.floor(((version === 3 ? 144 : 72) * kbits * 1000) / sampleRate) + ((third >> 1) & 1);
  return { demuxer: 'mp3', lengthBytes };
}
