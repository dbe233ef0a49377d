import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type BagFiles, type BagReport, isDossierError, openZip, type RandomAccess, verifyBag } from '#dossier';
import { callerFolder } from '../../client/sign-in.js';
import { CommandFailure } from '../../failure.js';
import type { Terminal } from '../../terminal/terminal.js';
import { verb } from '../../verb.js';
import { OUTCOME, printable, readable } from './check-outcome.js';
import { FolderFiles } from './folder-files.js';
import { nodeHasherOf } from './node-hashes.js';

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
    const found = await readable(path, () => stat(path));
    if (found.isDirectory()) return await check(terminal, new FolderFiles(await realpath(path)), path);
    const file = await readable(path, () => open(path));
    try {
      return await checkZip(terminal, accessTo(file, found.size), path);
    } finally {
      await file.close();
    }
  },
});

async function checkZip(terminal: Terminal, access: RandomAccess, path: string): Promise<number> {
  try {
    return await check(terminal, await openZip(access), path);
  } catch (error) {
    if (!isDossierError(error)) throw error;
    // A compressed zip file may hold a good bag; we do not read it.
    const isUnknown = error.code === 'zip-unsupported' || error.code === 'zip-limit';
    terminal.say(`${isUnknown ? 'not checked' : 'bad'}: ${error.code} ${printable(error.message)}`);
    return isUnknown ? OUTCOME.notChecked : OUTCOME.bad;
  }
}

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

function accessTo(file: FileHandle, sizeBytes: number): RandomAccess {
  return {
    sizeBytes,
    read: async (offset, length) => {
      const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
  };
}
