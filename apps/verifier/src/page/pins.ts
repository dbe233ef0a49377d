import { type KeyFingerprints, policyText, readFingerprints } from '#dossier';
import { type Hash, isTlogError, type Policy, parsePolicy, parseVerifierKey, SIGNATURE_TYPE } from '#tlog';

/** What is to be believed, once it is whole; null: nothing from outside. Undefined while it cannot be read. */
export function trustOf(pins: Pins): Policy | KeyFingerprints | null | undefined {
  if (pins.kind === 'none') return null;
  if (pins.kind === 'policy') return pins.policy;
  return pins.kind === 'fingerprints' ? pins.named : undefined;
}

/** What a person has typed, scanned or pasted as keys to trust. */
export type Pins =
  | { readonly kind: 'none' }
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'fingerprints'; readonly named: KeyFingerprints }
  | { readonly kind: 'problem'; readonly problem: string }
  /** Witnesses without the log they watch. */
  | { readonly kind: 'no-log' };

const POLICY_LINE = /^[ \t]*(?:log|witness|group|quorum)[ \t]/m;

/** A C2SP tlog-policy, or vkeys, one a line, or their fingerprints: each log may have signed, every witness must have cosigned. */
export function readPins(sha256: Hash, typed: string): Pins {
  const text = typed.replaceAll('\r\n', '\n').trim();
  if (text === '') return { kind: 'none' };
  const named = readFingerprints(text);
  if (named !== null) return { kind: 'fingerprints', named };
  try {
    if (POLICY_LINE.test(text)) return { kind: 'policy', policy: parsePolicy(sha256, `${text}\n`) };
    return readKeys(sha256, text.split(/\s+/));
  } catch (error) {
    if (!isTlogError(error)) throw error;
    return { kind: 'problem', problem: error.message };
  }
}

function readKeys(sha256: Hash, vkeys: readonly string[]): Pins {
  const typeOf = (vkey: string): number => parseVerifierKey(sha256, vkey).type;
  const logs = vkeys.filter((vkey) => typeOf(vkey) === SIGNATURE_TYPE.ed25519);
  const witnesses = vkeys.filter((vkey) => typeOf(vkey) !== SIGNATURE_TYPE.ed25519);
  if (logs.length === 0) return { kind: 'no-log' };
  return { kind: 'policy', policy: parsePolicy(sha256, policyText({ logs, witnesses })) };
}
