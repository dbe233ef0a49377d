import { fromHex } from '#domain';
import {
  type Checkpoint,
  decodeHash,
  type Hash,
  isTlogError,
  type Policy,
  parseCheckpoint,
  parseNote,
  type SignedNote,
  type VerifyEd25519,
  verifyConsistency,
  verifyNote,
} from '#tlog';
import type { HasherFactory } from '../bag/bag-files.js';
import { isDossierError } from '../dossier-error.js';
import { timestampPath } from '../layout/dossier-files.js';
import { imprintOf, verifyTimestamp } from '../timestamp/verify-timestamp.js';
import { ItemFindings, type StampedTime } from './dossier-report.js';
import { isSame } from './read-event.js';
import { hasKeys, isList, type Parts, readJson } from './read-part.js';

interface Around {
  readonly sha256: Hash;
  readonly verify: VerifyEd25519;
  readonly hasherOf: HasherFactory;
  readonly policy: Policy | null;
  /** The dossier's own; null when it cannot be read. */
  readonly checkpoint: Checkpoint | null;
  /** From outside the package; none: nothing is checked. */
  readonly roots: readonly (string | Uint8Array)[];
  readonly now: Date | undefined;
}

const MAX_TIMESTAMP_BYTES = 1_048_576;
const MAX_TIMESTAMPS = 1_000;
const TOKEN = /^proofs\/timestamps\/([1-9]\d{0,5})\./;

/** Each token: by a trusted authority, over the note beside it, which is of this log and of the tree of the checkpoint. */
export async function checkTimestamps(
  parts: Parts,
  around: Around,
): Promise<{ readonly items: readonly ItemFindings[]; readonly stamped: readonly StampedTime[] }> {
  const numbers = new Set([...parts.listed.keys()].flatMap((path) => TOKEN.exec(path)?.[1] ?? []));
  if (numbers.size === 0) {
    const none = new ItemFindings('timestamp');
    none.notChecked('no-timestamp', 'there is no time-stamp: time rests on the word of the log');
    return { items: [none], stamped: [] };
  }
  const items: ItemFindings[] = [];
  const stamped: StampedTime[] = [];
  for (const number of [...numbers].map(Number).sort((a, b) => a - b)) {
    const findings = new ItemFindings('timestamp', timestampPath(number, 'tsr'));
    items.push(findings);
    if (number > 1 && !numbers.has(`${number - 1}`))
      findings.fail('timestamp-incomplete', `${timestampPath(number - 1, 'tsr')} is not there, and this one is`);
    if (items.length > MAX_TIMESTAMPS) {
      findings.notChecked('timestamp-not-checked', `more than ${MAX_TIMESTAMPS} time-stamps`);
      break;
    }
    const found = await checkOne(parts, around, { number, findings });
    if (found !== null && findings.verdict === 'PASS') stamped.push(found);
  }
  return { items, stamped };
}

async function checkOne(
  parts: Parts,
  around: Around,
  { number, findings }: { readonly number: number; readonly findings: ItemFindings },
): Promise<StampedTime | null> {
  const [tokenPath, notePath] = [timestampPath(number, 'tsr'), timestampPath(number, 'note')];
  const missing = [tokenPath, notePath].filter((path) => !parts.has(path));
  for (const path of missing) findings.fail('timestamp-incomplete', `${path} is not there`);
  if (missing.length > 0) return null;
  const token = await parts.whole(tokenPath, findings, MAX_TIMESTAMP_BYTES);
  const note = await parts.whole(notePath, findings, MAX_TIMESTAMP_BYTES);
  if (token === null || note === null) return null;
  const size = await checkNote(parts, around, { number, findings, note });
  if (around.roots.length === 0) {
    findings.notChecked('no-timestamp-roots', 'no root of a time-stamp authority was given from outside');
    return null;
  }
  const stamp = await checkToken(around, { token, note, findings });
  return stamp === null || size === null ? null : { ...stamp, path: tokenPath, size };
}

async function checkToken(
  { roots, hasherOf, now }: Around,
  { token, note, findings }: { token: Uint8Array; note: Uint8Array; findings: ItemFindings },
): Promise<Omit<StampedTime, 'path' | 'size'> | null> {
  try {
    const { algorithm } = imprintOf(token);
    const digest = await digestOf(hasherOf, algorithm, note);
    if (digest === null) {
      findings.notChecked('timestamp-not-checked', `${algorithm} cannot be computed here`);
      return null;
    }
    const atTime = now === undefined ? {} : { atTime: now };
    const check = { token, imprint: { algorithm, digest }, trustedRoots: roots, ...atTime };
    const { at, accuracyMs, tsaName, expiredNow } = await verifyTimestamp(check);
    return { at: at.toISOString(), accuracyMs, authority: tsaName, expiredNow };
  } catch (error) {
    if (!isDossierError(error)) throw error;
    const words = `${error.code}: ${error.message}`;
    const isUnknown = error.code === 'timestamp-algorithm-unsupported' || error.code === 'root-malformed';
    if (isUnknown) findings.notChecked('timestamp-not-checked', words);
    else findings.fail('timestamp-refused', words);
    return null;
  }
}

async function digestOf(
  hasherOf: HasherFactory,
  algorithm: 'sha256' | 'sha384' | 'sha512' | 'sm3',
  bytes: Uint8Array,
): Promise<Uint8Array | null> {
  if (algorithm === 'sha384') return new Uint8Array(await crypto.subtle.digest('SHA-384', Uint8Array.from(bytes)));
  const hasher = hasherOf(algorithm);
  if (hasher === null) return null;
  await hasher.update(bytes);
  return fromHex(await hasher.digestHex());
}

/** The note: a checkpoint of this log whose tree the tree of the dossier's checkpoint begins with. @returns its size */
async function checkNote(
  parts: Parts,
  around: Around,
  { number, findings, note }: { number: number; findings: ItemFindings; note: Uint8Array },
): Promise<number | null> {
  const { sha256, verify, policy, checkpoint } = around;
  if (checkpoint === null || policy === null) {
    findings.notChecked('no-checkpoint', 'there is nothing to hold the stamped note against');
    return null;
  }
  try {
    const signed: SignedNote = parseNote(note);
    const stamped = parseCheckpoint(signed.text);
    const keys = policy.logs.map(({ key }) => key).filter((key) => key.name === checkpoint.origin);
    await verifyNote(verify, signed, keys);
    if (stamped.origin !== checkpoint.origin) findings.fail('timestamp-note-wrong', 'the note is of another log');
    else if (stamped.size > checkpoint.size) findings.fail('timestamp-note-wrong', 'the note is of a later tree');
    else await checkGrowth(parts, { sha256, findings, number }, { stamped, checkpoint });
    return stamped.size;
  } catch (error) {
    if (!isTlogError(error)) throw error;
    if (error.code === 'verifier-failed') findings.notChecked('signature-not-checked', error.message);
    else findings.fail('timestamp-note-wrong', error.message);
    return null;
  }
}

async function checkGrowth(
  parts: Parts,
  { sha256, findings, number }: { sha256: Hash; findings: ItemFindings; number: number },
  { stamped, checkpoint }: { stamped: Checkpoint; checkpoint: Checkpoint },
): Promise<void> {
  const path = timestampPath(number, 'consistency.json');
  if (stamped.size === checkpoint.size) {
    if (!isSame(stamped.root, checkpoint.root)) findings.fail('timestamp-note-wrong', 'two trees of one size');
    if (parts.has(path)) findings.fail('timestamp-note-wrong', `${path} is there, where the two trees are one`);
    return;
  }
  if (!parts.has(path)) return findings.notChecked('timestamp-not-connected', `${path} is not there`);
  const bytes = await parts.whole(path, findings, MAX_TIMESTAMP_BYTES);
  const read = bytes === null ? null : readJson(bytes);
  if (read === null) return;
  const keys = ['size1', 'size2', 'root1', 'root2', 'proof'] as const;
  if ('problem' in read || !hasKeys(read.value, keys) || !isList(read.value.proof) || read.value.proof.length > 63)
    return findings.fail('timestamp-note-wrong', `${path} is no consistency proof`);
  const { size1, size2, root1, root2, proof } = read.value;
  const hashOf = (value: unknown): Uint8Array => decodeHash(typeof value === 'string' ? value : '');
  if (size1 !== stamped.size || size2 !== checkpoint.size)
    return findings.fail('timestamp-note-wrong', `${path} is of other trees`);
  if (!isSame(hashOf(root1), stamped.root) || !isSame(hashOf(root2), checkpoint.root))
    return findings.fail('timestamp-note-wrong', `${path} is of other trees`);
  const claim = { size1, size2, root1: stamped.root, root2: checkpoint.root, proof: proof.map(hashOf) };
  // A TlogError is the caller's: the note is not of this tree.
  verifyConsistency(sha256, claim);
}
