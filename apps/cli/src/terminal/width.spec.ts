import { pad, widthOf } from './width.js';

describe('widthOf', () => {
  it('counts Chinese characters and full-width signs twice', () => {
    expect(widthOf('留痕 abc')).toBe(8);
    expect(widthOf('（演示）')).toBe(8);
  });
});

describe('pad', () => {
  it('fills up on either side', () => {
    expect(pad('立案', 6)).toBe('立案  ');
    expect(pad('12', 4, 'right')).toBe('  12');
  });

  it('cuts without splitting a wide character, and says that it cut', () => {
    expect(pad('现场检查笔录', 6)).toBe('现场… ');
    expect(widthOf(pad('现场检查笔录', 6))).toBe(6);
  });
});
