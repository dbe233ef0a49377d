import { isTlogError, type VerifierKey } from '#tlog';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { verb } from '../../verb.js';
import { onlyFile, openInput, wholeOf } from './input.js';
import { sayBad } from './tlog.command.js';
import { checkNote, readKey } from './verdicts.js';

export const noteCommand = verb({
  name: 'note verify',
  zh: '用公钥核验签名文本（C2SP signed-note）：检查点、见证方联署；文件或标准输入',
  en: 'Verifies a signed note (C2SP signed-note) by a key: checkpoints, cosignatures; file or stdin',
  operands: '[FILE]',
  options: {
    key: {
      type: 'string',
      value: 'VKEY',
      zh: '核验公钥 名称+编号+base64（必填；类型 0x01 或 0x04）',
      en: 'Verifier key NAME+ID+BASE64 (needed; type 0x01 or 0x04)',
    },
  },
  run: async ({ options, positionals, terminal }) => {
    const key = requiredKey(options.key);
    const note = await wholeOf(openInput(onlyFile(positionals)));
    try {
      terminal.say(...(await checkNote(note, key)), 'ok');
      return EXIT.ok;
    } catch (error) {
      return sayBad(terminal, error);
    }
  },
});

/** Without a key that can be used nothing was checked: not the same as a bad note. */
function requiredKey(vkey: string | undefined): VerifierKey {
  if (vkey === undefined) throw new CommandFailure(EXIT.usage, { zh: '缺少 --key', en: '--key is missing' });
  try {
    return readKey(vkey);
  } catch (error) {
    if (!isTlogError(error)) throw error;
    throw new CommandFailure(EXIT.usage, { zh: `--key 不可用：${error.message}`, en: `--key: ${error.message}` });
  }
}
