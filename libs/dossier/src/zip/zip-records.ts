/** Records of a zip file, as PKWARE's APPNOTE 6.3.10 lays them out. All numbers are little-endian. */
export const SIGNATURE = {
  local: 0x04034b50,
  descriptor: 0x08074b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;

export const LENGTH = { local: 30, central: 46, end: 22, end64: 56, locator64: 20 } as const;

/** A field of 16 or 32 bits that holds this is to be looked up in the zip64 record. */
export const MAX_16 = 0xffff;
export const MAX_32 = 0xffffffff;

export const FLAG = { encrypted: 0x0001, descriptor: 0x0008, utf8: 0x0800 } as const;

export const STORE = 0;
export const ZIP64_FIELD = 0x0001;
/** Info-ZIP's second name for an entry: two names are one too many. */
export const UNICODE_PATH_FIELD = 0x7075;

/** Writes one record field by field. */
export class RecordWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(length: number) {
    this.#bytes = new Uint8Array(length);
    this.#view = new DataView(this.#bytes.buffer);
  }

  u16(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint16(this.#at, value, true);
      this.#at += 2;
    }
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint32(this.#at, value, true);
      this.#at += 4;
    }
    return this;
  }

  u64(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setBigUint64(this.#at, BigInt(value), true);
      this.#at += 8;
    }
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  /** The record, which must be full. */
  done(): Uint8Array {
    if (this.#at !== this.#bytes.length) throw new RangeError('record is not as long as was said');
    return this.#bytes;
  }
}

/** Reads one record field by field. */
export class RecordReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  u16(): number {
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2, true);
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  /** Past 2^53 it is no longer exact, and larger than any file: whoever compares it with a size finds that. */
  u64(): number {
    this.#at += 8;
    return Number(this.#view.getBigUint64(this.#at - 8, true));
  }

  raw(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
