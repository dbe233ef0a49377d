import fc from 'fast-check';
import { fromHex, isDigest, toHex } from './index.js';

const HEX = '0123456789abcdef'.repeat(4);

describe('digests as text', () => {
  it.each([`sha256:${HEX}`, `sm3:${HEX}`])('takes %s', (text) => expect(isDigest(text)).toBe(true));

  it.each([
    HEX,
    `sha1:${HEX}`,
    `sha256:${HEX.toUpperCase()}`,
    `sha256:${HEX.slice(1)}`,
    `sha256:${HEX}0`,
    `sha256:${HEX}\n`,
    ` sha256:${HEX}`,
    null,
    12,
    { toString: () => `sha256:${HEX}` },
  ])('refuses %j', (value) => expect(isDigest(value)).toBe(false));

  it('goes from bytes to hex and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const hex = toHex(bytes);
        expect(hex).toBe(Buffer.from(bytes).toString('hex'));
        expect(fromHex(hex)).toEqual(bytes);
      }),
    );
  });

  it.each(['0', 'zz', 'AB', '0x', ' 00'])('does not guess bytes from %j', (hex) => {
    expect(() => fromHex(hex)).toThrow(RangeError);
  });
});
