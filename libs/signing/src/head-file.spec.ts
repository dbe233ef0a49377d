import fc from 'fast-check';
import { formatHeads, parseHeads, type RememberedHead } from './head-file.js';

const head: RememberedHead = {
  origin: 'log.example',
  size: 5,
  root: Buffer.alloc(32, 7),
  atMs: 1_800_000_000_000,
  note: null,
};

describe('a file of heads', () => {
  it('is read back as it was written', () => {
    const book = { name: 'witness.example/w1', heads: [head, { ...head, origin: '日志', note: 'text\n\n— line\n' }] };
    expect(parseHeads(formatHeads(book))).toEqual(book);
    expect(parseHeads(formatHeads({ name: '', heads: [] }))).toEqual({ name: '', heads: [] });
  });

  it('is not taken when anything in it was changed, cut off or added', () => {
    const whole = Buffer.from(formatHeads({ name: 'log.example', heads: [head] }));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(parseHeads(changed.toString('latin1'))).toBeNull();
        expect(parseHeads(whole.subarray(0, at).toString())).toBeNull();
      }),
    );
    expect(parseHeads(`${whole}\n`)).toBeNull();
  });

  it('is not taken when what it says makes no sense, digest or not', () => {
    for (const wrong of [{ size: -1 }, { size: 0.5 }, { root: Buffer.alloc(31) }, { atMs: Number.NaN }]) {
      expect(parseHeads(formatHeads({ name: 'log.example', heads: [{ ...head, ...wrong }] }))).toBeNull();
    }
  });
});
