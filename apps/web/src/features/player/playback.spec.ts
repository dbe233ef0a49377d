import type { Play } from '#contract';
import { choosePlayback, sourceOf } from './playback.js';

const play = (over: Partial<Play>): Play => ({
  mode: 'native',
  original: { url: '/o', mime: 'video/mp4' },
  hls: null,
  copy: null,
  proxyState: 'none',
  proxyProgress: null,
  posterUrl: null,
  storyboardVttUrl: null,
  peaksUrl: null,
  pages: [],
  textUrl: null,
  ...over,
});
const plain = { hevc: false, originalRefused: false };

describe('choosePlayback', () => {
  it('plays the original where browsers can', () => {
    expect(choosePlayback(play({}), plain)).toEqual({ way: 'file', url: '/o', from: 'original' });
  });

  it('plays H.265 from the original only where this browser can, else asks for a proxy', () => {
    const hevc = play({ mode: 'native-hevc' });
    expect(choosePlayback(hevc, { ...plain, hevc: true })).toEqual({ way: 'file', url: '/o', from: 'original' });
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

  it('plays a copy of a sound over byte ranges, and calls it a copy', () => {
    const sound = play({ mode: 'proxy', original: null, copy: { url: '/c', mime: 'audio/mp4' }, proxyState: 'ready' });
    expect(choosePlayback(sound, plain)).toEqual({ way: 'file', url: '/c', from: 'proxy' });
    expect(sourceOf(choosePlayback(sound, plain))).toBe('proxy');
  });

  it('tells what one looks at', () => {
    expect(sourceOf({ way: 'file', url: '/o', from: 'original' })).toBe('original');
    expect(sourceOf({ way: 'hls', url: '/h', from: 'original' })).toBe('remux');
    expect(sourceOf({ way: 'hls', url: '/h', from: 'proxy' })).toBe('proxy');
    expect(sourceOf({ way: 'ask' })).toBeNull();
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
