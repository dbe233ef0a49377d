import { assertEmptyRoot, type Checkpoint, parseCheckpoint } from './checkpoints.js';
import { decodeHash, encodeBase64, isCount, parseDecimal, readText, type TextInput, within } from './encoding.js';
import { isTlogError, TlogError } from './errors.js';
import type { VerifierKey } from './keys.js';
import type { Hash } from './merkle.js';
import { MAX_NOTE_BYTES, parseNote, type SignedNote } from './notes.js';
import { MAX_PROOF_HASHES, verifyConsistency } from './proofs.js';
import { type VerifyEd25519, verifyNote } from './signatures.js';

const MAX_REQUEST_BYTES = MAX_NOTE_BYTES + MAX_PROOF_HASHES * 64;

/** The body of `add-checkpoint`: C2SP tlog-witness v1.0.0. */
export interface AddCheckpoint {
  readonly oldSize: number;
  /** Consistency proof from `oldSize` to the size of the checkpoint. */
  readonly proof: readonly Uint8Array[];
  /** The signed note, as it came. */
  readonly checkpoint: string;
}

/** The last head of a log that a witness has cosigned. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** HTTP status of each refusal (tlog-witness, "add-checkpoint"). */
export const WITNESS_REFUSAL_STATUS = {
  'malformed-request': 400,
  'old-size-above-size': 400,
  'not-signed-by-log': 403,
  'unknown-origin': 404,
  'wrong-empty-root': 422,
  'not-consistent': 422,
} as const;
export type WitnessRefusal = keyof typeof WITNESS_REFUSAL_STATUS;

export interface WitnessRejection {
  readonly kind: 'reject';
  readonly reason: WitnessRefusal;
}

export type WitnessDecision =
  /** Remember this head, durably, and then cosign. */
  | { readonly kind: 'accept'; readonly head: TreeHead }
  /** HTTP 409 with the size remembered: the client asked from another. */
  | { readonly kind: 'conflict'; readonly size: number }
  | WitnessRejection;

/** @throws TlogError `malformed-request`, `malformed-note`, `too-large`: nothing is written that could not be read */
export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  if (!isCount(oldSize)) throw new TlogError('malformed-request', `${oldSize} is no size`);
  const text = [`old ${oldSize}`, ...proof.map(encodeBase64), '', checkpoint].join('\n');
  parseAddCheckpoint(text);
  return text;
}

/** @throws TlogError `malformed-request`, `malformed-note`, `too-large` */
export function parseAddCheckpoint(input: TextInput): AddCheckpoint {
  const text = readText(input, { code: 'malformed-request', maxBytes: MAX_REQUEST_BYTES });
  const end = text.indexOf('\n\n');
  if (end === -1) throw new TlogError('malformed-request', 'no empty line before the checkpoint');
  const [first, ...lines] = text.slice(0, end).split('\n') as [string, ...string[]];
  const oldSize = first.startsWith('old ') ? parseDecimal(first.slice('old '.length)) : null;
  if (oldSize === null) throw new TlogError('malformed-request', 'the first line is not the old size');
  if (lines.length > MAX_PROOF_HASHES) throw new TlogError('malformed-request', `${lines.length} hashes`);
  const checkpoint = text.slice(end + 2);
  parseNote(checkpoint);
  const proof = within('malformed-request', 'a hash is not base64', () => lines.map(decodeHash));
  return { oldSize, proof, checkpoint };
}

/** A request whose checkpoint the log has signed. */
export interface SignedRequest {
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
}

/**
 * The first half of a witness: reads a request and verifies the log's signature.
 * @param keysOf the keys a witness trusts for an origin; none for one it does not know
 */
export async function openAddCheckpoint(
  verify: VerifyEd25519,
  body: TextInput,
  keysOf: (origin: string) => readonly VerifierKey[],
): Promise<SignedRequest | WitnessRejection> {
  const request = readRequest(body);
  if ('kind' in request) return request;
  const keys = keysOf(request.checkpoint.origin);
  if (keys.length === 0) return reject('unknown-origin');
  try {
    await verifyNote(verify, request.note, keys);
  } catch (error) {
    if (isTlogError(error, 'bad-signature') || isTlogError(error, 'no-known-signature')) {
      return reject('not-signed-by-log');
    }
    throw error;
  }
  return request;
}

function readRequest(body: TextInput): SignedRequest | WitnessRejection {
  try {
    const { oldSize, proof, checkpoint } = parseAddCheckpoint(body);
    const note = parseNote(checkpoint);
    return { oldSize, proof, note, checkpoint: parseCheckpoint(note.text) };
  } catch (error) {
    // Signature lines that cannot be read are as good as none.
    return reject(isTlogError(error, 'malformed-note') ? 'not-signed-by-log' : 'malformed-request');
  }
}

function reject(reason: WitnessRefusal): WitnessRejection {
  return { kind: 'reject', reason };
}

/**
 * The second half, in the order of the specification. Whoever calls it holds the lock of the log's head from reading
 * `remembered` to having stored the head accepted: of two requests at once, one must see the other's.
 * @param remembered null when nothing of this log was ever cosigned
 */
export function decideCosignature(
  hash: Hash,
  remembered: TreeHead | null,
  { oldSize, proof, checkpoint }: Omit<SignedRequest, 'note'>,
): WitnessDecision {
  const { size, root } = checkpoint;
  if (oldSize > size) return reject('old-size-above-size');
  if (oldSize !== (remembered?.size ?? 0)) return { kind: 'conflict', size: remembered?.size ?? 0 };
  if (!holds(() => assertEmptyRoot(hash, checkpoint))) return reject('wrong-empty-root');
  const root1 = remembered?.root ?? hash();
  const claim = { size1: oldSize, root1, size2: size, root2: root, proof };
  if (!holds(() => verifyConsistency(hash, claim))) return reject('not-consistent');
  return { kind: 'accept', head: { size, root } };
}

function holds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
