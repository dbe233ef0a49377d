import type { Sniff } from './file-type.js';

// Files that make a player open other files or addresses. An `.mp4` that is one of these put another local file's
// picture into ffmpeg's output, protocol whitelist and all; so they never reach a tool.
const PLAYLISTS = [
  /^#EXTM3U/,
  /^ffconcat\b/i,
  /^file\s+['"]?\S/i,
  /^\[playlist\]/i,
  /^(<\?xml[^>]*>\s*)?(<!--[^>]*-->\s*)*<(MPD|smil|asx|playlist|SmoothStreamingMedia)\b/i,
  /^v=0\r?\n/,
  /^\[(InternetShortcut|Reference)\]/i,
  /^(concat|subfile|https?|ftp|rtsp|rtmp|file|data|crypto|hls|async|cache):/i,
];

/** No control characters but white space in the first bytes; UTF-8, UTF-16 with a mark, or an old Chinese code page. */
export function looksLikeText(head: Buffer): boolean {
  const start = head.subarray(0, 512);
  if (start[0] === 0xff && start[1] === 0xfe) return true;
  if (start[0] === 0xfe && start[1] === 0xff) return true;
  return start.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === 0x0c);
}

export function sniffText(head: Buffer): Sniff {
  const text = head
    .toString('utf8', 0, 2_048)
    .replace(/^\uFEFF/, '')
    .trimStart();
  const reason = PLAYLISTS.some((pattern) => pattern.test(text)) ? 'refused' : 'unknown-format';
  return { mime: 'text/plain', family: 'other', demuxer: null, reason };
}
