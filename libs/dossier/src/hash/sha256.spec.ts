import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { StreamedHash } from './block-hash.js';
import { SHA_256, sha256 } from './sha256.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const known = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('SHA-256 piece by piece', () => {
  it('gives the digests of FIPS 180-4', () => {
    expect(hex(sha256())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(hex(sha256(Buffer.from('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    const two = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq';
    expect(hex(sha256(Buffer.from(two)))).toBe('248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1');
  });

  it('gives what Node gives for every length up to three blocks', () => {
    for (let length = 0; length <= 192; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
      expect(hex(new StreamedHash(SHA_256).update(bytes).digest())).toBe(known(bytes));
    }
  });

  it('gives what Node gives, wherever the pieces end and wherever they lie in memory', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), fc.nat(7), (chunks, shift) => {
        const moved = chunks.map((chunk) => Uint8Array.of(...new Uint8Array(shift), ...chunk).subarray(shift));
        expect(hex(sha256(...moved))).toBe(known(Buffer.concat(chunks)));
      }),
    );
  });

  it('keeps streams apart that grow by turns', () => {
    const [one, two] = [new StreamedHash(SHA_256), new StreamedHash(SHA_256)];
    for (let n = 0; n < 5; n++) {
      one.update(Buffer.alloc(100, 1));
      two.update(Buffer.alloc(100, 2));
    }
    expect([hex(one.digest()), hex(two.digest())]).toEqual([known(Buffer.alloc(500, 1)), known(Buffer.alloc(500, 2))]);
  });

  it('counts beyond 2^32 bits', () => {
    const [streamed, theirs] = [new StreamedHash(SHA_256), createHash('sha256')];
    const mebibyte = Buffer.alloc(1_048_576, 'x');
    for (let n = 0; n < 520; n++) {
      streamed.update(mebibyte);
      theirs.update(mebibyte);
    }
    expect(hex(streamed.digest())).toBe(theirs.digest('hex'));
  });
});
