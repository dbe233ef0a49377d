import { toHex } from '#domain';
import { formatVerifierKey, type Hash, type Policy, parsePolicy } from '#tlog';

/** Keys as a person types or scans them. */
export interface TrustedKeys {
  /** vkeys of logs. */
  readonly logs: readonly string[];
  /** vkeys of witnesses. */
  readonly witnesses: readonly string[];
  /** How many of the witnesses must have cosigned; all of them when not said. */
  readonly quorum?: number;
}

/**
 * Keys known by their digest only, as a person reads them off a sheet of paper: SHA-256 of a vkey as it is written, in
 * hexadecimal digits. Who has the digest from outside has the key, wherever the key itself is read.
 */
export interface KeyFingerprints {
  readonly fingerprints: readonly string[];
}

const encoder = new TextEncoder();
const FINGERPRINTS = /^(?:[0-9a-f]{64})+$/;

/** @returns null for a text that is anything but whole fingerprints, in groups of digits however they are set apart */
export function readFingerprints(text: string): KeyFingerprints | null {
  const digits = text.toLowerCase().replace(/[\s:]/g, '');
  return FINGERPRINTS.test(digits) ? { fingerprints: digits.match(/.{64}/g) ?? [] } : null;
}

/** What `printf %s VKEY | sha256sum` prints: 64 hexadecimal digits. */
export function fingerprintOf(sha256: Hash, vkey: string): string {
  return toHex(sha256(encoder.encode(vkey)));
}

/**
 * The policy of those keys of a dossier that were named by their fingerprints: every witness among them must have
 * cosigned.
 * @returns `unknown`: the fingerprint that is of none of its keys; null when all are, and none of them is of a log
 * @throws TlogError `malformed-policy`
 */
export function policyByFingerprints(
  sha256: Hash,
  { fingerprints }: KeyFingerprints,
  inside: Policy,
): Policy | { readonly unknown: string | null } {
  const logs = inside.logs.map(({ key }) => formatVerifierKey(key));
  const witnesses = inside.witnesses.map(({ key }) => formatVerifierKey(key));
  const known = new Map([...logs, ...witnesses].map((vkey) => [vkey, fingerprintOf(sha256, vkey)]));
  const unknown = fingerprints.find((one) => ![...known.values()].includes(one));
  if (unknown !== undefined) return { unknown };
  const isNamed = (vkey: string): boolean => fingerprints.includes(known.get(vkey) ?? '');
  if (!logs.some(isNamed)) return { unknown: null };
  return policyOf(sha256, { logs: logs.filter(isNamed), witnesses: witnesses.filter(isNamed) });
}

/**
 * The policy that these keys make.
 * @throws TlogError `malformed-policy`, also for a quorum that the witnesses cannot make
 */
export function policyOf(sha256: Hash, { logs, witnesses, quorum = witnesses.length }: TrustedKeys): Policy {
  return parsePolicy(sha256, policyText({ logs, witnesses, quorum }));
}

/** The same as a C2SP tlog-policy file. */
export function policyText({ logs, witnesses, quorum = witnesses.length }: TrustedKeys): string {
  const names = witnesses.map((_, i) => `w${i + 1}`);
  const isOpen = witnesses.length === 0 && quorum === 0;
  return [
    ...logs.map((vkey) => `log ${vkey}`),
    ...witnesses.map((vkey, i) => `witness ${names[i]} ${vkey}`),
    // A group of no one, or a quorum of none out of some, is refused by whoever reads the file: as it should be.
    ...(isOpen || quorum === 0
      ? ['quorum none']
      : [`group all-witnesses ${quorum} ${names.join(' ')}`, 'quorum all-witnesses']),
    '',
  ].join('\n');
}
