import { parseArgs } from 'node:util';
import { EXIT } from './exit-codes.js';
import { CommandFailure } from './failure.js';
import type { OptionTexts, OptionValues, Verb } from './verb.js';

export type Parsed =
  | { readonly kind: 'help'; readonly verb: Verb | null }
  | {
      readonly kind: 'call';
      readonly verb: Verb;
      readonly options: OptionValues<OptionTexts>;
      readonly positionals: readonly string[];
    };

/**
 * Finds the verb (the longest name that fits) and reads its options.
 * @throws CommandFailure for a verb or an option that does not exist
 */
export function parseCall(args: readonly string[], verbs: readonly Verb[]): Parsed {
  const found = findVerb(args, verbs);
  if (found === null) {
    const first = args.find((arg) => !arg.startsWith('-'));
    if (first === undefined || first === 'help') return { kind: 'help', verb: null };
    throw usage(`没有“${first}”这个命令，见 liuhen --help`, `There is no verb "${first}"; see liuhen --help`);
  }
  const rest = args.slice(found.name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'help', verb: found };
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      options: Object.fromEntries(
        Object.entries(found.options).map(([name, { type }]) => [
          name,
          type === 'list' ? ({ type: 'string', multiple: true } as const) : { type },
        ]),
      ),
      allowPositionals: found.operands !== '',
      strict: true,
    });
    return { kind: 'call', verb: found, options: values as OptionValues<OptionTexts>, positionals };
  } catch (error) {
    const words = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw usage(`选项有误：${words}（见 liuhen ${found.name} --help）`, `${words}; see liuhen ${found.name} --help`);
  }
}

function findVerb(args: readonly string[], verbs: readonly Verb[]): Verb | null {
  const byLength = [...verbs].sort((a, b) => b.name.split(' ').length - a.name.split(' ').length);
  return byLength.find(({ name }) => name.split(' ').every((word, i) => args[i] === word)) ?? null;
}

function usage(zh: string, en: string): CommandFailure {
  return new CommandFailure(EXIT.usage, { zh, en });
}
