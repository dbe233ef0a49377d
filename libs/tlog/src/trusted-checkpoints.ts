import { assertEmptyRoot, type Checkpoint, parseCheckpoint } from './checkpoints.js';
import type { TextInput } from './encoding.js';
import { TlogError } from './errors.js';
import { isSameKey, type VerifierKey } from './keys.js';
import type { Hash } from './merkle.js';
import { parseNote, type SignedNote } from './notes.js';
import { isQuorum, type Policy } from './policies.js';
import { type VerifiedSignature, type VerifyEd25519, verifyNote } from './signatures.js';

/** What verification needs from the platform. */
export interface Algorithms {
  /** The tree's hash. */
  readonly hash: Hash;
  readonly verify: VerifyEd25519;
}

export interface Cosignature {
  /** The witness's name in the policy. */
  readonly witness: string;
  /** POSIX seconds; the latest, when a witness has cosigned more than once. */
  readonly timeS: number;
}

/** A checkpoint that a policy accepts. */
export interface TrustedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
  readonly log: VerifierKey;
  readonly cosignatures: readonly Cosignature[];
}

/**
 * Verifies a checkpoint: signed by a log of the policy whose key is called as the origin, and cosigned by a quorum.
 * @throws TlogError `malformed-note`, `malformed-checkpoint`, `too-large`, `root-mismatch` (size 0), `wrong-origin`,
 * `quorum-not-met`, and whatever `verifyNote` refuses
 */
export async function openCheckpoint(
  { hash, verify }: Algorithms,
  policy: Policy,
  input: TextInput,
): Promise<TrustedCheckpoint> {
  const note = parseNote(input);
  const checkpoint = parseCheckpoint(note.text);
  assertEmptyRoot(hash, checkpoint);
  const keys = [...policy.logs, ...policy.witnesses].map(({ key }) => key);
  const verified = await verifyNote(verify, note, keys);
  const log = logOf(policy, checkpoint.origin, verified);
  const cosignatures = cosignaturesOf(policy, verified);
  if (!isQuorum(policy, new Set(cosignatures.map(({ witness }) => witness)))) {
    throw new TlogError('quorum-not-met', `${cosignatures.length} cosignatures are no quorum`, {
      details: { cosignatures: cosignatures.length, quorum: policy.quorum },
    });
  }
  return { checkpoint, note, log, cosignatures };
}

function logOf({ logs }: Policy, origin: string, verified: readonly VerifiedSignature[]): VerifierKey {
  const candidates = logs.filter(({ key }) => key.name === origin);
  if (candidates.length === 0) throw new TlogError('wrong-origin', 'the policy knows no log of this origin');
  const log = candidates.find((candidate) => verified.some(({ key }) => isSameKey(key, candidate.key)));
  if (log === undefined) throw new TlogError('no-known-signature', 'the log has not signed this');
  return log.key;
}

function cosignaturesOf({ witnesses }: Policy, verified: readonly VerifiedSignature[]): Cosignature[] {
  return witnesses.flatMap(({ name, key }) => {
    const times = verified.flatMap((found) => (found.timeS !== null && isSameKey(found.key, key) ? [found.timeS] : []));
    return times.length > 0 ? [{ witness: name, timeS: Math.max(...times) }] : [];
  });
}
