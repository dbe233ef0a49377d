import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { HasherFactory } from '#dossier';

/** Node's crypto has all that a bag of ours needs, SM3 included. */
export const nodeHasherOf: HasherFactory = (algorithm) => {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), digestHex: () => hash.digest('hex') };
};

/** Digest of a file of any size. */
export async function digestOfFile(path: string, algorithm: string): Promise<Uint8Array> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest();
}
