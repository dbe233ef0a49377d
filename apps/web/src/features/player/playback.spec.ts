import type { Play } from '#contract';
import { choosePlayback } from './playback.js';

const play = (over: Partial<Play>): Play => ({
  mode: 'native',
  original: { url: '/o', mime: 'video/mp4' },
  hls: null,
  proxyState: 'none',
  proxyProgress: null,
  posterUrl: null,
  storyboardVttUrl: null,
  peaksUrl: null,
  pages: [],
  ...over,
});
const plain = { hevc: false, originalRefused: false };

describe('choosePlayback', () => {
  it('plays the original where browsers can', () => {
    expect(choosePlayback(play({}), plain)).toEqual({ way: 'original', url: '/o' });
  });

  it('plays H.265 from the original only where this browser can, else asks for a proxy', () => {
    const hevc = play({ mode: 'native-hevc' });
    expect(choosePlayback(hevc, { ...plain, hevc: true })).toEqual({ way: 'original', url: '/o' });
    expect(choosePlayback(hevc, plain)).toEqual({ way: 'ask' });
  });

  it('waits for a proxy that is owed or being made, with its progress', () => {
    expect(choosePlayback(play({ mode: 'proxy', original: null, proxyState: 'owed' }), plain)).toEqual({
      way: 'wait',
      progress: null,
    });
    const making = play({ mode: 'native-hevc', proxyState: 'making', proxyProgress: 42 });
    expect(choosePlayback(making, plain)).toEqual({ way: 'wait', progress: 42 });
  });

  it('says from what an HLS stream is made', () => {
    const remux = play({ mode: 'remux', original: null, hls: { url: '/h', from: 'original' } });
    expect(choosePlayback(remux, plain)).toEqual({ way: 'hls', url: '/h', from: 'original' });
  });

  it('does not try again an original the browser refused', () => {
    expect(choosePlayback(play({}), { ...plain, originalRefused: true })).toEqual({ way: 'ask' });
    const spare = play({ hls: { url: '/h', from: 'proxy' } });
    expect(choosePlayback(spare, { ...plain, originalRefused: true })).toEqual({
      way: 'hls',
      url: '/h',
      from: 'proxy',
    });
  });

  it('names what cannot be played and what failed', () => {
    expect(choosePlayback(play({ mode: 'none' }), plain)).toEqual({ way: 'none' });
    expect(choosePlayback(play({ mode: 'proxy', original: null, proxyState: 'failed' }), plain)).toEqual({
      way: 'proxy-failed',
    });
  });
});
