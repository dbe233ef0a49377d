import { TlogError, type TlogErrorCode } from './errors.js';
import { HASH_BYTES } from './merkle.js';

/** The digit before the padding has its unused bits zero (RFC 4648 §3.5). */
const BASE64 = /^[A-Za-z0-9+/]*(?:[AQgw]==|[AEIMQUYcgkosw048]=)?$/;
const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/;

/** RFC 4648 §4, with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * RFC 4648 §4, only as `encodeBase64` writes it: padded, no white space, unused bits zero (§3.5). A second spelling of
 * the same bytes would be a second text with the same meaning.
 * @throws TlogError `malformed-base64`
 */
export function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 === 0 && BASE64.test(text)) {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  }
  throw new TlogError('malformed-base64', 'not canonical base64');
}

/**
 * One hash in base64.
 * @throws TlogError `malformed-base64`, `malformed-hash`
 */
export function decodeHash(text: string): Uint8Array {
  const bytes = decodeBase64(text);
  assertHash(bytes, 'hash');
  return bytes;
}

/** @throws TlogError `malformed-hash` */
export function assertHash(bytes: Uint8Array, what: string): void {
  if (bytes.length === HASH_BYTES) return;
  throw new TlogError('malformed-hash', `${what} has ${bytes.length} bytes, not ${HASH_BYTES}`);
}

/** ASCII decimal without sign and leading zeros, below 2^53; null for anything else. */
export function parseDecimal(text: string): number | null {
  if (!DECIMAL.test(text)) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : null;
}

/** Whether a number can be a size or an index: whole, not negative, below 2^53. */
export function isCount(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** null when the bytes are not UTF-8. A byte order mark stays: it is part of what was signed. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

/** What a parser is given: bytes as they came, or the same as text. */
export type TextInput = Uint8Array | string;

export interface TextLimits {
  readonly code: TlogErrorCode;
  readonly maxBytes: number;
}

/**
 * Well-formed text within a limit.
 * @throws TlogError `too-large`; the code given, when it is not UTF-8
 */
export function readText(input: TextInput, { code, maxBytes }: TextLimits): string {
  const bytes = typeof input === 'string' ? encodeUtf8(input) : input;
  if (bytes.length > maxBytes) throw new TlogError('too-large', `${bytes.length} bytes are more than ${maxBytes}`);
  const text = decodeUtf8(bytes);
  if (text === null || (typeof input === 'string' && text !== input)) throw new TlogError(code, 'not UTF-8');
  return text;
}

/** Runs a reader of a part; what is wrong with the part is wrong with the whole. */
export function within<T>(code: TlogErrorCode, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new TlogError(code, what, { cause: error });
  }
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
