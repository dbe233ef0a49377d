import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { ApiClient } from '../client/api-client.js';
import { findCase, occurrenceFor } from '../client/find-case.js';
import { callerFolder, SIGN_IN_OPTIONS, signedInClient } from '../client/sign-in.js';
import { type FileToSend, sendFile } from '../client/tus-upload.js';
import { UploadMemory } from '../client/upload-memory.js';
import { EXIT } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { sha256Of } from '../footage/make-footage.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { sizeText } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { verb } from '../verb.js';

export const uploadCommand = verb({
  name: 'upload',
  zh: '把文件上传到案件的一个环节；中断后再次运行即续传',
  en: 'Sends files to a step of a case; run again after a cut, it goes on',
  operands: 'FILE…',
  options: {
    case: { type: 'string', value: 'NUMBER', zh: '案号或案件 id（必填）', en: 'Case number or id (needed)' },
    step: { type: 'string', value: 'STEP', zh: '环节 id，如 site-inspection（必填）', en: 'Step id (needed)' },
    ...SIGN_IN_OPTIONS,
  },
  run: async ({ options, positionals, env, terminal }) => {
    const { case: caseName, step } = options;
    if (caseName === undefined || step === undefined || positionals.length === 0) {
      throw new CommandFailure(EXIT.usage, {
        zh: '请给出文件、--case 与 --step',
        en: 'Give the files, --case and --step',
      });
    }
    const paths = positionals.map((name) => resolve(callerFolder(env), name));
    for (const path of paths) await requireFile(path);
    const client = await signedInClient(env, terminal, options);
    const found = await findCase(client, caseName);
    if (found === null) {
      throw new CommandFailure(EXIT.notFound, { zh: `没有案件 ${caseName}`, en: `There is no case ${caseName}` });
    }
    const target = { caseId: found.id, occurrenceId: await occurrenceFor(client, found, step) };
    for (const path of paths) await sendOne(client, terminal, path, target);
    return EXIT.ok;
  },
});

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) {
    throw new CommandFailure(EXIT.usage, { zh: `不是文件：${path}`, en: `Not a file: ${path}` });
  }
}

async function sendOne(
  client: ApiClient,
  terminal: Terminal,
  path: string,
  target: { readonly caseId: string; readonly occurrenceId: string },
): Promise<void> {
  const { size, mtime } = await stat(path);
  const fileName = basename(path);
  terminal.note(`${fileName}  ${sizeText(size)}  计算摘要 hashing …`);
  const sha256 = await sha256Of(path);
  const file: FileToSend = {
    ...{ path, fileName, sizeBytes: size, sha256, target },
    ...{ recordedAt: null, lastModified: mtime.toISOString() },
  };
  const memory = new UploadMemory(join(homedir(), '.local', 'state', 'liuhen', 'uploads.json'));
  const bar = new ProgressBar(terminal, size);
  const assetId = await sendFile(client, file, { memory, onProgress: (sent) => bar.show(sent) });
  bar.show(size);
  terminal.settle();
  terminal.say(`${fileName}\tsha256:${sha256}\t${assetId}`);
}
