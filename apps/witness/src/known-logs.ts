import { ConfigError } from '#config';
import { sha256 } from '#signing';
import { parsePolicy, parseVerifierKey, SIGNATURE_TYPE, type VerifierKey } from '#tlog';

/**
 * The keys of the logs to witness, by what the settings name.
 * @param vkeys each on its own
 * @param policy text of a policy file; its quorum and its witnesses, which are for verifiers, may be left out
 * @throws ConfigError for a key that cannot be read, or cannot sign checkpoints; for a file without a log
 */
export function knownLogs(vkeys: readonly string[], policy: string | null): VerifierKey[] {
  return [...vkeys.map(logKey), ...(policy === null ? [] : logsOf(policy))];
}

function logKey(vkey: string): VerifierKey {
  const key = read('LIUHEN_WITNESS_LOGS', vkey, () => parseVerifierKey(sha256, vkey));
  assertLog('LIUHEN_WITNESS_LOGS', key);
  return key;
}

function logsOf(policy: string): VerifierKey[] {
  const name = 'LIUHEN_WITNESS_POLICY';
  const text = /^[ \t]*quorum[ \t]/m.test(policy) ? policy : `${policy}\nquorum none\n`;
  const keys = read(name, 'log <vkey>', () => parsePolicy(sha256, text)).logs.map(({ key }) => key);
  for (const key of keys) assertLog(name, key);
  if (keys.length > 0) return keys;
  throw wrong(name, '文件里没有一行 log <vkey>', 'the file has no line log <vkey>');
}

/** A log signs by keys of type 0x01; others are those of witnesses. */
function assertLog(setting: string, { name, type }: VerifierKey): void {
  if (type === SIGNATURE_TYPE.ed25519) return;
  throw wrong(setting, `${name} 不是日志的公钥`, `${name} is not the key of a log`);
}

function read<T>(setting: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw wrong(setting, `无法读作日志公钥：${what}（${why}）`, `cannot be read as the key of a log: ${what} (${why})`);
  }
}

function wrong(name: string, zh: string, en: string): ConfigError {
  return new ConfigError([{ name, zh, en }]);
}
