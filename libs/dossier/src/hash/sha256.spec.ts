import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Sha256, sha256 } from './sha256.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('SHA-256 piece by piece', () => {
  it('gives the digests of FIPS 180-4', () => {
    expect(hex(sha256())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(hex(sha256(Buffer.from('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    const two = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq';
    expect(hex(sha256(Buffer.from(two)))).toBe('248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1');
  });

  it('gives what Node gives, wherever the pieces end', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (chunks) => {
        const theirs = createHash('sha256');
        for (const chunk of chunks) theirs.update(chunk);
        expect(hex(sha256(...chunks))).toBe(theirs.digest('hex'));
      }),
    );
  });

  it('takes every length around the ends of a block, and a million bytes', () => {
    const all = randomBytes(1_000_003);
    for (const length of [...Array.from({ length: 140 }, (_, n) => n), all.length]) {
      const hash = new Sha256();
      hash.update(all.subarray(0, length));
      expect(hash.digestHex()).toBe(createHash('sha256').update(all.subarray(0, length)).digest('hex'));
    }
  });
});
