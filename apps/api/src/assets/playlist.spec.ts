import { makePlaylist } from './playlist.js';

describe('a playlist over an original', () => {
  it('names every segment before any of them exists', () => {
    const playlist = makePlaylist([
      { n: 0, durationMs: 9_400 },
      { n: 1, durationMs: 5_000 },
    ]);
    expect(playlist).toContain('#EXT-X-TARGETDURATION:10\n');
    expect(playlist).toContain('#EXTINF:9.400,\n0.ts\n#EXTINF:5.000,\n1.ts\n');
    expect(playlist.endsWith('#EXT-X-ENDLIST\n')).toBe(true);
  });
});
