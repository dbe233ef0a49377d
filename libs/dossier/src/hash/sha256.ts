import { type BlockHash, StreamedHash } from './block-hash.js';

/** First 32 bits of the fractional parts of a root of the first primes (FIPS 180-4 §4.2.2, §5.3.3). */
function fractions(count: number, root: (n: number) => number): number[] {
  const words: number[] = [];
  for (let n = 2; words.length < count; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d++) isPrime &&= n % d !== 0;
    if (isPrime) words.push(((root(n) % 1) * 2 ** 32) | 0);
  }
  return words;
}

const K = Int32Array.from(fractions(64, Math.cbrt));
const W = new Int32Array(64);

/** FIPS 180-4. */
export const SHA_256: BlockHash = {
  initial: fractions(8, Math.sqrt),
  compress(state, data, from, blocks) {
    for (let n = 0, at = from; n < blocks; n++, at += 64) {
      expand(data, at);
      rounds(state);
    }
  },
};

/** At once, of little: trees, commitments, ids of keys. */
export function sha256(...chunks: readonly Uint8Array[]): Uint8Array {
  const hash = new StreamedHash(SHA_256);
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest();
}

function expand(data: DataView, at: number): void {
  for (let j = 0; j < 16; j++) W[j] = data.getInt32(at + 4 * j);
  for (let j = 16; j < 64; j++) {
    const x = W[j - 15] as number;
    const y = W[j - 2] as number;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[j] = ((W[j - 16] as number) + s0 + (W[j - 7] as number) + s1) | 0;
  }
}

/** Eight rounds stand together, so that no register is moved. */
function rounds(state: Int32Array): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let j = 0; j < 64; j += 8) {
    h = (h + big1(e) + (g ^ (e & (f ^ g))) + (K[j] as number) + (W[j] as number)) | 0;
    d = (d + h) | 0;
    h = (h + big0(a) + ((a & b) | ((a | b) & c))) | 0;
    g = (g + big1(d) + (f ^ (d & (e ^ f))) + (K[j + 1] as number) + (W[j + 1] as number)) | 0;
    c = (c + g) | 0;
    g = (g + big0(h) + ((h & a) | ((h | a) & b))) | 0;
    f = (f + big1(c) + (e ^ (c & (d ^ e))) + (K[j + 2] as number) + (W[j + 2] as number)) | 0;
    b = (b + f) | 0;
    f = (f + big0(g) + ((g & h) | ((g | h) & a))) | 0;
    e = (e + big1(b) + (d ^ (b & (c ^ d))) + (K[j + 3] as number) + (W[j + 3] as number)) | 0;
    a = (a + e) | 0;
    e = (e + big0(f) + ((f & g) | ((f | g) & h))) | 0;
    d = (d + big1(a) + (c ^ (a & (b ^ c))) + (K[j + 4] as number) + (W[j + 4] as number)) | 0;
    h = (h + d) | 0;
    d = (d + big0(e) + ((e & f) | ((e | f) & g))) | 0;
    c = (c + big1(h) + (b ^ (h & (a ^ b))) + (K[j + 5] as number) + (W[j + 5] as number)) | 0;
    g = (g + c) | 0;
    c = (c + big0(d) + ((d & e) | ((d | e) & f))) | 0;
    b = (b + big1(g) + (a ^ (g & (h ^ a))) + (K[j + 6] as number) + (W[j + 6] as number)) | 0;
    f = (f + b) | 0;
    b = (b + big0(c) + ((c & d) | ((c | d) & e))) | 0;
    a = (a + big1(f) + (h ^ (f & (g ^ h))) + (K[j + 7] as number) + (W[j + 7] as number)) | 0;
    e = (e + a) | 0;
    a = (a + big0(b) + ((b & c) | ((b | c) & d))) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

function big0(x: number): number {
  return ((x >>> 2) | (x << 30)) ^ ((x >>> 13) | (x << 19)) ^ ((x >>> 22) | (x << 10));
}

function big1(x: number): number {
  return ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
}
