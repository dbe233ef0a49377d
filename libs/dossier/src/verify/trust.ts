import { type Hash, type Policy, parsePolicy } from '#tlog';

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
