import { frameMsOf } from './frame-rate.js';

describe('frameMsOf', () => {
  it('finds the rate wherever the probe put it', () => {
    expect(frameMsOf({ probe: { streams: [{ avg_frame_rate: '50/1' }] } })).toBe(20);
    expect(frameMsOf({ streams: [{ avg_frame_rate: '0/0', r_frame_rate: '30000/1001' }] })).toBeCloseTo(33.37, 2);
  });

  it('passes over the nonsense rates of pictures and sound', () => {
    expect(frameMsOf({ streams: [{ avg_frame_rate: '0/0' }, { avg_frame_rate: '90000/1' }] })).toBe(40);
    expect(frameMsOf({})).toBe(40);
  });
});
