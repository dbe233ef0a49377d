import { BlockOrder, choosePartBlocks, endOfParts, finishedSize } from './intake-shape.js';

const MIB = 1_048_576;

function part(number: number, offsetBytes: number, sizeBytes: number) {
  return { number, offsetBytes, sizeBytes, etag: '' };
}

const invalid = expect.objectContaining({ code: 'invalid-input' });

describe('part size', () => {
  it.each([
    [0, 8],
    [8 * MIB * 9_000, 8],
    [8 * MIB * 9_000 + 1, 16],
    [100 * 2 ** 30, 16],
    [5 * 2 ** 40, 1024],
  ])('for %i bytes is %i blocks', (bytes, blocks) => {
    expect(choosePartBlocks(bytes)).toBe(blocks);
    expect(Math.ceil(bytes / (blocks * MIB))).toBeLessThanOrEqual(9_000);
  });

  it('is bounded when the size is not known', () => {
    expect(choosePartBlocks(null)).toBe(16);
  });

  it('is refused for more than S3 can hold', () => {
    expect(() => choosePartBlocks(5 * 2 ** 40 + 1)).toThrow(expect.objectContaining({ code: 'upload-too-large' }));
  });
});

describe('progress', () => {
  it('ends where the last part ends', () => {
    expect(endOfParts([])).toBe(0);
    expect(endOfParts([part(1, 0, 8 * MIB), part(2, 8 * MIB, 3 * MIB)])).toBe(11 * MIB);
  });

  it.each([
    ['a gap', [part(1, 0, MIB), part(2, 2 * MIB, MIB)]],
    ['an overlap', [part(1, 0, 2 * MIB), part(2, MIB, MIB)]],
    ['a missing number', [part(2, 0, MIB)]],
    ['an empty part', [part(1, 0, 0)]],
    ['a short part in the middle', [part(1, 0, MIB + 1), part(2, MIB + 1, MIB)]],
  ])('with %s is refused', (_, parts) => {
    expect(() => endOfParts(parts)).toThrow(invalid);
    expect(() => finishedSize({ parts, tail: null })).toThrow(invalid);
  });

  it('may end short to be finished, but not to go on', () => {
    const parts = [part(1, 0, MIB), part(2, MIB, 5)];
    expect(finishedSize({ parts, tail: null })).toBe(MIB + 5);
    expect(() => endOfParts(parts)).toThrow(invalid);
  });

  it('takes a tail only right after the parts', () => {
    const parts = [part(1, 0, MIB)];
    expect(finishedSize({ parts, tail: { offsetBytes: MIB, sizeBytes: 7, key: '' } })).toBe(MIB + 7);
    expect(() => finishedSize({ parts, tail: { offsetBytes: 0, sizeBytes: 7, key: '' } })).toThrow(invalid);
    expect(() => finishedSize({ parts, tail: { offsetBytes: MIB, sizeBytes: 0, key: '' } })).toThrow(invalid);
  });
});

describe('block order', () => {
  it('takes whole blocks and one shorter last', () => {
    const order = new BlockOrder();
    order.check(Buffer.alloc(MIB));
    order.check(Buffer.alloc(1));
    expect(() => order.check(Buffer.alloc(MIB))).toThrow(invalid);
  });
});
