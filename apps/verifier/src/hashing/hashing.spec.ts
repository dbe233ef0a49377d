import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { StreamedHash } from '#dossier';
import { verifyByLibrary, verifyEd25519 } from './browser-checks.js';
import { SM3 } from './sm3.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('SM3', () => {
  const known = (bytes: Uint8Array): string => createHash('sm3').update(bytes).digest('hex');

  it('agrees with OpenSSL for every length up to three blocks', () => {
    for (let length = 0; length <= 192; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
      expect(hex(new StreamedHash(SM3).update(bytes).digest())).toBe(known(bytes));
    }
  });

  it('does not mind how the bytes are cut, or where they lie in memory', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_000 }), fc.array(fc.nat(200), { maxLength: 20 }), (bytes, cuts) => {
        const streamed = new StreamedHash(SM3);
        let at = 0;
        for (const cut of cuts) {
          streamed.update(bytes.subarray(at, at + cut));
          at = Math.min(at + cut, bytes.length);
        }
        expect(hex(streamed.update(bytes.subarray(at)).digest())).toBe(known(bytes));
      }),
    );
  });

  it('keeps streams apart that grow by turns', () => {
    const [one, two] = [new StreamedHash(SM3), new StreamedHash(SM3)];
    for (let n = 0; n < 5; n++) {
      one.update(Buffer.alloc(100, 1));
      two.update(Buffer.alloc(100, 2));
    }
    expect([hex(one.digest()), hex(two.digest())]).toEqual([known(Buffer.alloc(500, 1)), known(Buffer.alloc(500, 2))]);
  });
});

describe.each([
  ['the platform', verifyEd25519],
  ['the library', verifyByLibrary],
] as const)('Ed25519 by %s', (_, verify) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const message = Buffer.from('the message');
  const signature = sign(null, message, privateKey);

  it('takes what is signed, and nothing else', async () => {
    expect(await verify(raw, message, signature)).toBe(true);
    expect(await verify(raw, Buffer.from('another'), signature)).toBe(false);
    expect(await verify(raw, message, Buffer.alloc(64))).toBe(false);
    expect(await verify(raw, message, signature.subarray(1))).toBe(false);
    expect(await verify(Buffer.alloc(31), message, signature)).toBe(false);
  });
});
