import { DossierError } from '../dossier-error.js';

/** A token is a few KiB; with a long chain of certificates, tens. */
const MAX_BYTES = 1_048_576;
const MAX_DEPTH = 32;
/** More than any RSA signature; serial numbers and nonces are 20 at most. */
const MAX_INTEGER_BYTES = 2_048;

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

/**
 * One value of an ASN.1 encoding: what it is by its identifier octet, its bytes as they stand, its members. Read
 * strictly, since what is signed is bytes and what is believed is values, and the two must not come apart: lengths are
 * in their shortest form and members fill their value exactly. One liberty of BER is taken, indefinite lengths, which
 * some authorities send around what they sign.
 */
export class Asn1 {
  /** The whole encoding: identifier, length, content. */
  readonly bytes: Uint8Array;
  /** The identifier octet; tags of two octets are in nothing we read. */
  readonly tag: number;
  readonly #content: Uint8Array;
  /** Null for a primitive value. */
  readonly #members: readonly Asn1[] | null;

  private constructor(bytes: Uint8Array, content: Uint8Array, members: readonly Asn1[] | null) {
    this.bytes = bytes;
    this.tag = bytes[0] ?? 0;
    this.#content = content;
    this.#members = members;
  }

  /** @throws DossierError `timestamp-malformed`, also for bytes after the value */
  static parse(bytes: Uint8Array, what: string): Asn1 {
    if (bytes.length > MAX_BYTES) throw malformed(`${what}: ${bytes.length} bytes`);
    const value = Asn1.#read(bytes, 0, what);
    if (value.bytes.length !== bytes.length) throw malformed(`${what}: bytes after the end`);
    return value;
  }

  /** The value at the beginning of the bytes (X.690 §8.1). */
  static #read(bytes: Uint8Array, depth: number, what: string): Asn1 {
    const [tag = 0, first] = bytes;
    if (depth > MAX_DEPTH || first === undefined || (tag & 0x1f) === 0x1f) throw malformed(what);
    const isConstructed = (tag & 0x20) !== 0;
    if (first === 0x80 && isConstructed) {
      const members = Asn1.#readAll(bytes.subarray(2), depth, what, true);
      const length = members.reduce((sum, member) => sum + member.bytes.length, 0);
      return new Asn1(bytes.subarray(0, length + 4), bytes.subarray(2, length + 2), members);
    }
    const { at, length } = lengthOf(bytes, what);
    if (at + length > bytes.length) throw malformed(what);
    const content = bytes.subarray(at, at + length);
    const members = isConstructed ? Asn1.#readAll(content, depth, what, false) : null;
    return new Asn1(bytes.subarray(0, at + length), content, members);
  }

  /** Members up to the end of the bytes, or up to the end-of-contents octets. */
  static #readAll(bytes: Uint8Array, depth: number, what: string, isIndefinite: boolean): Asn1[] {
    const members: Asn1[] = [];
    let rest = bytes;
    while (rest.length > 0) {
      if (isIndefinite && rest[0] === 0 && rest[1] === 0) return members;
      const member = Asn1.#read(rest, depth + 1, what);
      members.push(member);
      rest = rest.subarray(member.bytes.length);
    }
    if (isIndefinite) throw malformed(what);
    return members;
  }

  /** Members of a constructed value. */
  members(what: string): readonly Asn1[] {
    if (this.#members === null) throw malformed(`${what} has no members`);
    return this.#members;
  }

  /** Content of a primitive value. */
  content(what: string): Uint8Array {
    if (this.#members !== null) throw malformed(`${what} is not a simple value`);
    return this.#content;
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
    if (content.length === 0 || content.length > MAX_INTEGER_BYTES || isPadded(content)) throw malformed(what);
    return BigInt.asIntN(content.length * 8, BigInt(`0x${hexOf(content)}`));
  }

  boolean(what: string): boolean {
    const content = this.#typed(TAG.boolean, what);
    // DER knows two values; in BER any octet but 0 would be true.
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw malformed(what);
    return content[0] === 0xff;
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

/** Length octets (X.690 §10.1: the shortest form), and where the content begins. */
function lengthOf(bytes: Uint8Array, what: string): { readonly at: number; readonly length: number } {
  const first = bytes[1] ?? 0;
  if (first < 0x80) return { at: 2, length: first };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || bytes.length < 2 + count) throw malformed(what);
  const length = bytes.subarray(2, 2 + count).reduce((sum, octet) => sum * 256 + octet, 0);
  if (length < 0x80 || length < 256 ** (count - 1)) throw malformed(what);
  return { at: 2 + count, length };
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

/** A first octet that adds nothing but the sign that is there already (X.690 §8.3.2). */
function isPadded([first, second]: Uint8Array): boolean {
  return second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
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
