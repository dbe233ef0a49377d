import { writeFile } from 'node:fs/promises';
import {
  LIST_COLUMNS,
  mistakesOf,
  type Procedure,
  parseProcedureText,
  recordingList,
  withRecordingList,
} from '#domain';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { type Verb, verb } from '../../verb.js';
import { OUTCOME } from './check-outcome.js';
import { openInput, wholeOf } from './input.js';
import { sayMistakes } from './say-mistakes.js';

const listExport = verb({
  name: 'procedure list-export',
  zh: '由执法程序文件导出音像记录事项清单（XLSX）',
  en: 'Writes the recording list of a procedure file as XLSX',
  operands: 'FILE OUT.xlsx',
  options: {},
  run: async ({ positionals, terminal }) => {
    const [file, out] = named(positionals, ['FILE', 'OUT.xlsx']);
    const read = await procedureIn(file);
    if ('mistakes' in read) return sayMistakes(terminal, read.mistakes);
    const { procedure } = read;
    // Loaded when wanted: the other verbs do not wait for it.
    const { writeSheet } = await import('#sheets');
    const rows = recordingList(procedure);
    const widths = LIST_COLUMNS.map(({ width }) => width);
    await writeFile(out, await writeSheet(procedure.title.zh, rows, widths));
    terminal.say(`✓ ${out}：${rows.length - 1} 行 rows`);
    return OUTCOME.good;
  },
});

const listImport = verb({
  name: 'procedure list-import',
  zh: '按音像记录事项清单（XLSX）生成执法程序的下一版本；错误逐格指出',
  en: 'Makes the next version of a procedure from its recording list (XLSX); mistakes are named by their cell',
  operands: 'FILE LIST.xlsx OUT.json',
  options: {},
  run: async ({ positionals, terminal }) => {
    const [file, list, out] = named(positionals, ['FILE', 'LIST.xlsx', 'OUT.json']);
    const read = await procedureIn(file);
    if ('mistakes' in read) return sayMistakes(terminal, read.mistakes);
    const { readSheet } = await import('#sheets');
    try {
      const { procedure, mistakes } = withRecordingList(
        read.procedure,
        await readSheet(await wholeOf(openInput(list))),
      );
      if (procedure === null) return sayMistakes(terminal, mistakes);
      await writeFile(out, `${JSON.stringify(procedure, null, 2)}\n`);
      terminal.say(`✓ ${out}：${procedure.id} 第 ${procedure.version} 版 version ${procedure.version}`);
      return OUTCOME.good;
    } catch (error) {
      return sayMistakes(terminal, mistakesOf(error));
    }
  },
});

export const PROCEDURE_LIST_COMMANDS: readonly Verb[] = [listExport, listImport];

async function procedureIn(
  file: string,
): Promise<{ readonly procedure: Procedure } | { readonly mistakes: ReturnType<typeof mistakesOf> }> {
  const bytes = await wholeOf(openInput(file));
  try {
    return { procedure: parseProcedureText(bytes) };
  } catch (error) {
    return { mistakes: mistakesOf(error) };
  }
}

function named<const N extends readonly string[]>(
  positionals: readonly string[],
  names: N,
): { readonly [K in keyof N]: string } {
  if (positionals.length !== names.length)
    throw new CommandFailure(EXIT.usage, { zh: `请给出：${names.join(' ')}`, en: `Give: ${names.join(' ')}` });
  return positionals as unknown as { readonly [K in keyof N]: string };
}
