import { imageSize } from './image-size.js';
import { parseIso6709 } from './place.js';
import { playModeOf } from './play-mode.js';
import { factsOf, type RawStream } from './probe-facts.js';
import { readTime } from './times.js';

const picture = (more: Partial<RawStream> = {}): RawStream => ({
  codec_type: 'video',
  codec_name: 'h264',
  width: 720,
  height: 576,
  pix_fmt: 'yuv420p',
  r_frame_rate: '25/1',
  avg_frame_rate: '25/1',
  ...more,
});
const sound = (codec: string): RawStream => ({
  codec_type: 'audio',
  codec_name: codec,
  sample_rate: '8000',
  channels: 1,
});
const modeOf = (streams: readonly RawStream[], demuxer: Parameters<typeof playModeOf>[1], mime = 'video/mp4') =>
  playModeOf(factsOf({ streams, format: {} }), demuxer, mime);

describe('facts', () => {
  it('shows a picture as it is to be seen: stretched by its samples, then turned', () => {
    const { video } = factsOf({
      streams: [
        picture({
          sample_aspect_ratio: '64:45',
          side_data_list: [{ side_data_type: 'Display Matrix', rotation: -90 }],
        }),
      ],
    });
    expect(video).toMatchObject({
      width: 576,
      height: 1024,
      codedWidth: 720,
      codedHeight: 576,
      rotation: 90,
      sampleAspect: '64:45',
    });
  });

  it.each([
    [-90, 90],
    [90, 270],
    [180, 180],
    [-180, 180],
    [0, 0],
    [-0.0001, 0],
  ])('reads a display matrix of %d degrees as %d clockwise', (rotation, clockwise) => {
    expect(factsOf({ streams: [picture({ side_data_list: [{ rotation }] })] }).video?.rotation).toBe(clockwise);
  });

  it('tells variable frame rate, high dynamic range and interlacing', () => {
    const video = (more: Partial<RawStream>) => factsOf({ streams: [picture(more)] }).video;
    expect(video({ avg_frame_rate: '17/1' })?.isVariableFrameRate).toBe(true);
    expect(video({ avg_frame_rate: '30000/1001', r_frame_rate: '30/1' })?.isVariableFrameRate).toBe(false);
    expect(video({ color_transfer: 'smpte2084' })?.hdr).toBe('smpte2084');
    expect(video({ color_transfer: 'bt709' })?.hdr).toBeNull();
    expect(video({ field_order: 'tt' })?.isInterlaced).toBe(true);
  });

  it('takes a cover picture in a sound file for no video', () => {
    expect(
      factsOf({ streams: [picture({ codec_name: 'mjpeg', disposition: { attached_pic: 1 } }), sound('mp3')] }).video,
    ).toBeNull();
  });

  it('survives nonsense', () => {
    const facts = factsOf({
      streams: [{ codec_type: 'video', sample_aspect_ratio: '0:0', avg_frame_rate: '0/0' }],
      format: { duration: 'N/A' },
    });
    expect(facts).toMatchObject({ durationMs: null, video: { frameRate: null, sampleAspect: '1:1' } });
  });
});

describe('play mode', () => {
  it.each([
    [[picture()], 'mov', 'video/mp4', 'native'],
    [[picture(), sound('aac')], 'mov', 'video/quicktime', 'native'],
    [[picture({ codec_name: 'vp9' }), sound('opus')], 'matroska', 'video/webm', 'native'],
    [[picture(), sound('pcm_mulaw')], 'mov', 'video/quicktime', 'remux'],
    [[picture(), sound('opus')], 'matroska', 'video/x-matroska', 'remux'],
    [[picture(), sound('pcm_alaw')], 'avi', 'video/x-msvideo', 'remux'],
    [[picture(), sound('aac')], 'mpegts', 'video/mp2t', 'remux'],
    [[picture({ side_data_list: [{ rotation: 90 }] }), sound('pcm_alaw')], 'mov', 'video/quicktime', 'proxy'],
    [[picture({ codec_name: 'hevc' }), sound('aac')], 'mov', 'video/mp4', 'native-hevc'],
    [[picture({ codec_name: 'hevc', pix_fmt: 'yuv420p10le' })], 'mov', 'video/mp4', 'native-hevc'],
    [[picture({ codec_name: 'hevc' })], 'matroska', 'video/x-matroska', 'proxy'],
    [[picture({ pix_fmt: 'yuv420p10le' })], 'mov', 'video/mp4', 'proxy'],
    [[picture({ codec_name: 'mpeg4' }), sound('mp3')], 'avi', 'video/x-msvideo', 'proxy'],
    [[picture()], 'h264', 'video/h264', 'proxy'],
    [[sound('aac')], 'mov', 'video/mp4', 'native'],
    [[sound('pcm_s16le')], 'wav', 'audio/wav', 'native'],
    [[sound('pcm_mulaw')], 'wav', 'audio/wav', 'proxy'],
    [[sound('amrnb')], 'amr', 'audio/amr', 'proxy'],
    [[], 'mov', 'video/mp4', 'none'],
  ] as const)('%# %j in %s (%s) → %s', (streams, demuxer, mime, mode) => {
    expect(modeOf(streams, demuxer, mime)).toBe(mode);
  });
});

describe('claims of the device', () => {
  it('keeps the raw time and says what is known of its zone', () => {
    expect(readTime('k', '2026-01-01T16:00:00+0800', false)).toMatchObject({
      instant: '2026-01-01T08:00:00.000Z',
      zone: 'stated',
    });
    expect(readTime('k', '2026-01-01T08:00:00.000000Z', true)).toMatchObject({
      instant: '2026-01-01T08:00:00.000Z',
      zone: 'format',
    });
    expect(readTime('k', '2026:01:01 16:00:00', false)).toEqual({
      key: 'k',
      raw: '2026:01:01 16:00:00',
      instant: null,
      zone: 'none',
    });
    expect(readTime('k', '2026-13-41T16:00:00Z', false).instant).toBeNull();
    expect(readTime('k', 'yesterday', false).instant).toBeNull();
  });

  it.each([
    ['+39.9042+116.4074+043.5/', 39.9042, 116.4074],
    ['+3954.25+11624.4/', 39 + 54.25 / 60, 116 + 24.4 / 60],
    ['-335128.8+1511240/', -(33 + 51 / 60 + 28.8 / 3600), 151 + 12 / 60 + 40 / 3600],
  ])('reads the place %s', (text, latitude, longitude) => {
    const place = parseIso6709(text);
    expect(place?.latitude).toBeCloseTo(latitude, 9);
    expect(place?.longitude).toBeCloseTo(longitude, 9);
  });

  it.each(['', '39.9,116.4', '+99.0+116.0/', '+39.0+196.0/', '+3+4/'])('takes %j for no place', (text) => {
    expect(parseIso6709(text)).toBeNull();
  });

  it('reads sizes from headers and gives up on short ones', () => {
    const png = Buffer.alloc(24);
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(50_000, 20);
    expect(imageSize(png, 'image/png')).toEqual({ width: 60_000, height: 50_000 });
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 11, 8, 1, 0, 2, 0, 3, 0, 0]);
    expect(imageSize(jpeg, 'image/jpeg')).toEqual({ width: 512, height: 256 });
    expect(imageSize(png.subarray(0, 18), 'image/png')).toBeNull();
    expect(imageSize(Buffer.from([0xff, 0xd8]), 'image/jpeg')).toBeNull();
  });
});
