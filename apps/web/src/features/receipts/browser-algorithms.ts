import { sha256 } from '#dossier';
import type { Algorithms, VerifyEd25519 } from '#tlog';

/** WebCrypto, where the browser has Ed25519 and the page is served securely; else it throws, and nothing is verified. */
const verify: VerifyEd25519 = async (publicKey, message, signature) => {
  const algorithm = { name: 'Ed25519' };
  const key = await crypto.subtle.importKey('raw', Uint8Array.from(publicKey), algorithm, false, ['verify']);
  return await crypto.subtle.verify(algorithm, key, Uint8Array.from(signature), Uint8Array.from(message));
};

/** What verifying needs of the platform. */
export const browserAlgorithms: Algorithms = { hash: sha256, verify };
