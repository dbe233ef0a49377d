import { parseCheckpoint } from './checkpoints.js';
import { concatBytes, encodeUtf8, isCount } from './encoding.js';
import { TlogError } from './errors.js';
import { isSameKey, keyLabel, SIGNATURE_TYPE, type VerifierKey } from './keys.js';
import type { NoteSignature, SignedNote } from './notes.js';

/** Ed25519 (RFC 8032); may be async, as WebCrypto is. `publicKey` has 32 bytes, `signature` 64. */
export type VerifyEd25519 = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

/** Ed25519 with a key that the caller keeps; answers 64 bytes. */
export type SignEd25519 = (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;

const SIGNATURE_BYTES = 64;
const TIME_BYTES = 8;

export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** Of a cosignature: POSIX seconds; else null. */
  readonly timeS: number | null;
}

/**
 * Verifies the signatures of the keys that are known, and of no others (signed-note, "Signatures"): a line whose name
 * or id is unknown is ignored; a line of a known key that does not verify condemns the note.
 * @returns one or more, in the order of the lines
 * @throws TlogError `bad-signature`; `no-known-signature`; `ambiguous-key` when two different keys share name and id;
 * `malformed-checkpoint` when a key that cosigns checkpoints is met on another text; `verifier-failed` when `verify`
 * itself throws
 */
export async function verifyNote(
  verify: VerifyEd25519,
  { text, signatures }: SignedNote,
  keys: readonly VerifierKey[],
): Promise<VerifiedSignature[]> {
  const verified: VerifiedSignature[] = [];
  for (const signature of signatures) {
    const key = findKey(keys, signature);
    if (key === null) continue;
    const { message, bytes, timeS } = signedParts(key, text, signature.signature);
    if (!(await isSigned(verify, key, message, bytes))) throw badSignature(key);
    verified.push({ key, timeS });
  }
  if (verified.length === 0) throw new TlogError('no-known-signature', 'no known key has signed this');
  return verified;
}

function findKey(keys: readonly VerifierKey[], signature: NoteSignature): VerifierKey | null {
  const [key, ...others] = keys.filter((known) => keyLabel(known) === keyLabel(signature));
  if (key === undefined) return null;
  if (others.every((other) => isSameKey(other, key))) return key;
  throw new TlogError('ambiguous-key', `two keys are called ${keyLabel(key)}`);
}

interface SignedParts {
  readonly message: Uint8Array;
  readonly bytes: Uint8Array;
  readonly timeS: number | null;
}

function signedParts(key: VerifierKey, text: string, signature: Uint8Array): SignedParts {
  if (key.type === SIGNATURE_TYPE.ed25519) {
    if (signature.length !== SIGNATURE_BYTES) throw badSignature(key);
    return { message: encodeUtf8(text), bytes: signature, timeS: null };
  }
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) throw badSignature(key);
  const timeS = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
  // Beyond 2^53 the number would not be the one signed; the specification's own limit is 2^63.
  if (!isCount(timeS)) throw badSignature(key);
  return { message: cosignatureMessage(text, timeS), bytes: signature.subarray(TIME_BYTES), timeS };
}

async function isSigned(verify: VerifyEd25519, key: VerifierKey, message: Uint8Array, bytes: Uint8Array) {
  try {
    return await verify(key.publicKey, message, bytes);
  } catch (cause) {
    throw new TlogError('verifier-failed', `the signature of ${keyLabel(key)} could not be verified`, { cause });
  }
}

function badSignature(key: VerifierKey): TlogError {
  return new TlogError('bad-signature', `the signature of ${keyLabel(key)} is not good`, {
    details: { key: keyLabel(key) },
  });
}

/**
 * What a witness signs: C2SP tlog-cosignature v1.0.1, "Ed25519 signed message".
 * @param timeS POSIX seconds
 * @throws TlogError `malformed-checkpoint`, `out-of-range`
 */
export function cosignatureMessage(checkpointText: string, timeS: number): Uint8Array {
  parseCheckpoint(checkpointText);
  if (!isCount(timeS)) throw new TlogError('out-of-range', `${timeS} is no POSIX time`);
  return encodeUtf8(`cosignature/v1\ntime ${timeS}\n${checkpointText}`);
}

/** Signs the text of a note with a key of type 0x01. What `sign` throws goes through. */
export async function signText(key: VerifierKey, sign: SignEd25519, text: string): Promise<NoteSignature> {
  return { name: key.name, keyId: key.keyId, signature: await sign(encodeUtf8(text)) };
}

/**
 * Cosigns the text of a checkpoint with a key of type 0x04. What `sign` throws goes through.
 * @throws TlogError `malformed-checkpoint`; `out-of-range` for a time that is not above 0 (tlog-witness)
 */
export async function cosignText(
  key: VerifierKey,
  sign: SignEd25519,
  { text, timeS }: { readonly text: string; readonly timeS: number },
): Promise<NoteSignature> {
  if (timeS === 0) throw new TlogError('out-of-range', 'a cosignature says when it was made');
  const message = cosignatureMessage(text, timeS);
  const time = new Uint8Array(TIME_BYTES);
  new DataView(time.buffer).setBigUint64(0, BigInt(timeS));
  return { name: key.name, keyId: key.keyId, signature: concatBytes([time, await sign(message)]) };
}
