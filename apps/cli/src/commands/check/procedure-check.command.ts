import { mistakesOf, parseProcedureText } from '#domain';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { verb } from '../../verb.js';
import { OUTCOME } from './check-outcome.js';
import { onlyFile, openInput, wholeOf } from './input.js';
import { sayMistakes } from './say-mistakes.js';

export const procedureCheckCommand = verb({
  name: 'procedure check',
  zh: '检查执法程序文件：指出每一处错误的位置；文件或标准输入',
  en: 'Checks a procedure file and names the place of every mistake; file or stdin',
  operands: 'FILE',
  options: {},
  run: async ({ positionals, terminal }) => {
    if (positionals.length === 0)
      throw new CommandFailure(EXIT.usage, {
        zh: '请给出执法程序文件，标准输入写 -',
        en: 'Name the procedure file, or - for stdin',
      });
    const bytes = await wholeOf(openInput(onlyFile(positionals)));
    try {
      const { id, version, title, steps, limits } = parseProcedureText(bytes);
      terminal.say(
        `✓ ${title.zh}（${id} 第 ${version} 版）：环节 ${steps.length} 个，期限 ${limits.length} 项`,
        `  ${title.en} (${id} version ${version}): ${steps.length} steps, ${limits.length} limits`,
      );
      return OUTCOME.good;
    } catch (error) {
      return sayMistakes(terminal, mistakesOf(error));
    }
  },
});
