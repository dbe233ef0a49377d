/** What SHA-256 and SM3 share: 64-byte blocks, eight words of state, big-endian, the length in the last eight bytes. */
export interface BlockHash {
  readonly initial: readonly number[];
  /** Takes so many blocks of 64 bytes into the state. */
  compress(state: Int32Array, data: DataView, from: number, blocks: number): void;
}

const BLOCK = 64;

/** A hash that grows as bytes come, and answers at once: WebCrypto can do neither. Node has its own. */
export class StreamedHash {
  readonly #hash: BlockHash;
  readonly #state: Int32Array;
  readonly #rest = new Uint8Array(BLOCK);
  #restBytes = 0;
  #totalBytes = 0;

  constructor(hash: BlockHash) {
    this.#hash = hash;
    this.#state = Int32Array.from(hash.initial);
  }

  update(bytes: Uint8Array): this {
    this.#totalBytes += bytes.length;
    let at = 0;
    if (this.#restBytes > 0) {
      at = Math.min(BLOCK - this.#restBytes, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#restBytes);
      this.#restBytes += at;
      if (this.#restBytes < BLOCK) return this;
      this.#compress(this.#rest, 0, 1);
    }
    const blocks = Math.floor((bytes.length - at) / BLOCK);
    this.#compress(bytes, at, blocks);
    this.#rest.set(bytes.subarray(at + BLOCK * blocks));
    this.#restBytes = bytes.length - at - BLOCK * blocks;
    return this;
  }

  /** 32 bytes; the hash is used up. */
  digest(): Uint8Array {
    const end = new Uint8Array(this.#restBytes < BLOCK - 8 ? BLOCK : 2 * BLOCK);
    end.set(this.#rest.subarray(0, this.#restBytes));
    end[this.#restBytes] = 0x80;
    new DataView(end.buffer).setBigUint64(end.length - 8, BigInt(this.#totalBytes) * 8n);
    this.#compress(end, 0, end.length / BLOCK);
    const digest = new Uint8Array(32);
    const words = new DataView(digest.buffer);
    for (const [i, word] of this.#state.entries()) words.setInt32(4 * i, word);
    return digest;
  }

  #compress(bytes: Uint8Array, from: number, blocks: number): void {
    this.#hash.compress(this.#state, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), from, blocks);
  }
}
