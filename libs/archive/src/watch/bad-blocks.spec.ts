import { createHash } from 'node:crypto';
import { badBlocks } from './bad-blocks.js';

const leaf = (text: string): Buffer => createHash('sha256').update(text).digest();
const list = (...blocks: string[]): Buffer => Buffer.concat(blocks.map(leaf));

describe('bad blocks', () => {
  it.each<[string, string[], string[], ReturnType<typeof badBlocks>]>([
    ['none', ['a', 'b', 'c'], ['a', 'b', 'c'], null],
    ['none of none', [], [], null],
    ['one in the middle', ['a', 'b', 'c'], ['a', 'x', 'c'], { first: 1, last: 1, count: 1 }],
    ['two apart', ['a', 'b', 'c'], ['x', 'b', 'y'], { first: 0, last: 2, count: 2 }],
    ['cut off', ['a', 'b', 'c'], ['a'], { first: 1, last: 2, count: 2 }],
    ['all gone', ['a', 'b'], [], { first: 0, last: 1, count: 2 }],
    ['something added', ['a'], ['a', 'b'], { first: 1, last: 1, count: 1 }],
  ])('%s', (_what, expected, found, result) => {
    expect(badBlocks(list(...expected), list(...found))).toEqual(result);
  });
});
