import fc from 'fast-check';
import { foldText, gramsOf, likePattern } from './search-grams.js';

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

  it('counts characters beyond the first plane as one', () => expect(gramsOf('𠀀𠀁a')).toEqual(['𠀀𠀁', '𠀁a']));

  it('has every gram of every fragment of itself', () => {
    const text = fc.string({
      unit: fc.constantFrom('市', '监', 'A', 'ａ', '1', ' ', '𠀀'),
      minLength: 2,
      maxLength: 20,
    });
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (whole, a, b) => {
        const folded = [...foldText(whole)];
        const [from, to] = [a % (folded.length + 1), b % (folded.length + 1)].sort((x, y) => x - y);
        const fragment = folded.slice(from, to).join('');
        const grams = new Set(gramsOf(whole));
        for (const gram of gramsOf(fragment)) expect(grams).toContain(gram);
      }),
    );
  });
});

describe('the pattern for LIKE', () => {
  it('means its own wildcards as they are written', () => {
    expect(likePattern('50%_\\x')).toBe('%50\\%\\_\\\\x%');
  });
});
