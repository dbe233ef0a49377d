/** CRC-32 of bytes that follow those whose CRC is `before`; 0 at the beginning. Node's zlib has it, four times as fast. */
export type Crc32Of = (bytes: Uint8Array, before: number) => number;

export const crc32Of: Crc32Of = (bytes, before) => {
  const crc = new Crc32(before);
  crc.update(bytes);
  return crc.value;
};

/**
 * CRC-32 of zip files (ISO 3309, reflected, polynomial 0xEDB88320). Eight bytes a step: a byte a step would be slower
 * than the disks dossiers are written from. It finds accidents, never intent; digests are the bag's.
 */
export class Crc32 {
  #state: number;

  /** @param before CRC of the bytes that came earlier */
  constructor(before = 0) {
    this.#state = ~before;
  }

  update(bytes: Uint8Array): void {
    let crc = this.#state;
    const { length } = bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    let at = 0;
    for (; at + 8 <= length; at += 8) {
      const low = crc ^ view.getUint32(at, true);
      const high = view.getUint32(at + 4, true);
      crc =
        entry(7, low & 0xff) ^
        entry(6, (low >>> 8) & 0xff) ^
        entry(5, (low >>> 16) & 0xff) ^
        entry(4, low >>> 24) ^
        entry(3, high & 0xff) ^
        entry(2, (high >>> 8) & 0xff) ^
        entry(1, (high >>> 16) & 0xff) ^
        entry(0, high >>> 24);
    }
    for (; at < length; at += 1) crc = entry(0, (crc ^ view.getUint8(at)) & 0xff) ^ (crc >>> 8);
    this.#state = crc;
  }

  /** Unsigned 32 bits. */
  get value(): number {
    return (this.#state ^ 0xffffffff) >>> 0;
  }
}

/** Table k holds the CRC of each byte followed by k zero bytes. */
const TABLES = makeTables();

function entry(table: number, byte: number): number {
  return TABLES[table * 256 + byte] as number;
}

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let at = 256; at < tables.length; at += 1) {
    const before = tables[at - 256] as number;
    tables[at] = (tables[before & 0xff] as number) ^ (before >>> 8);
  }
  return tables;
}
