import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import {
  type Hash,
  makeVerifierKey,
  type SignatureType,
  type SignEd25519,
  type VerifierKey,
  type VerifyEd25519,
} from '#tlog';

export const sha256: Hash = (...chunks) => {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest();
};

export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};

/** The same each time for the same seed byte, so that a failing test can be read. */
export function testKey(name: string, type: SignatureType, seed: number): { key: VerifierKey; sign: SignEd25519 } {
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  const secret = createPrivateKey({ key: Buffer.concat([head, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(secret).export({ format: 'jwk' });
  const publicKey = Buffer.from(x as string, 'base64url');
  return { key: makeVerifierKey(sha256, { name, type, publicKey }), sign: (message) => sign(null, message, secret) };
}
