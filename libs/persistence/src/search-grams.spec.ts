import fc from 'fast-check';
import { askedGrams, foldText, gramsOf, likePattern } from './search-grams.js';

describe('text as it is searched', () => {
  it.each([
    ['ＡＢＣ１２３', 'abc123'],
    ['市监罚〔2026〕１号', '市监罚〔2026〕1号'],
    ['  Wang\t\n  Li ', 'wang li'],
    ['①', '1'],
    ['Ｗａｎｇ　Ｌｉ', 'wang li'],
  ])('folds %j to %j', (text, folded) => expect(foldText(text)).toBe(folded));

  it('is folded once and for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => expect(foldText(foldText(text))).toBe(foldText(text))),
    );
  });

  it('is cut into every run of two characters, each once', () => {
    expect(gramsOf('行政处罚处罚')).toEqual(['行政', '政处', '处罚', '罚处']);
    expect(gramsOf('罚')).toEqual([]);
    expect(gramsOf('')).toEqual([]);
  });

  it('is cut into runs of three letters and digits too', () => {
    expect(gramsOf('第007号')).toEqual(['第0', '00', '007', '07', '7号']);
    expect(gramsOf('a b')).toEqual(['a ', ' b']);
  });

  it.each([
    ['第0077号', ['第0', '007', '077', '7号']],
    ['A7_0', ['a7_', '7_0']],
    ['现场1', ['现场', '场1']],
    ['12', ['12']],
    ['1', []],
  ])('is asked for by the longest: %s', (text, grams) => expect(askedGrams(text)).toEqual(grams));

  it('counts characters beyond the first plane as one', () => expect(gramsOf('𠀀𠀁a')).toEqual(['𠀀𠀁', '𠀁a']));

  it('has every gram that is asked for of every fragment of itself', () => {
    const text = fc.string({
      unit: fc.constantFrom('市', '监', 'A', 'ａ', '1', '2', ' ', '𠀀'),
      minLength: 2,
      maxLength: 20,
    });
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (whole, a, b) => {
        const folded = [...foldText(whole)];
        const [from, to] = [a % (folded.length + 1), b % (folded.length + 1)].sort((x, y) => x - y);
        const fragment = folded.slice(from, to).join('');
        const grams = new Set(gramsOf(whole));
        for (const gram of askedGrams(fragment)) expect(grams).toContain(gram);
      }),
    );
  });
});

describe('the pattern for LIKE', () => {
  it('means its own wildcards as they are written', () => {
    expect(likePattern('50%_\\x')).toBe('%50\\%\\_\\\\x%');
  });
});
