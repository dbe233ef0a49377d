import { EXIT } from '../../exit-codes.js';
import { verb } from '../../verb.js';
import { onlyFile, openInput, wholeOf } from './input.js';
import { sayBad } from './tlog.command.js';
import { canonicalJson } from './verdicts.js';

export const canonicalCommand = verb({
  name: 'canonical',
  zh: '把 JSON 转成规范形式（RFC 8785，末尾无换行）；重复的键、不完整的代理字符一律拒绝；文件或标准输入',
  en: 'JSON in its canonical form (RFC 8785, no newline at the end); equal keys and lone surrogates are refused; file or stdin',
  operands: '[FILE]',
  options: {},
  run: async ({ positionals, terminal }) => {
    const json = await wholeOf(openInput(onlyFile(positionals)));
    try {
      terminal.write(canonicalJson(json));
      return EXIT.ok;
    } catch (error) {
      return sayBad(terminal, error);
    }
  },
});
