import { concatBytes, decodeBase64, encodeBase64, encodeUtf8, equalBytes, within } from './encoding.js';
import { TlogError } from './errors.js';
import type { Hash } from './merkle.js';

/** Signature types of C2SP signed-note v1.0.0 that are understood here. */
export const SIGNATURE_TYPE = {
  /** Ed25519 over the note text. */
  ed25519: 0x01,
  /** Timestamped Ed25519 cosignature of a checkpoint (C2SP tlog-cosignature v1.0.1). */
  cosignature: 0x04,
} as const;
export type SignatureType = (typeof SIGNATURE_TYPE)[keyof typeof SIGNATURE_TYPE];

export const PUBLIC_KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const VKEY = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: signed-note forbids exactly these
const NOT_IN_NAMES = /[\p{White_Space}\u0000-\u001f+]/u;

/** A key that signatures are verified with. Name and id together name the key, in note signatures too. */
export interface VerifierKey {
  readonly name: string;
  /** uint32. */
  readonly keyId: number;
  readonly type: SignatureType;
  /** Ed25519, 32 bytes (RFC 8032). */
  readonly publicKey: Uint8Array;
}

/**
 * A key with the id signed-note says it has: SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4].
 * @param sha256 SHA-256, whatever hash the tree itself uses
 * @throws TlogError `malformed-key`
 */
export function makeVerifierKey(sha256: Hash, { name, type, publicKey }: Omit<VerifierKey, 'keyId'>): VerifierKey {
  if (!isKeyName(name)) throw new TlogError('malformed-key', 'not the name of a key');
  if (publicKey.length !== PUBLIC_KEY_BYTES) {
    throw new TlogError('malformed-key', `an Ed25519 public key has ${PUBLIC_KEY_BYTES} bytes`);
  }
  const digest = sha256(encodeUtf8(`${name}\n`), Uint8Array.of(type), publicKey);
  return { name, keyId: readKeyId(digest), type, publicKey };
}

/**
 * Reads a vkey, `<name>+<8 hex digits>+<base64 of type and public key>`.
 * @param sha256 SHA-256, whatever hash the tree itself uses
 * @throws TlogError `malformed-key`, also when the id is not that of name and key; `unsupported-key` for other types
 */
export function parseVerifierKey(sha256: Hash, text: string): VerifierKey {
  const [, name = '', id = '', encoded = ''] = VKEY.exec(text) ?? [];
  const material = within('malformed-key', 'not a verifier key', () => decodeBase64(encoded));
  const type = Object.values(SIGNATURE_TYPE).find((known) => known === material[0]);
  if (material.length === 0) throw new TlogError('malformed-key', 'not a verifier key');
  if (type === undefined) throw new TlogError('unsupported-key', `signature type ${material[0]} is not supported`);
  const key = makeVerifierKey(sha256, { name, type, publicKey: material.subarray(1) });
  if (key.keyId !== Number.parseInt(id, 16)) throw new TlogError('malformed-key', 'the id is not that of the key');
  return key;
}

/** The vkey of a key. */
export function formatVerifierKey(key: VerifierKey): string {
  return `${keyLabel(key)}+${encodeBase64(concatBytes([Uint8Array.of(key.type), key.publicKey]))}`;
}

/** `<name>+<id>`: what a signature line tells of its key. */
export function keyLabel({ name, keyId }: Pick<VerifierKey, 'name' | 'keyId'>): string {
  return `${name}+${keyId.toString(16).padStart(8, '0')}`;
}

export function isSameKey(a: VerifierKey, b: VerifierKey): boolean {
  return keyLabel(a) === keyLabel(b) && a.type === b.type && equalBytes(a.publicKey, b.publicKey);
}

/** Not empty, without Unicode spaces, plus signs and control characters (signed-note, "Format"). */
export function isKeyName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !NOT_IN_NAMES.test(name);
}

/** The first four bytes, big-endian. */
export function readKeyId(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** @returns the key id as it stands before a signature */
export function writeKeyId(keyId: number): Uint8Array {
  const bytes = new Uint8Array(KEY_ID_BYTES);
  new DataView(bytes.buffer).setUint32(0, keyId);
  return bytes;
}
