import { hashes as nobleHashes, verify as nobleVerify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { toHex } from '#domain';
import { type DossierHashes, type HasherFactory, type LeafOfBlock, sha256 } from '#dossier';
import { BLOCK_BYTES, type VerifyEd25519 } from '#tlog';
import type { HashWorkers } from './hash-workers.js';

/** Undefined on a page that the browser holds to be insecure. */
const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;

nobleHashes.sha512 = (message) => sha512(message);

export function browserHashes(workers: HashWorkers): DossierHashes {
  const hasherOf: HasherFactory = (algorithm) => {
    if (algorithm !== 'sha512') return workers.stream(algorithm);
    const hash = sha512.create();
    return { update: (chunk) => void hash.update(chunk), digestHex: () => toHex(hash.digest()) };
  };
  return { sha256, hasherOf, leafOfBlock: leafOfBlock(workers) };
}

/** WebCrypto hashes on threads of its own, with the instructions the processor has for it. */
export function leafOfBlock(workers: HashWorkers): LeafOfBlock {
  if (subtle === undefined) return (block) => workers.leaf(block);
  // The first byte is the prefix of a leaf: 0x00. One for all, since `digest` copies what it is given before it returns.
  const leaf = new Uint8Array(1 + BLOCK_BYTES);
  return async (block) => {
    leaf.set(block, 1);
    return new Uint8Array(await subtle.digest('SHA-256', leaf.subarray(0, 1 + block.length)));
  };
}

const ED25519 = { name: 'Ed25519' };

/** By WebCrypto where it knows Ed25519, else by a library. */
export const verifyEd25519: VerifyEd25519 = async (publicKey, message, signature) => {
  const key = await importedKey(publicKey);
  if (key === 'unknown') return verifyByLibrary(publicKey, message, signature);
  if (key === null) return false;
  return (await subtle?.verify(ED25519, key, Uint8Array.from(signature), Uint8Array.from(message))) === true;
};

/** `unknown`: the platform has no Ed25519. Null: not a key. */
async function importedKey(publicKey: Uint8Array): Promise<CryptoKey | 'unknown' | null> {
  if (subtle === undefined) return 'unknown';
  try {
    return await subtle.importKey('raw', Uint8Array.from(publicKey), ED25519, false, ['verify']);
  } catch (error) {
    return error instanceof DOMException && error.name === 'NotSupportedError' ? 'unknown' : null;
  }
}

/** RFC 8032, strictly: not the looser rules of ZIP 215. */
export function verifyByLibrary(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return nobleVerify(Uint8Array.from(signature), message, Uint8Array.from(publicKey), { zip215: false });
  } catch {
    return false;
  }
}
