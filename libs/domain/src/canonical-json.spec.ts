import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson, type JsonValue, parseStrictJson } from './index.js';

describe('canonical JSON', () => {
  it('gives the bytes of the example in RFC 8785 §3.2.2', () => {
    const text = String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`;
    expect(canonicalJson(parseStrictJson(text))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts keys by UTF-16 units, as RFC 8785 §3.2.3 says', () => {
    const text = '{"\u20ac":1,"\\r":2,"\ufb33":3,"1":4,"\u{1f600}":5,"\u0080":6,"\u00f6":7,"__proto__":8}';
    expect(
      Object.values(
        JSON.parse(`[${canonicalJson(parseStrictJson(text)).match(/:\d/g)?.join(',')}]`.replaceAll(':', '')),
      ),
    ).toEqual([2, 4, 8, 6, 7, 1, 5, 3]);
  });

  it('agrees with the library that writes the events', () => {
    const value = fc.jsonValue({ noUnicodeString: false }).filter((made) => JSON.stringify(made).isWellFormed());
    fc.assert(
      fc.property(value, (made) => {
        const parsed: JsonValue = parseStrictJson(JSON.stringify(made));
        expect(canonicalJson(parsed)).toBe(canonicalize(made));
      }),
    );
  });
});
