import type { RuleMistake } from '#domain';
import type { Terminal } from '../../terminal/terminal.js';
import { OUTCOME, printable } from './check-outcome.js';

/** Every mistake with its place, in both languages. @returns the exit code */
export function sayMistakes(terminal: Terminal, mistakes: readonly RuleMistake[]): number {
  for (const { place, zh, en } of mistakes)
    terminal.say(
      `✗ ${printable(place === '' ? '(文件 file)' : place)}`,
      `    ${printable(zh)}`,
      `    ${printable(en)}`,
    );
  terminal.say(`错误 ${mistakes.length} 处 Mistakes: ${mistakes.length}`);
  return OUTCOME.bad;
}
