import { barsOf, readPeaks } from './waveform-bars.js';

describe('readPeaks', () => {
  it('reads what audiowaveform writes, many channels as one', () => {
    expect(readPeaks({ version: 2, channels: 1, bits: 8, length: 2, data: [-2, 1, -4, 4] })).toEqual([-2, 1, -4, 4]);
    expect(readPeaks({ version: 2, channels: 2, bits: 8, data: [-2, 1, -4, 4] })).toEqual([-4, 4]);
    expect(readPeaks({ version: 1, bits: 16, data: [-256, 512] })).toEqual([-1, 2]);
  });

  it('gives nothing for what it does not know', () => {
    for (const other of [null, 7, [], {}, { data: 'x' }, { data: [1, 'x'] }]) expect(readPeaks(other)).toBeNull();
  });
});

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
