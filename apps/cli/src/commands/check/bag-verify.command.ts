import { resolve } from 'node:path';
import { type BagFiles, type BagReport, verifyBag } from '#dossier';
import { callerFolder } from '../../client/sign-in.js';
import { CommandFailure } from '../../failure.js';
import type { Terminal } from '../../terminal/terminal.js';
import { verb } from '../../verb.js';
import { OUTCOME, printable, readable } from './check-outcome.js';
import { nodeHasherOf } from './node-hashes.js';
import { withPackage } from './package-files.js';

export const bagVerifyCommand = verb({
  name: 'bag verify',
  zh: '校验一个 BagIt 包（文件夹或 zip）：逐个文件核对摘要，只列出有问题的；无需联网',
  en: 'Checks a BagIt bag (folder or zip): every file by its digests, names those that are not right; needs no network',
  operands: 'DIR|ZIP',
  options: {},
  run: async ({ positionals, env, terminal }) => {
    const [given, more] = positionals;
    if (given === undefined || more !== undefined)
      throw new CommandFailure(OUTCOME.notChecked, { zh: '请给出一个文件夹或 zip 文件', en: 'Give one folder or zip' });
    const path = resolve(callerFolder(env), given);
    const outcome = await withPackage(path, (files) => check(terminal, files, path));
    if (typeof outcome === 'number') return outcome;
    terminal.say(`${outcome.isUnknown ? 'not checked' : 'bad'}: ${outcome.code} ${printable(outcome.message)}`);
    return outcome.isUnknown ? OUTCOME.notChecked : OUTCOME.bad;
  },
});

async function check(terminal: Terminal, files: BagFiles, path: string): Promise<number> {
  const report = await readable(path, () => verifyBag(files, nodeHasherOf));
  for (const { verdict, path: about, code, detail } of report.findings) {
    const name = about === null ? '-' : printable(about);
    terminal.say(`${verdict}\t${name}\t${code}\t${printable(detail)}`);
  }
  terminal.say(...summary(report));
  return { PASS: OUTCOME.good, FAIL: OUTCOME.bad, 'NOT CHECKED': OUTCOME.notChecked }[report.verdict];
}

function summary({ verdict, files, payload }: BagReport): string[] {
  const count = (wanted: string): number => files.filter((file) => file.verdict === wanted).length;
  return [
    `内容 payload: ${payload.files} 个文件 files, ${payload.sizeBytes} 字节 bytes`,
    `通过 PASS ${count('PASS')} · 不符 FAIL ${count('FAIL')} · 未核 NOT CHECKED ${count('NOT CHECKED')}`,
    { PASS: 'ok', FAIL: 'bad', 'NOT CHECKED': 'not checked' }[verdict],
  ];
}
