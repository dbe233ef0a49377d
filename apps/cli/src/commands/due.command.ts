import { type CaseLineView, caseLinePageSchema } from '#contract';
import { citationOf } from '#domain';
import { SIGN_IN_OPTIONS, signedInClient } from '../client/sign-in.js';
import { EXIT } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { verb } from '../verb.js';
import { printable } from './check/check-outcome.js';

/** Lines asked for at once; the API gives no more. */
const PAGE = 200;

export const dueCommand = verb({
  name: 'due',
  zh: '待办事项：本人案件的期限、缺项与待填情形；--late 列出本单位逾期与程序瑕疵（监督员）',
  en: 'What is due in my cases, earliest first; with --late what is late in my units (as supervisor)',
  options: {
    late: { type: 'boolean', zh: '列出逾期与程序瑕疵', en: 'What is late, and what was done against the procedure' },
    ...SIGN_IN_OPTIONS,
  },
  run: async ({ options, positionals, env, terminal }) => {
    if (positionals.length > 0)
      throw new CommandFailure(EXIT.usage, { zh: '此命令没有参数', en: 'This command takes no operands' });
    const client = await signedInClient(env, terminal, options);
    const list = options.late === true ? 'late' : 'due';
    for (let cursor: string | null = ''; cursor !== null; ) {
      const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: { items: CaseLineView[]; nextCursor: string | null } = await client.get(
        `/${list}?limit=${PAGE}${after}`,
        caseLinePageSchema,
      );
      for (const line of page.items) terminal.say(lineOf(line));
      cursor = page.nextCursor;
    }
    return EXIT.ok;
  },
});

/** Tab by tab: when, how, which case, what, by which rule. */
function lineOf({ dueAt, isLate, caseNumber, words, rule }: CaseLineView): string {
  const [said, by] = [`${words.zh} ${words.en}`, citationOf(rule).zh];
  return [dueAt ?? '-', isLate ? '逾期 late' : '待办 due', caseNumber, said, by].map(printable).join('\t');
}
