import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { imprintOf, isDossierError, type VerifiedTimestamp, verifyTimestamp } from '#dossier';
import { callerFolder } from '../../client/sign-in.js';
import { CommandFailure } from '../../failure.js';
import { verb } from '../../verb.js';
import { OUTCOME, printable, readable } from './check-outcome.js';
import { digestOfFile } from './node-hashes.js';

export const timestampVerifyCommand = verb({
  name: 'timestamp verify',
  zh: '校验一个时间戳（RFC 3161）：是否由可信机构对该文件签发；无需联网',
  en: 'Checks a time-stamp (RFC 3161): whether a trusted authority made it over this file; needs no network',
  operands: 'TOKEN',
  options: {
    data: { type: 'string', value: 'FILE', zh: '被盖时间戳的文件（必填）', en: 'The file that was stamped (needed)' },
    ca: {
      type: 'string',
      value: 'FILE',
      zh: '可信根证书，PEM 或 DER（必填）；须从别处取得，不可取自案卷本身',
      en: 'Trusted root certificates, PEM or DER (needed); from elsewhere, never from the dossier itself',
    },
  },
  run: async ({ options: { data, ca }, positionals, env, terminal }) => {
    const [given, more] = positionals;
    if (given === undefined || more !== undefined || data === undefined || ca === undefined)
      throw new CommandFailure(OUTCOME.notChecked, {
        zh: '请给出一个时间戳、--data 与 --ca',
        en: 'Give one token, --data and --ca',
      });
    const fileNamed = (name: string): string => resolve(callerFolder(env), name);
    const token = await readable(given, () => readFile(fileNamed(given)));
    const root = await readable(ca, () => readFile(fileNamed(ca)));
    try {
      const { algorithm } = imprintOf(token);
      const digest = await readable(data, () => digestOfFile(fileNamed(data), algorithm));
      const verified = await verifyTimestamp({ token, imprint: { algorithm, digest }, trustedRoots: [root] });
      terminal.say(...linesOf(verified), 'ok');
      return OUTCOME.good;
    } catch (error) {
      if (!isDossierError(error)) throw error;
      const isUnknown = error.code === 'timestamp-algorithm-unsupported' || error.code === 'root-malformed';
      terminal.say(`${isUnknown ? 'not checked' : 'bad'}: ${error.code} ${printable(error.message)}`);
      return isUnknown ? OUTCOME.notChecked : OUTCOME.bad;
    }
  },
});

function linesOf({ at, accuracyMs, tsaName, serial, policy, notAfter, expiredNow }: VerifiedTimestamp): string[] {
  return [
    `时间 time: ${at.toISOString()} ± ${accuracyMs} ms`,
    `机构 authority: ${printable(tsaName)}`,
    `序号 serial: ${serial}`,
    `策略 policy: ${policy}`,
    `证书有效至 certificate valid until: ${notAfter.toISOString()}${expiredNow ? '（已过期 has ended）' : ''}`,
  ];
}
