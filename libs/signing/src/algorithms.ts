import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Algorithms, Hash, VerifyEd25519 } from '#tlog';

/** SHA-256 in the shape tlog takes. */
export const sha256: Hash = hashWith('sha256');

/** SM3 (GB/T 32905) in the same shape. */
export const sm3: Hash = hashWith('sm3');

/** Ed25519 (RFC 8032). A public key that is no point of the curve verifies nothing; it does not throw. */
export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  const x = Buffer.from(publicKey).toString('base64url');
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, message, key, signature);
  } catch {
    return false;
  }
};

/** What tlog needs of the platform, by Node's own cryptography. */
export const nodeAlgorithms: Algorithms = { hash: sha256, verify: verifyEd25519 };

function hashWith(algorithm: string): Hash {
  return (...chunks) => {
    const hash = createHash(algorithm);
    for (const chunk of chunks) hash.update(chunk);
    return hash.digest();
  };
}
