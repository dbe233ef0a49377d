import { createCipheriv, createHash } from 'node:crypto';

/** The same bytes in every process: a key stream. */
export function contentOf(seed: number, sizeBytes: number): Buffer {
  const key = createHash('sha256').update(String(seed)).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}
