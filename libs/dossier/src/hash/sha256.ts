import type { Hasher } from '../bag/bag-files.js';

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;
// biome-ignore format: a table
const K = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);

/**
 * SHA-256 (FIPS 180-4) piece by piece and at once. WebCrypto has neither: it wants the whole message, and answers
 * later. Where it will do, it is faster; Node has its own.
 */
export class Sha256 implements Hasher {
  // biome-ignore format: a table
  readonly #state = Int32Array.of(
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  );
  readonly #words = new Int32Array(BLOCK_BYTES);
  readonly #rest = new Uint8Array(BLOCK_BYTES);
  #restBytes = 0;
  #bytes = 0;

  update(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    let at = 0;
    if (this.#restBytes > 0) {
      at = Math.min(BLOCK_BYTES - this.#restBytes, chunk.length);
      this.#rest.set(chunk.subarray(0, at), this.#restBytes);
      this.#restBytes += at;
      if (this.#restBytes < BLOCK_BYTES) return;
      this.#compress(this.#rest, 0);
    }
    for (; at + BLOCK_BYTES <= chunk.length; at += BLOCK_BYTES) this.#compress(chunk, at);
    this.#rest.set(chunk.subarray(at));
    this.#restBytes = chunk.length - at;
  }

  /** The hasher is used up. */
  digest(): Uint8Array {
    const tail = new Uint8Array(this.#restBytes + 1 + LENGTH_BYTES > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES);
    tail.set(this.#rest.subarray(0, this.#restBytes));
    tail[this.#restBytes] = 0x80;
    new DataView(tail.buffer).setBigUint64(tail.length - LENGTH_BYTES, BigInt(this.#bytes) * 8n);
    for (let at = 0; at < tail.length; at += BLOCK_BYTES) this.#compress(tail, at);
    const digest = new Uint8Array(32);
    const view = new DataView(digest.buffer);
    for (const [i, word] of this.#state.entries()) view.setUint32(4 * i, word);
    return digest;
  }

  digestHex(): string {
    return Array.from(this.digest(), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** FIPS 180-4 §6.2.2. Written out plainly, without pairs and closures: the inner loop of hashing whole recordings. */
  #compress(bytes: Uint8Array, at: number): void {
    const w = this.#words;
    for (let i = 0, j = at; i < 16; i += 1, j += 4) {
      w[i] =
        (byteAt(bytes, j) << 24) | (byteAt(bytes, j + 1) << 16) | (byteAt(bytes, j + 2) << 8) | byteAt(bytes, j + 3);
    }
    for (let i = 16; i < BLOCK_BYTES; i += 1) {
      const x = word(w, i - 15);
      const y = word(w, i - 2);
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (word(w, i - 16) + s0 + word(w, i - 7) + s1) | 0;
    }
    this.#rounds(w);
  }

  #rounds(w: Int32Array): void {
    const h = this.#state;
    let a = word(h, 0);
    let b = word(h, 1);
    let c = word(h, 2);
    let d = word(h, 3);
    let e = word(h, 4);
    let f = word(h, 5);
    let g = word(h, 6);
    let z = word(h, 7);
    for (let i = 0; i < BLOCK_BYTES; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (z + s1 + ((e & f) ^ (~e & g)) + word(K, i) + word(w, i)) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      z = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    h[0] = word(h, 0) + a;
    h[1] = word(h, 1) + b;
    h[2] = word(h, 2) + c;
    h[3] = word(h, 3) + d;
    h[4] = word(h, 4) + e;
    h[5] = word(h, 5) + f;
    h[6] = word(h, 6) + g;
    h[7] = word(h, 7) + z;
  }
}

/** Within bounds: the compiler does not know it. */
function word(words: Int32Array, i: number): number {
  return words[i] as number;
}

function byteAt(bytes: Uint8Array, i: number): number {
  return bytes[i] as number;
}

/** In the shape trees take a hash. */
export function sha256(...chunks: readonly Uint8Array[]): Uint8Array {
  const hash = new Sha256();
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest();
}
