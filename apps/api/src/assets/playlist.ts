import type { PlaylistEntry } from '#archive';

/** An HLS media playlist (RFC 8216) over the original: all segments are named, each is cut when it is asked for. */
export function makePlaylist(segments: readonly PlaylistEntry[]): string {
  const target = Math.max(1, ...segments.map((segment) => Math.ceil(segment.durationMs / 1000)));
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    `#EXT-X-TARGETDURATION:${target}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
  for (const segment of segments) lines.push(`#EXTINF:${(segment.durationMs / 1000).toFixed(3)},`, `${segment.n}.ts`);
  return `${lines.join('\n')}\n#EXT-X-ENDLIST\n`;
}
