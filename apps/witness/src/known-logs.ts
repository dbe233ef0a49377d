import { sha256 } from '#signing';
import { parsePolicy, parseVerifierKey, SIGNATURE_TYPE, type VerifierKey } from '#tlog';

/**
 * The keys of the logs to witness, by what the settings name.
 * @param vkeys each on its own
 * @param policy text of a policy file; its quorum and its witnesses, which are for verifiers, may be left out
 * @throws TlogError, TypeError: a key that cannot be read, or cannot sign checkpoints
 */
export function knownLogs(vkeys: readonly string[], policy: string | null): VerifierKey[] {
  const keys = [...vkeys.map((vkey) => parseVerifierKey(sha256, vkey)), ...(policy === null ? [] : logsOf(policy))];
  const cosigner = keys.find(({ type }) => type !== SIGNATURE_TYPE.ed25519);
  if (cosigner !== undefined) throw new TypeError(`${cosigner.name} 不是日志的公钥 is not the key of a log`);
  return keys;
}

function logsOf(policy: string): VerifierKey[] {
  const text = /^[ \t]*quorum[ \t]/m.test(policy) ? policy : `${policy}\nquorum none\n`;
  return parsePolicy(sha256, text).logs.map(({ key }) => key);
}
