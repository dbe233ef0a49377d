import {
  type Checkpoint,
  type Hash,
  isTlogError,
  openCheckpoint,
  type Policy,
  parseCheckpoint,
  parseNote,
  parsePolicy,
  type TlogErrorCode,
  type VerifyEd25519,
} from '#tlog';
import { PART } from '../layout/dossier-files.js';
import { type DossierReason, ItemFindings } from './dossier-report.js';
import type { Parts } from './read-part.js';
import { type KeyFingerprints, policyByFingerprints } from './trust.js';

export interface CheckpointResult {
  readonly trust: ItemFindings;
  readonly findings: ItemFindings;
  /** What stands in it, signed or not; null when it cannot be read. */
  readonly checkpoint: Checkpoint | null;
  readonly policy: Policy | null;
  readonly cosignedBy: readonly { readonly witness: string; readonly at: string }[];
}

const MAX_NOTE_BYTES = 1_048_576;
/** The year 9999: a time beyond it is no date that can be shown. */
const MAX_TIME_S = 253_402_300_799;

/** Whom to believe, and whether they have signed the head of the log. */
export async function checkCheckpoint(
  algorithms: { readonly hash: Hash; readonly verify: VerifyEd25519 },
  parts: Parts,
  { trust, origin }: { readonly trust: Policy | KeyFingerprints | null; readonly origin: string | null },
): Promise<CheckpointResult> {
  const trustFindings = new ItemFindings('trust');
  const findings = new ItemFindings('checkpoint');
  const policy = await policyOfTrust(algorithms.hash, parts, { trust, findings: trustFindings });
  const note = await parts.whole(PART.checkpoint, findings, MAX_NOTE_BYTES);
  const checkpoint = note === null ? null : readCheckpoint(note, findings);
  const result = { trust: trustFindings, findings, checkpoint, policy };
  if (note === null || checkpoint === null) return { ...result, cosignedBy: [] };
  if (origin !== null && checkpoint.origin !== origin)
    findings.fail(
      'checkpoint-of-another-log',
      `of ${JSON.stringify(checkpoint.origin)}, not ${JSON.stringify(origin)}`,
    );
  if (policy === null) {
    findings.notChecked('no-policy', 'there is no key to check the signature with');
    return { ...result, cosignedBy: [] };
  }
  try {
    const { cosignatures } = await openCheckpoint(algorithms, policy, note);
    const shown = cosignatures.filter(({ timeS }) => timeS <= MAX_TIME_S);
    // By the names of their keys: what a policy calls them is nobody's name where keys were given one by one.
    const keyNames = new Map(policy.witnesses.map(({ name, key }) => [name, key.name]));
    const cosignedBy = shown.map(({ witness, timeS }) => ({
      ...{ witness: keyNames.get(witness) ?? witness, at: new Date(timeS * 1_000).toISOString() },
    }));
    return { ...result, cosignedBy };
  } catch (error) {
    if (!isTlogError(error)) throw error;
    if (error.code === 'verifier-failed') findings.notChecked('signature-not-checked', error.message);
    else findings.fail(REASONS[error.code] ?? 'checkpoint-malformed', error.message);
    return { ...result, cosignedBy: [] };
  }
}

const REASONS: Partial<Record<TlogErrorCode, DossierReason>> = {
  'bad-signature': 'checkpoint-not-signed',
  'no-known-signature': 'checkpoint-not-signed',
  'ambiguous-key': 'checkpoint-not-signed',
  'wrong-origin': 'checkpoint-of-another-log',
  'quorum-not-met': 'quorum-not-met',
};

/** The keys to believe: those from outside, or those of the package that were named outside, or just the package's own. */
async function policyOfTrust(
  hash: Hash,
  parts: Parts,
  { trust, findings }: { readonly trust: Policy | KeyFingerprints | null; readonly findings: ItemFindings },
): Promise<Policy | null> {
  if (trust !== null && !('fingerprints' in trust)) return trust;
  // A package cannot vouch for itself: with its own keys it is consistent at best.
  if (trust === null) findings.notChecked('self-consistent-only', 'no key was given from outside');
  const bytes = await parts.whole(PART.policy, findings, MAX_NOTE_BYTES);
  if (bytes === null) return null;
  try {
    const inside = parsePolicy(hash, bytes);
    if (trust === null) return inside;
    const named = policyByFingerprints(hash, trust, inside);
    if ('logs' in named) return named;
    findings.fail('key-unknown', named.unknown ?? 'none of the fingerprints is of a log');
  } catch (error) {
    if (!isTlogError(error)) throw error;
    findings.fail('policy-malformed', `${PART.policy}: ${error.message}`);
  }
  return null;
}

export function readCheckpoint(note: Uint8Array, findings: ItemFindings): Checkpoint | null {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch (error) {
    if (!isTlogError(error)) throw error;
    findings.fail('checkpoint-malformed', error.message);
    return null;
  }
}
