import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Peaks } from '#media';
import { type FootageName, footage } from '../../support/footage.js';
import { filesBelow, MediaWorkbench, pixelAt, sizeOf } from '../../support/media-workbench.js';

jest.setTimeout(120_000); // footage is made on first use

describe('look', () => {
  let bench: MediaWorkbench;
  beforeAll(async () => {
    bench = await MediaWorkbench.open();
  });
  afterAll(() => bench.close());

  const cases: readonly [
    FootageName,
    kind: string,
    playMode: string,
    playMime: string | null,
    renditions: readonly string[],
  ][] = [
    ['h264.mp4', 'video', 'native', 'video/mp4', ['peaks', 'poster', 'storyboard']],
    ['h264-moov-last.mp4', 'video', 'native', 'video/mp4', ['peaks', 'poster', 'storyboard']],
    ['h264-fragmented.mp4', 'video', 'native', 'video/mp4', ['peaks', 'poster', 'storyboard']],
    ['vp8.webm', 'video', 'native', 'video/webm', ['peaks', 'poster', 'storyboard']],
    ['variable-rate.mp4', 'video', 'native', 'video/mp4', ['peaks', 'poster', 'storyboard']],
    ['hevc.mp4', 'video', 'native-hevc', 'video/mp4', ['peaks', 'poster', 'storyboard']],
    ['hdr10.mp4', 'video', 'native-hevc', 'video/mp4', ['poster', 'storyboard']],
    ['h264-mulaw.avi', 'video', 'remux', null, ['peaks', 'poster', 'segment-index', 'storyboard']],
    ['h264-alaw.mov', 'video', 'remux', null, ['peaks', 'poster', 'segment-index', 'storyboard']],
    ['h264-opus.mkv', 'video', 'remux', null, ['peaks', 'poster', 'segment-index', 'storyboard']],
    ['h264-aac.ts', 'video', 'remux', null, ['peaks', 'poster', 'segment-index', 'storyboard']],
    ['h264-aac.flv', 'video', 'remux', null, ['peaks', 'poster', 'segment-index', 'storyboard']],
    ['mpeg4.avi', 'video', 'proxy', null, ['peaks', 'poster', 'storyboard']],
    ['mpeg2.mpg', 'video', 'proxy', null, ['peaks', 'poster', 'storyboard']],
    ['sound.mp3', 'sound', 'native', 'audio/mpeg', ['peaks']],
    ['sound.m4a', 'sound', 'native', 'audio/mp4', ['peaks']],
    ['sound.aac', 'sound', 'native', 'audio/aac', ['peaks']],
    ['sound.ogg', 'sound', 'native', 'audio/ogg', ['peaks']],
    ['sound.flac', 'sound', 'native', 'audio/flac', ['peaks']],
    ['sound-pcm.wav', 'sound', 'native', 'audio/wav', ['peaks']],
    ['sound-g711.wav', 'sound', 'proxy', null, ['peaks']],
    ['photo.jpg', 'photo', 'none', null, ['preview', 'thumbnail']],
    ['photo.png', 'photo', 'none', null, ['preview', 'thumbnail']],
    ['photo.webp', 'photo', 'none', null, ['preview', 'thumbnail']],
    ['photo.bmp', 'photo', 'none', null, ['preview', 'thumbnail']],
    ['photo.gif', 'photo', 'none', null, ['preview', 'thumbnail']],
    ['scan.pdf', 'paper', 'none', null, ['pages', 'text', 'thumbnail']],
    ['scan.tiff', 'paper', 'none', null, ['pages', 'thumbnail']],
    ['scan-jpeg.tiff', 'photo', 'none', null, ['preview', 'thumbnail']],
  ];

  it.each(cases)('%s is %s, played as %s %s', async (name, kind, playMode, playMime, renditions) => {
    const path = await footage(name);
    const found = await bench.look(path);
    expect(found).toMatchObject({ kind, playMode, playMime, viewing: { state: 'viewable' }, warnings: [] });
    expect(found.renditions.map((rendition) => rendition.kind).sort()).toEqual(renditions);

    // What is named is there, what is there is named, and each says how it was made without naming this machine.
    const named = found.renditions.flatMap((rendition) => rendition.files);
    expect(named.map((file) => file.name).sort()).toEqual(await filesBelow(found.outputDir));
    for (const file of named) expect(file.sizeBytes).toBe((await stat(join(found.outputDir, file.name))).size);
    for (const rendition of found.renditions) {
      expect(rendition.version).toMatch(/version \d/);
      expect(rendition.args.join(' ')).toContain('@input');
      expect(rendition.args.join(' ')).not.toContain(bench.folder);
    }
    if (playMode === 'native' || playMode === 'remux') {
      const bytes = named.reduce((sum, file) => sum + file.sizeBytes, 0);
      expect(bytes).toBeLessThanOrEqual(Math.max(65_536, 0.05 * (await stat(path)).size));
    }
  });

  it('turns pictures the right way up and stretches them to their aspect', async () => {
    const size = async (name: FootageName, file: string) =>
      sizeOf(join((await bench.look(await footage(name))).outputDir, file));
    expect(await size('rotated.mov', 'pictures/poster.jpg')).toEqual({ width: 270, height: 480 });
    expect(await size('wide-pixels.mpg', 'pictures/poster.jpg')).toEqual({ width: 1024, height: 576 });
    expect(await size('photo-turned.jpg', 'photo/preview.jpg')).toEqual({ width: 480, height: 640 });
  });

  it('turns a photograph by its EXIF exactly once', async () => {
    const plain = await bench.look(await footage('photo.jpg'));
    const turned = await bench.look(await footage('photo-turned.jpg'));
    // Orientation 6: what is stored at the left bottom belongs at the left top. The red bar is at the left of the stored picture.
    const [red] = await pixelAt(join(plain.outputDir, 'photo/preview.jpg'), 30, 300);
    const [redTop, greenTop] = await pixelAt(join(turned.outputDir, 'photo/preview.jpg'), 180, 30);
    expect(red).toBeGreaterThan(200);
    expect(redTop).toBeGreaterThan(200);
    expect(greenTop).toBeLessThan(60);
  });

  it('keeps the device’s claims raw: time and zone, place, maker', async () => {
    const photo = await bench.look(await footage('photo-turned.jpg'));
    expect(photo.times).toEqual([
      {
        key: 'exif:DateTimeOriginal',
        raw: '2026:01:01 16:00:00+08:00',
        instant: '2026-01-01T08:00:00.000Z',
        zone: 'stated',
      },
    ]);
    expect(photo.raw.exif).toMatchObject({
      DateTimeOriginal: '2026:01:01 16:00:00',
      OffsetTimeOriginal: '+08:00',
      Orientation: 6,
    });
    expect(photo.place?.latitude).toBeCloseTo(39.904167, 5);
    expect(photo.place?.source).toBe('exif');
    expect(photo.device).toMatchObject({ make: 'Liuhen', model: 'DSJ-A7' });

    const clip = await bench.look(await footage('h264.mp4'));
    expect(clip.times).toEqual([
      {
        key: 'format:creation_time',
        raw: '2026-01-01T08:00:00.000000Z',
        instant: '2026-01-01T08:00:00.000Z',
        zone: 'format',
      },
    ]);
    const placed = await bench.look(await footage('h264-place.mov'));
    expect(placed.place).toEqual({ latitude: 39.9042, longitude: 116.4074, source: 'container' });
  });

  it('tells what players must know: variable rate, high dynamic range, rotation', async () => {
    const facts = async (name: FootageName) => (await bench.look(await footage(name))).facts?.video;
    expect(await facts('variable-rate.mp4')).toMatchObject({ isVariableFrameRate: true });
    expect(await facts('hdr10.mp4')).toMatchObject({ hdr: 'smpte2084', codec: 'hevc' });
    expect(await facts('rotated.mov')).toMatchObject({ width: 360, height: 640, codedWidth: 640, codedHeight: 360 });
  });

  it('makes a storyboard whose cues lie on its sheets', async () => {
    const found = await bench.look(await footage('h264.mp4'));
    const vtt = await readFile(join(found.outputDir, 'pictures/storyboard.vtt'), 'utf8');
    const sheet = await sizeOf(join(found.outputDir, 'pictures/sheet-1.jpg'));
    const cues = [...vtt.matchAll(/sheet-1\.jpg#xywh=(\d+),(\d+),(\d+),(\d+)/g)].map((cue) => cue.slice(1).map(Number));
    expect(cues).toHaveLength(4);
    for (const [x = -1, y = -1, width = 0, height = 0] of cues) {
      expect(x + width).toBeLessThanOrEqual(sheet.width);
      expect(y + height).toBeLessThanOrEqual(sheet.height);
      // No tile is the black of an empty place: the blue bar is where it was.
      const [, , blue] = await pixelAt(join(found.outputDir, 'pictures/sheet-1.jpg'), x + 92, y + 20);
      expect(blue).toBeGreaterThan(150);
    }
  });

  it('jumps through a long recording, each tile showing its time', async () => {
    const [midway] = await pixelAt(await footage('long.mp4'), 80, 45, 330);
    const found = await bench.look(await footage('long.mp4'));
    expect(found.warnings).toEqual([]);
    const storyboard = found.renditions.find((rendition) => rendition.kind === 'storyboard');
    const sheets = storyboard?.files.filter((file) => file.name.endsWith('.jpg')).map((file) => file.name) ?? [];
    const vtt = await readFile(join(found.outputDir, 'storyboard/storyboard.vtt'), 'utf8');
    const cues = [...vtt.matchAll(/(\d\d):(\d\d):(\d\d)\.(\d+) -->[^\n]*\n(sheet-\d+\.jpg)#xywh=(\d+),(\d+),/g)];
    expect(cues.length).toBeGreaterThan(25);
    expect(new Set(cues.map((cue) => `storyboard/${cue[5]}`))).toEqual(new Set(sheets));
    for (const cue of cues) {
      const seconds = Number(cue[1]) * 3600 + Number(cue[2]) * 60 + Number(cue[3]);
      const [grey] = await pixelAt(
        join(found.outputDir, `storyboard/${cue[5]}`),
        Number(cue[6]) + 80,
        Number(cue[7]) + 45,
      );
      // Tiles are twenty seconds, which is seven shades, apart.
      expect(Math.abs(grey - (midway * seconds) / 330)).toBeLessThan(3);
    }
  });

  it('measures the sound', async () => {
    const found = await bench.look(await footage('sound-g711.wav'));
    const peaks = JSON.parse(await readFile(join(found.outputDir, 'peaks/peaks.json'), 'utf8')) as Peaks;
    const seconds = (peaks.length * peaks.samples_per_pixel) / peaks.sample_rate;
    expect(seconds).toBeCloseTo(5, 1);
    expect(Math.max(...peaks.data)).toBeGreaterThan(50);
    expect(Math.min(...peaks.data)).toBeLessThan(-50);
  });

  it('draws every page, in order, with its words', async () => {
    const pdf = await bench.look(await footage('scan.pdf'));
    expect(pdf.pageCount).toBe(3);
    expect(pdf.renditions.find((rendition) => rendition.kind === 'pages')?.files.map((file) => file.name)).toEqual([
      'pages/page-0001.jpg',
      'pages/page-0002.jpg',
      'pages/page-0003.jpg',
    ]);
    expect(await sizeOf(join(pdf.outputDir, 'pages/page-0001.jpg'))).toEqual({ width: 910, height: 1287 });
    const text = JSON.parse(await readFile(join(pdf.outputDir, 'text/text.json'), 'utf8')) as { pages: string[] };
    expect(text.pages).toEqual(['Record page 1', 'Record page 2', 'Record page 3']);

    const tiff = await bench.look(await footage('scan.tiff'));
    expect(tiff.pageCount).toBe(3);
    // Page n has n black bars, at 0, 40 and 80: the third is there on page three alone.
    const third = await Promise.all(
      [1, 2, 3].map(
        async (page) => (await pixelAt(join(tiff.outputDir, `pages/page-000${page}.jpg`), 300, 90))[0] < 60,
      ),
    );
    expect(third).toEqual([false, false, true]);
  });

  it('decodes TIFF strips compressed by JPEG in their true colours', async () => {
    const found = await bench.look(await footage('scan-jpeg.tiff'));
    const [red, green, blue] = await pixelAt(join(found.outputDir, 'photo/preview.jpg'), 60, 200);
    expect(red).toBeGreaterThan(200);
    expect(Math.max(green, blue)).toBeLessThan(60);
  });
});
