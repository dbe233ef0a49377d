import type { BlockHash } from '#dossier';

/** T_j of GB/T 32905 §4.2, rotated left by j as each round wants it. */
const CONSTANTS = Int32Array.from({ length: 64 }, (_, j) => {
  const t = j < 16 ? 0x79cc4519 : 0x7a879d8a;
  return (t << (j % 32)) | (t >>> (32 - (j % 32)));
});
/** Expanded message W_0 … W_67. */
const W = new Int32Array(68);

/** GB/T 32905-2016 (ISO/IEC 10118-3:2018). Four rounds stand together, so that no register is moved. */
export const SM3: BlockHash = {
  initial: [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e],
  compress(state, data, from, blocks) {
    for (let n = 0, at = from; n < blocks; n++, at += 64) {
      expand(data, at);
      firstRounds(state);
      lastRounds(state);
    }
  },
};

function expand(data: DataView, at: number): void {
  for (let j = 0; j < 16; j++) W[j] = data.getInt32(at + 4 * j);
  for (let j = 16; j < 68; j++) {
    const w3 = W[j - 3] as number;
    const w13 = W[j - 13] as number;
    const x = (W[j - 16] as number) ^ (W[j - 9] as number) ^ ((w3 << 15) | (w3 >>> 17));
    const p1 = x ^ ((x << 15) | (x >>> 17)) ^ ((x << 23) | (x >>> 9));
    W[j] = p1 ^ ((w13 << 7) | (w13 >>> 25)) ^ (W[j - 6] as number);
  }
}

/** What the state is between the first 16 rounds and the others. */
const BETWEEN = new Int32Array(8);

function firstRounds(state: Int32Array): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let j = 0; j < 16; j += 4) {
    let r = (a << 12) | (a >>> 20);
    let s = (r + e + (CONSTANTS[j] as number)) | 0;
    s = (s << 7) | (s >>> 25);
    d = ((a ^ b ^ c) + d + (s ^ r) + ((W[j] as number) ^ (W[j + 4] as number))) | 0;
    h = ((e ^ f ^ g) + h + s + (W[j] as number)) | 0;
    b = (b << 9) | (b >>> 23);
    f = (f << 19) | (f >>> 13);
    h = h ^ ((h << 9) | (h >>> 23)) ^ ((h << 17) | (h >>> 15));
    r = (d << 12) | (d >>> 20);
    s = (r + h + (CONSTANTS[j + 1] as number)) | 0;
    s = (s << 7) | (s >>> 25);
    c = ((d ^ a ^ b) + c + (s ^ r) + ((W[j + 1] as number) ^ (W[j + 5] as number))) | 0;
    g = ((h ^ e ^ f) + g + s + (W[j + 1] as number)) | 0;
    a = (a << 9) | (a >>> 23);
    e = (e << 19) | (e >>> 13);
    g = g ^ ((g << 9) | (g >>> 23)) ^ ((g << 17) | (g >>> 15));
    r = (c << 12) | (c >>> 20);
    s = (r + g + (CONSTANTS[j + 2] as number)) | 0;
    s = (s << 7) | (s >>> 25);
    b = ((c ^ d ^ a) + b + (s ^ r) + ((W[j + 2] as number) ^ (W[j + 6] as number))) | 0;
    f = ((g ^ h ^ e) + f + s + (W[j + 2] as number)) | 0;
    d = (d << 9) | (d >>> 23);
    h = (h << 19) | (h >>> 13);
    f = f ^ ((f << 9) | (f >>> 23)) ^ ((f << 17) | (f >>> 15));
    r = (b << 12) | (b >>> 20);
    s = (r + f + (CONSTANTS[j + 3] as number)) | 0;
    s = (s << 7) | (s >>> 25);
    a = ((b ^ c ^ d) + a + (s ^ r) + ((W[j + 3] as number) ^ (W[j + 7] as number))) | 0;
    e = ((f ^ g ^ h) + e + s + (W[j + 3] as number)) | 0;
    c = (c << 9) | (c >>> 23);
    g = (g << 19) | (g >>> 13);
    e = e ^ ((e << 9) | (e >>> 23)) ^ ((e << 17) | (e >>> 15));
  }
  BETWEEN[0] = a;
  BETWEEN[1] = b;
  BETWEEN[2] = c;
  BETWEEN[3] = d;
  BETWEEN[4] = e;
  BETWEEN[5] = f;
  BETWEEN[6] = g;
  BETWEEN[7] = h;
}

function lastRounds(state: Int32Array): void {
  let a = BETWEEN[0] as number;
  let b = BETWEEN[1] as number;
  let c = BETWEEN[2] as number;
  let d = BETWEEN[3] as number;
  let e = BETWEEN[4] as number;
  let f = BETWEEN[5] as number;
  let g = BETWEEN[6] as number;
  let h = BETWEEN[7] as number;
  for (let j = 16; j < 64; j += 4) {
    let r = (a << 12) | (a >>> 20);
    let s = (r + e + (CONSTANTS[j] as number)) | 0;
    s = (s << 7) | (s >>> 25);
    d = (((a & b) | ((a | b) & c)) + d + (s ^ r) + ((W[j] as number) ^ (W[j + 4] as number))) | 0;
    h = ((g ^ (e & (f ^ g))) + h + s + (W[j] as number)) | 0;
    b = (b << 9) | (b >>> 23);
    f = (f << 19) | (f >>> 13);
    h = h ^ ((h << 9) | (h >>> 23)) ^ ((h << 17) | (h >>> 15));
    r = (d << 12) | (d >>> 20);
    s = (r + h + (CONSTANTS[j + 1] as number)) | 0;
    s = (s << 7) | (s >>> 25);
    c = (((d & a) | ((d | a) & b)) + c + (s ^ r) + ((W[j + 1] as number) ^ (W[j + 5] as number))) | 0;
    g = ((f ^ (h & (e ^ f))) + g + s + (W[j + 1] as number)) | 0;
    a = (a << 9) | (a >>> 23);
    e = (e << 19) | (e >>> 13);
    g = g ^ ((g << 9) | (g >>> 23)) ^ ((g << 17) | (g >>> 15));
    r = (c << 12) | (c >>> 20);
    s = (r + g + (CONSTANTS[j + 2] as number)) | 0;
    s = (s << 7) | (s >>> 25);
    b = (((c & d) | ((c | d) & a)) + b + (s ^ r) + ((W[j + 2] as number) ^ (W[j + 6] as number))) | 0;
    f = ((e ^ (g & (h ^ e))) + f + s + (W[j + 2] as number)) | 0;
    d = (d << 9) | (d >>> 23);
    h = (h << 19) | (h >>> 13);
    f = f ^ ((f << 9) | (f >>> 23)) ^ ((f << 17) | (f >>> 15));
    r = (b << 12) | (b >>> 20);
    s = (r + f + (CONSTANTS[j + 3] as number)) | 0;
    s = (s << 7) | (s >>> 25);
    a = (((b & c) | ((b | c) & d)) + a + (s ^ r) + ((W[j + 3] as number) ^ (W[j + 7] as number))) | 0;
    e = ((h ^ (f & (g ^ h))) + e + s + (W[j + 3] as number)) | 0;
    c = (c << 9) | (c >>> 23);
    g = (g << 19) | (g >>> 13);
    e = e ^ ((e << 9) | (e >>> 23)) ^ ((e << 17) | (e >>> 15));
  }
  state[0] = (state[0] as number) ^ a;
  state[1] = (state[1] as number) ^ b;
  state[2] = (state[2] as number) ^ c;
  state[3] = (state[3] as number) ^ d;
  state[4] = (state[4] as number) ^ e;
  state[5] = (state[5] as number) ^ f;
  state[6] = (state[6] as number) ^ g;
  state[7] = (state[7] as number) ^ h;
}
