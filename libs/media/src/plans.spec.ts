import { argumentsOf, guardOptions, readOriginal } from './ffmpeg-arguments.js';
import { fitWithin, scaleTo } from './filters.js';
import { PacketReader, segmentIndexOf } from './key-frames.js';
import { pageDpi, pageSizes } from './papers.js';
import { PeakReducer } from './peaks.js';
import { planPictures, renditionBudget, storyboardVtt } from './picture-plan.js';
import type { VideoFacts } from './probe-facts.js';
import { segmentArguments } from './segments.js';

const VIDEO: VideoFacts = {
  codec: 'h264',
  profile: 'High',
  pixelFormat: 'yuv420p',
  width: 1920,
  height: 1080,
  codedWidth: 1920,
  codedHeight: 1080,
  rotation: 0,
  sampleAspect: '1:1',
  frameRate: 25,
  isVariableFrameRate: false,
  isInterlaced: false,
  hdr: null,
};

describe('arguments', () => {
  it('force the demuxer and name every whitelist before the input', () => {
    const args = argumentsOf(readOriginal({ demuxer: 'mov' }).output('@output/x.jpg'));
    const before = args.slice(0, args.indexOf('-i'));
    for (const option of [
      '-nostdin',
      '-protocol_whitelist',
      '-format_whitelist',
      '-codec_whitelist',
      '-max_streams',
      '-max_pixels',
    ]) {
      expect(before).toContain(option);
    }
    expect(before[before.indexOf('-protocol_whitelist') + 1]).toBe('file');
    expect(before[before.indexOf('-format_whitelist') + 1]).toBe('mov');
    expect(before[before.lastIndexOf('-f') + 1]).toBe('mov');
    expect(args[args.indexOf('-i') + 1]).toBe('file:@input');
  });

  it('allow no decoder but those named', () => {
    const codecs = guardOptions({ demuxer: 'avi' })[5]?.split(',') ?? [];
    expect(codecs).toContain('h264');
    for (const refused of ['magicyuv', 'ansi', 'xbin', 'text', 'rawvideo']) expect(codecs).not.toContain(refused);
  });

  it('tone-map only what is high dynamic range', () => {
    const size = { width: 160, height: 90 };
    expect(scaleTo(size, null)).not.toContain('tonemap');
    expect(scaleTo(size, 'arib-std-b67')).toContain('zscale=tin=arib-std-b67');
  });

  it('shrink within a frame, to even sizes, and never enlarge', () => {
    expect(fitWithin({ width: 1920, height: 1080 }, { width: 1280, height: 720 })).toEqual({
      width: 1280,
      height: 720,
    });
    expect(fitWithin({ width: 333, height: 555 }, { width: 160, height: 160 })).toEqual({ width: 96, height: 160 });
    expect(fitWithin({ width: 100, height: 50 }, { width: 1280, height: 720 })).toEqual({ width: 100, height: 50 });
  });
});

describe('pictures', () => {
  it('stay within the budget of a playable recording, by estimate', () => {
    const plan = planPictures({ video: VIDEO, durationMs: 60_000, playableSizeBytes: 60_000_000 });
    expect(plan).toMatchObject({
      poster: { width: 1280, height: 720 },
      storyboard: { count: 30, intervalMs: 2_000 },
      method: 'key-frames',
    });
    const small = planPictures({ video: VIDEO, durationMs: 60_000, playableSizeBytes: 100_000 });
    const { poster, storyboard } = small;
    const tiles = storyboard === null ? 0 : storyboard.count * storyboard.tile.width * storyboard.tile.height;
    expect(poster.width * poster.height * 0.2 + tiles * 0.3).toBeLessThan(renditionBudget(100_000));
    expect(poster.width).toBeLessThan(1280);
  });

  it('are at most a hundred tiles, and by seeking in a long recording', () => {
    const plan = planPictures({ video: VIDEO, durationMs: 3_600_000, playableSizeBytes: 4e9 });
    expect(plan.method).toBe('seek');
    expect(plan.storyboard).toMatchObject({ count: 100, intervalMs: 36_000 });
  });

  it('leave out the storyboard of a moment', () => {
    expect(planPictures({ video: VIDEO, durationMs: 3_000, playableSizeBytes: null }).storyboard).toBeNull();
    expect(planPictures({ video: VIDEO, durationMs: null, playableSizeBytes: null }).storyboard).toBeNull();
  });

  it('are found through WebVTT cues, tile by tile, sheet by sheet', () => {
    const plan = { tile: { width: 160, height: 90 }, count: 27, intervalMs: 2_000 };
    const vtt = storyboardVtt(plan, 53_500, ['sheet-1.jpg', 'sheet-2.jpg']);
    expect(vtt.startsWith('WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nsheet-1.jpg#xywh=0,0,160,90\n')).toBe(true);
    expect(vtt).toContain('00:00:12.000 --> 00:00:14.000\nsheet-1.jpg#xywh=160,90,160,90\n');
    expect(vtt).toContain('00:00:52.000 --> 00:00:53.500\nsheet-2.jpg#xywh=160,0,160,90\n');
    expect(storyboardVtt(plan, 53_500, ['sheet-1.jpg'])).not.toContain('sheet-2');
  });
});

describe('peaks', () => {
  const reduce = (samples: readonly number[], chunkBytes: number) => {
    const bytes = Buffer.alloc(samples.length * 2);
    samples.forEach((sample, i) => {
      bytes.writeInt16LE(sample, i * 2);
    });
    const reducer = new PeakReducer();
    for (let at = 0; at < bytes.length; at += chunkBytes) reducer.add(bytes.subarray(at, at + chunkBytes));
    return reducer.result();
  };
  const wave = Array.from({ length: 200_001 }, (_, i) => Math.round(30_000 * Math.sin(i / 9) * ((i % 5_000) / 5_000)));

  it('are the same wherever the pipe cuts the samples', () => {
    expect(reduce(wave, 4_097)).toEqual(reduce(wave, 65_536));
    expect(reduce(wave.slice(0, 500), 1)).toEqual(reduce(wave.slice(0, 500), 64));
  });

  it('are the lowest and highest of their stretch, at most two thousand', () => {
    const peaks = reduce(wave, 65_536);
    expect(peaks.length).toBeLessThanOrEqual(2_000);
    expect(peaks.length).toBeGreaterThan(900);
    expect(peaks.data).toHaveLength(peaks.length * 2);
    const step = peaks.samples_per_pixel;
    for (const n of [0, 7, peaks.length - 1]) {
      const stretch = wave.slice(n * step, (n + 1) * step);
      expect(peaks.data.slice(2 * n, 2 * n + 2)).toEqual([Math.min(...stretch) >> 8, Math.max(...stretch) >> 8]);
    }
  });

  it('of nothing are none', () => {
    expect(new PeakReducer().result().length).toBe(0);
  });
});

describe('segments', () => {
  const keyFrames = [0, 2, 4, 6, 14, 15, 19].map((second) => ({
    ptsUs: 1_400_000 + second * 1_000_000,
    dtsUs: 1_320_000 + second * 1_000_000,
  }));
  const index = segmentIndexOf({ keyFrames, endUs: 22_400_000 });

  it('start at key frames, four seconds or more apart, and cover the recording', () => {
    expect(index.segments.map((segment) => [segment.startMs, segment.durationMs])).toEqual([
      [0, 4_000],
      [4_000, 10_000],
      [14_000, 5_000],
      [19_000, 2_000],
    ]);
  });

  it('are cut by the times of the next ones, read a little past the end', () => {
    const args = segmentArguments({ demuxer: 'mpegts', index, audio: null, from: 1, count: 2 });
    const following = (option: string) => args[args.indexOf(option) + 1];
    expect(following('-ss')).toBe('5.318000');
    expect(following('-segment_times')).toBe('15.400000,20.400000');
    expect(following('-to')).toBe('20.900000');
    expect(following('-segment_start_number')).toBe('1');
    const last = segmentArguments({ demuxer: 'mpegts', index, audio: null, from: 3, count: 1 });
    expect(last).not.toContain('-to');
    expect(last).not.toContain('-segment_times');
  });

  it('are known from packet lines cut anywhere, with pts or dts missing', () => {
    const text =
      '0.007000,N/A,0.033000,K_\n0.074000,N/A,0.033000,__\nN/A,2.000000,0.033000,K_\n1.500000,1.5,0.033000,K_\n4.1,4.0,N/A,K_';
    const reader = new PacketReader();
    for (const part of text.match(/[\s\S]{1,7}/g) ?? []) reader.add(part);
    expect(reader.result()).toEqual({
      keyFrames: [
        { ptsUs: 7_000, dtsUs: 7_000 },
        { ptsUs: 2_000_000, dtsUs: 2_000_000 },
        { ptsUs: 4_100_000, dtsUs: 4_000_000 },
      ],
      endUs: 4_100_000,
    });
  });
});

describe('pages', () => {
  it('are drawn at 110 dots an inch, huge plans at fewer', () => {
    expect(pageDpi({ width: 595, height: 842 })).toBe(110);
    const plan = { width: 14_400, height: 14_400 };
    expect((plan.width / 72) * pageDpi(plan) * (plan.height / 72) * pageDpi(plan)).toBeLessThanOrEqual(12_000_000);
  });

  it('have the sizes pdfinfo tells, A4 when it does not', () => {
    const info = 'Pages: 3\nPage    1 size: 612 x 792 pts (letter)\nPage    3 size: 1190.55 x 841.89 pts (A3)\n';
    expect(pageSizes(info, 3)).toEqual([
      { width: 612, height: 792 },
      { width: 595, height: 842 },
      { width: 1190.55, height: 841.89 },
    ]);
  });
});
