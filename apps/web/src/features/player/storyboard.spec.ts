import { cueAt, parseStoryboard } from './storyboard.js';

const VTT = `WEBVTT

00:00.000 --> 00:10.000
sheet-0.jpg#xywh=0,0,160,90

NOTE nothing

1:00:10.000 --> 1:00:20.500
sheet-1.jpg#xywh=pixel:160,90,160,90

00:10.000 --> 00:20.000
no tile here
`;

describe('parseStoryboard', () => {
  const cues = parseStoryboard(VTT, 'https://archive.test/a/storyboard.vtt?v=1');

  it('reads timing and tile, resolves addresses, passes over the rest', () => {
    expect(cues).toEqual([
      { startMs: 0, endMs: 10_000, url: 'https://archive.test/a/sheet-0.jpg', x: 0, y: 0, width: 160, height: 90 },
      {
        startMs: 3_610_000,
        endMs: 3_620_500,
        url: 'https://archive.test/a/sheet-1.jpg',
        x: 160,
        y: 90,
        width: 160,
        height: 90,
      },
    ]);
  });

  it('finds the tile of a moment', () => {
    expect(cueAt(cues, 0)?.x).toBe(0);
    expect(cueAt(cues, 3_609_999)?.x).toBe(0);
    expect(cueAt(cues, 3_610_000)?.x).toBe(160);
    expect(cueAt(cues, 9_999_999)?.x).toBe(160);
    expect(cueAt([], 5)).toBeNull();
  });
});
