import { caseSchema, closingObstacleListSchema } from '#contract';
import { CLOSING_MANNERS, citationOf, isArchiveError } from '#domain';
import type { ApiClient } from '../client/api-client.js';
import { findCase } from '../client/find-case.js';
import { SIGN_IN_OPTIONS, signedInClient } from '../client/sign-in.js';
import { EXIT } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import type { Terminal } from '../terminal/terminal.js';
import { verb } from '../verb.js';
import { printable } from './check/check-outcome.js';

export const closeCommand = verb({
  name: 'close',
  zh: '结案：固定全案材料，此后不能再更改；未传完、未封存或已隔离的材料会逐项列出',
  en: 'Closes a case: what it holds is fixed, it takes no change from then on; names what stands in the way',
  operands: 'CASE',
  options: {
    manner: {
      type: 'string',
      value: 'HOW',
      zh: `结案方式（必填）：${CLOSING_MANNERS.join('、')}`,
      en: `How it ends (needed): ${CLOSING_MANNERS.join(', ')}`,
    },
    reason: { type: 'string', value: 'TEXT', zh: '结案理由（必填）', en: 'Why (needed)' },
    despite: {
      type: 'list',
      value: 'ASSET',
      zh: '已知悉的已隔离材料的编号，仍要结案（可多次）',
      en: 'Id of material that is known to be quarantined and stays in the case (may be given more than once)',
    },
    ...SIGN_IN_OPTIONS,
  },
  run: async ({ options, positionals, env, terminal }) => {
    const [caseName, more] = positionals;
    const { manner, reason, despite = [] } = options;
    if (caseName === undefined || more !== undefined || manner === undefined || reason === undefined)
      throw new CommandFailure(EXIT.usage, {
        zh: '请给出一个案件、--manner 与 --reason',
        en: 'Give one case, --manner and --reason',
      });
    const client = await signedInClient(env, terminal, options);
    const found = await findCase(client, caseName);
    if (found === null)
      throw new CommandFailure(EXIT.notFound, { zh: `没有案件 ${caseName}`, en: `There is no case ${caseName}` });
    try {
      const closed = await client.send('POST', `/cases/${found.id}/close`, caseSchema, { manner, reason, despite });
      terminal.say(`${closed.id}\t${closed.number}\t已结案 closed ${closed.closing?.at ?? ''}`);
      return EXIT.ok;
    } catch (error) {
      if (isArchiveError(error, 'case-not-closable') || isArchiveError(error, 'gate-closed'))
        await sayObstacles(client, terminal, found.id);
      throw error;
    }
  },
});

const KINDS = {
  'unfinished-upload': '未传完 still arriving',
  unsealed: '未封存 not sealed',
  quarantined: '已隔离 quarantined',
} as const;

async function sayObstacles(client: ApiClient, terminal: Terminal, caseId: string): Promise<void> {
  const { items, faults } = await client.get(`/cases/${caseId}/close`, closingObstacleListSchema);
  for (const { kind, assetId, fileName, from } of items)
    terminal.note(`  ${KINDS[kind]}: ${printable(fileName)}（${printable(from)}） ${assetId}`);
  for (const { words, rule } of faults) {
    const by = citationOf(rule);
    terminal.note(
      `  ${printable(words.zh)}（${printable(by.zh)}）`,
      `    ${printable(words.en)} (${printable(by.en)})`,
    );
  }
}
