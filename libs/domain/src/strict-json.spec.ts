import fc from 'fast-check';
import { isArchiveError, MAX_JSON_DEPTH, parseStrictJson } from './index.js';

describe('parseStrictJson', () => {
  it('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
        expect(parseStrictJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('takes nothing that JSON.parse refuses, and means the same', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '1',
      '-',
      '.5',
      'e1',
      'true',
      'null',
      ' ',
      '\\u0041',
      '\ufeff',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces).map((all) => all.join('')),
          fc.string(),
        ),
        (text) => {
          let value: unknown;
          try {
            value = parseStrictJson(text);
          } catch (error) {
            if (!isArchiveError(error, 'invalid-input')) throw error;
            return;
          }
          expect(value).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a key twice', '{"a":1,"a":1}'],
    ['a key twice, spelt otherwise', '{"a":1,"\\u0061":2}'],
    ['a key twice further in', '[{"b":{"a":1,"c":2,"a":3}}]'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['a lone high surrogate', '"\\ud800"'],
    ['a lone low surrogate', '"\\udc00x"'],
    ['a lone surrogate in a key', '{"\\ud800":1}'],
    ['surrogates the wrong way round', '"\\udc00\\ud800"'],
    ['a lone surrogate as it is', '"\ud800"'],
    ['a number beyond doubles', '1e400'],
    ['a byte order mark', '\ufeff{}'],
    ['nothing', ''],
    ['white space', ' \n'],
    ['a form feed', '\f1'],
    ['a no-break space', '\u00a01'],
    ['two values', '1 2'],
    ['a comma at the end', '[1,]'],
    ['a comma at the beginning', '[,1]'],
    ['no colon', '{"a"1}'],
    ['no value', '{"a":}'],
    ['a key without quotes', '{a:1}'],
    ['an object that does not end', '{"a":1'],
    ['a list that does not end', '[1'],
    ['a string that does not end', '"a'],
    ['a control character', '"\u0001"'],
    ['an unknown escape', '"\\x41"'],
    ['a leading zero', '01'],
    ['a plus', '+1'],
    ['no digit after the point', '1.'],
    ['no digit before the point', '.1'],
    ['NaN', 'NaN'],
    ['a capital', 'True'],
    ['a longer word', 'nulls'],
  ])('refuses %s', (_, text) => {
    expect(() => parseStrictJson(text)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });

  it('refuses what is not UTF-8', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
    ]) {
      expect(() => parseStrictJson(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    }
  });

  it('keeps pairs of surrogates, numbers and strange keys', () => {
    expect(parseStrictJson('"\\ud83d\\ude00"')).toBe('😀');
    expect(parseStrictJson('[-0, 1E2, 0.1, 9007199254740993]')).toEqual([-0, 100, 0.1, 9007199254740992]);
    expect(Object.keys(parseStrictJson('{"__proto__":1,"":2,"toString":3}') as object)).toEqual([
      '__proto__',
      '',
      'toString',
    ]);
  });

  it('refuses what is nested too deep, and says where', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parseStrictJson(nested(MAX_JSON_DEPTH))).not.toThrow();
    expect(() => parseStrictJson(nested(100_000))).toThrow(
      expect.objectContaining({ details: { at: MAX_JSON_DEPTH + 1 } }),
    );
  });
});
