import { fromBER } from 'asn1js';
import { DossierError } from '../dossier-error.js';

/** A token is a few KiB; with a long chain of certificates, tens. */
const MAX_BYTES = 1_048_576;

/** Tags of X.680 that time-stamps and certificates are made of. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Identifier octet of `[number]`: IMPLICIT over a primitive type, or constructed. */
export const context = (number: number): number => 0x80 | number;
export const contextConstructed = (number: number): number => 0xa0 | number;

type Block = ReturnType<typeof fromBER>['result'];

/**
 * One value of an ASN.1 encoding: what it is by its identifier octet, and its bytes as they stand. asn1js makes the tree
 * (with limits on depth and number, and indefinite lengths, which some authorities send); values are read here,
 * strictly, since what is signed and what is compared must be these bytes and no second encoding of them.
 */
export class Asn1 {
  readonly #block: Block;

  private constructor(block: Block) {
    this.#block = block;
  }

  /** @throws DossierError `timestamp-malformed`, also for bytes after the value */
  static parse(bytes: Uint8Array, what: string): Asn1 {
    if (bytes.length > MAX_BYTES) throw malformed(`${what}: ${bytes.length} bytes`);
    let parsed: ReturnType<typeof fromBER>;
    try {
      parsed = fromBER(bytes.slice());
    } catch (cause) {
      throw new DossierError('timestamp-malformed', `${what}: not ASN.1`, { cause });
    }
    if (parsed.offset === -1 || parsed.result.error !== '') throw malformed(`${what}: not ASN.1`);
    if (parsed.offset !== bytes.length) throw malformed(`${what}: bytes after the end`);
    return new Asn1(parsed.result);
  }

  /** The whole encoding: identifier, length, content. */
  get bytes(): Uint8Array {
    return this.#block.valueBeforeDecodeView;
  }

  /** The identifier octet; tags of two octets are in nothing we read. */
  get tag(): number {
    return this.bytes[0] ?? 0;
  }

  /** Members of a constructed value. */
  members(what: string): Asn1[] {
    const { value } = this.#block.valueBlock as { value?: unknown };
    if ((this.tag & 0x20) === 0 || !Array.isArray(value)) throw malformed(`${what} has no members`);
    return (value as Block[]).map((block) => new Asn1(block));
  }

  /** Content of a primitive value. */
  content(what: string): Uint8Array {
    if ((this.tag & 0x20) !== 0) throw malformed(`${what} is not a simple value`);
    return this.bytes.subarray(this.#block.idBlock.blockLength + this.#block.lenBlock.blockLength);
  }

  fields(what: string, tag: number = TAG.sequence): Fields {
    if (this.tag !== tag) throw malformed(what);
    return new Fields(this.members(what), what);
  }

  oid(what: string): string {
    return oidText(this.#typed(TAG.oid, what), what);
  }

  /** Any length, with its sign. */
  integer(what: string): bigint {
    const content = this.#typed(TAG.integer, what);
    if (content.length === 0) throw malformed(what);
    return BigInt.asIntN(content.length * 8, BigInt(`0x${hexOf(content)}`));
  }

  boolean(what: string): boolean {
    const content = this.#typed(TAG.boolean, what);
    if (content.length !== 1) throw malformed(what);
    return content[0] !== 0;
  }

  /** In BER an OCTET STRING may come in pieces; some authorities send the content of a token so. */
  octets(what: string): Uint8Array {
    if (this.tag !== (TAG.octetString | 0x20)) return this.#typed(TAG.octetString, what);
    const pieces = this.members(what).map((piece) => piece.#typed(TAG.octetString, what));
    return concat(pieces);
  }

  /** A BIT STRING of whole octets. */
  bits(what: string): Uint8Array {
    const content = this.#typed(TAG.bitString, what);
    if (content[0] !== 0) throw malformed(what);
    return content.subarray(1);
  }

  /** UTCTime or GeneralizedTime, in UTC, to the ms (RFC 5280 §4.1.2.5, RFC 3161 §2.4.2). */
  time(what: string): Date {
    const isUtcTime = this.tag === TAG.utcTime;
    const text = String.fromCharCode(
      ...this.#typed(isUtcTime ? TAG.utcTime : TAG.generalizedTime, what).subarray(0, 40),
    );
    const match = /^(\d{4}|\d{2})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d+))?Z$/.exec(text);
    const [, year = '', month, day, hour, minute, second, fraction = ''] = match ?? [];
    if (match === null || year.length !== (isUtcTime ? 2 : 4) || (isUtcTime && fraction !== '')) throw malformed(what);
    const century = isUtcTime ? (Number(year) >= 50 ? '19' : '20') : '';
    const iso = `${century}${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
    const at = new Date(iso);
    // A day that no calendar shows would roll over to another.
    if (Number.isNaN(at.getTime()) || at.toISOString() !== iso) throw malformed(`${what}: ${text}`);
    return at;
  }

  #typed(tag: number, what: string): Uint8Array {
    if (this.tag !== tag) throw malformed(what);
    return this.content(what);
  }
}

/** Members of a SEQUENCE, taken in order. */
export class Fields {
  readonly #members: readonly Asn1[];
  readonly #what: string;
  #at = 0;

  constructor(members: readonly Asn1[], what: string) {
    this.#members = members;
    this.#what = what;
  }

  next(): Asn1 {
    const member = this.#members[this.#at];
    if (member === undefined) throw malformed(`${this.#what} is too short`);
    this.#at += 1;
    return member;
  }

  /** The next member if it has the tag. */
  optional(...tags: readonly number[]): Asn1 | null {
    const member = this.#members[this.#at];
    return member !== undefined && tags.includes(member.tag) ? this.next() : null;
  }

  end(): void {
    if (this.#at !== this.#members.length) throw malformed(`${this.#what} is too long`);
  }
}

function oidText(content: Uint8Array, what: string): string {
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const [i, octet] of content.entries()) {
    if (arc === 0n && octet === 0x80) throw malformed(what);
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if ((octet & 0x80) !== 0) {
      if (i === content.length - 1 || i > 64) throw malformed(what);
      continue;
    }
    arcs.push(arc);
    arc = 0n;
  }
  const [first, ...rest] = arcs;
  if (first === undefined) throw malformed(what);
  const top = first < 80n ? first / 40n : 2n;
  return [top, first - top * 40n, ...rest].join('.');
}

export function malformed(what: string): DossierError {
  return new DossierError('timestamp-malformed', `not readable: ${what}`);
}

export function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
