import fc from 'fast-check';
import { DossierError } from '../dossier-error.js';
import { Asn1, TAG } from './asn1.js';
import { der, integerContent, oidContent } from './der.js';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const parse = (hex: string): Asn1 => Asn1.parse(bytes(hex), 'a value');

describe('ASN.1', () => {
  it.each([
    ['members that overrun their value', '3004020101020102'],
    ['members that do not fill it', '3005020101'],
    ['a member cut short', '30030202ff'],
    ['a length longer than needed', '30810302010a'],
    ['a length of five octets', '308500000000'],
    ['bytes after the end', '02010100'],
    ['no end of contents', '3080020101'],
    ['indefinite length of a simple value', '0480040000'],
    ['a tag of two octets', '1f0100'],
    ['nothing', ''],
    ['nesting without end', '3080'.repeat(100)],
  ])('refuses %s', (_, hex) => expect(() => parse(hex)).toThrow(DossierError));

  it('takes indefinite lengths, and keeps the bytes', () => {
    const value = parse('3080020101308002010200000000');
    expect(value.members('x').map((member) => member.bytes.length)).toEqual([3, 7]);
    expect(parse('24800401010401020000').octets('x')).toEqual(Uint8Array.of(1, 2));
  });

  it('reads times as they are, and none that no calendar shows', () => {
    const time = (tag: number, text: string): string =>
      Asn1.parse(der(tag, new TextEncoder().encode(text)), 'x')
        .time('x')
        .toISOString();
    expect(time(TAG.utcTime, '490101000000Z')).toBe('2049-01-01T00:00:00.000Z');
    expect(time(TAG.utcTime, '500101000000Z')).toBe('1950-01-01T00:00:00.000Z');
    expect(time(TAG.generalizedTime, '20260301083020.5Z')).toBe('2026-03-01T08:30:20.500Z');
    for (const text of ['20260431000000Z', '20260301083020', '20260301083020+0800', '2026030108Z', '20260301083060Z']) {
      expect(() => time(TAG.generalizedTime, text)).toThrow(DossierError);
    }
  });

  it('reads back every number and identifier it writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 200n }), (value) => {
        expect(Asn1.parse(der(TAG.integer, integerContent(value)), 'x').integer('x')).toBe(value);
      }),
    );
    for (const oid of ['1.2.840.113549.1.9.16.1.4', '2.16.840.1.101.3.4.2.1', '2.5.29.37', '0.9']) {
      expect(Asn1.parse(der(TAG.oid, oidContent(oid)), 'x').oid('x')).toBe(oid);
    }
    expect(parse('0201ff').integer('x')).toBe(-1n);
    expect(() => parse('02020001').integer('x')).toThrow(DossierError);
  });

  it('ends in a value or a DossierError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
        try {
          expect(Asn1.parse(any, 'x').bytes.length).toBe(any.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DossierError);
        }
      }),
    );
  });
});
