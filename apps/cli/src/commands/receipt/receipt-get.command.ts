import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { receiptSchema } from '#contract';
import { isId } from '#domain';
import { callerFolder, SIGN_IN_OPTIONS, signedInClient } from '../../client/sign-in.js';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { verb } from '../../verb.js';

export const receiptGetCommand = verb({
  name: 'receipt get',
  zh: '取一份材料的回执（签名文本），写入文件或标准输出',
  en: 'The receipt of an asset, a signed note; into a file, or to stdout',
  operands: 'ASSET',
  options: {
    out: { type: 'string', value: 'FILE', zh: '写入的文件；已存在则不覆盖', en: 'File to write; none is overwritten' },
    ...SIGN_IN_OPTIONS,
  },
  run: async ({ options, positionals, env, terminal }) => {
    const [assetId, ...more] = positionals;
    if (!isId(assetId) || more.length > 0) {
      throw new CommandFailure(EXIT.usage, { zh: '请给出一份材料的 id', en: 'Give the id of one asset' });
    }
    const client = await signedInClient(env, terminal, options);
    const { note, kind } = await client.get(`/assets/${assetId}/receipt`, receiptSchema);
    if (note === null) {
      throw new CommandFailure(EXIT.tryLater, {
        zh: '签名器暂不可用，回执尚未签名，请稍后再取',
        en: 'The signer is away, so the receipt is not signed; come back later',
      });
    }
    if (options.out === undefined) {
      terminal.write(note);
      return EXIT.ok;
    }
    const path = resolve(callerFolder(env), options.out);
    await writeFile(path, note, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
      const words = { zh: `无法写入 ${path}：${cause.message}`, en: `Cannot write ${path}: ${cause.message}` };
      throw new CommandFailure(EXIT.storage, words, { cause });
    });
    const what = kind === 'sealed' ? '封存回执 sealed receipt' : '接收回执（尚未封存）receipt, not sealed yet';
    terminal.note(`${what}: ${path}`);
    return EXIT.ok;
  },
});
