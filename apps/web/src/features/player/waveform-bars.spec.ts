import { barsOf } from './waveform-bars.js';

describe('barsOf', () => {
  it('keeps the widest swing of each bar, so that a short loud sound does not vanish', () => {
    const peaks = [0, 0, -128, 5, 0, 0, 0, 32];
    expect(barsOf(peaks, 2)).toEqual([1, 0.5]);
  });

  it('stretches few pairs over many bars and gives nothing for nothing', () => {
    expect(barsOf([-32, 32], 3)).toEqual([0.5, 0.5, 0.5]);
    expect(barsOf([], 3)).toEqual([]);
    expect(barsOf([1, 1], 0)).toEqual([]);
  });
});
