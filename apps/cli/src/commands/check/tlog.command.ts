import { EXIT } from '../../exit-codes.js';
import type { Terminal } from '../../terminal/terminal.js';
import { type Verb, verb } from '../../verb.js';
import { linesOf, onlyFile, openInput } from './input.js';
import { Bad, type CheckLine, checkConsistency, checkInclusion, rootOfLines } from './verdicts.js';

const verifyInclusion = verb({
  name: 'tlog verify-inclusion',
  zh: '逐行核验日志包含证明（JSON：leafHash、index、size、root、proof[]，base64）；文件或标准输入',
  en: 'Verifies inclusion proofs, one a line (JSON: leafHash, index, size, root, proof[] in base64); file or stdin',
  operands: '[FILE]',
  options: {},
  run: async ({ positionals, terminal }) => await checkLines(terminal, positionals, checkInclusion),
});

const verifyConsistency = verb({
  name: 'tlog verify-consistency',
  zh: '逐行核验日志一致性证明（JSON：size1、size2、root1、root2、proof[]，base64）；文件或标准输入',
  en: 'Verifies consistency proofs, one a line (JSON: size1, size2, root1, root2, proof[] in base64); file or stdin',
  operands: '[FILE]',
  options: {},
  run: async ({ positionals, terminal }) => await checkLines(terminal, positionals, checkConsistency),
});

const treeRoot = verb({
  name: 'tlog root',
  zh: '计算默克尔树根（RFC 6962）：每行一个叶子的十六进制字节，空行为空叶子；文件或标准输入',
  en: 'The Merkle root (RFC 6962) of leaves given in hex, one a line, an empty line being an empty leaf; file or stdin',
  operands: '[FILE]',
  options: {},
  run: async ({ positionals, terminal }) => {
    try {
      terminal.say(await rootOfLines(linesOf(openInput(onlyFile(positionals)))));
      return EXIT.ok;
    } catch (error) {
      return sayBad(terminal, error);
    }
  },
});

export const TLOG_COMMANDS: readonly Verb[] = [verifyInclusion, verifyConsistency, treeRoot];

/** One answer a line; 1 when any is bad. */
async function checkLines(terminal: Terminal, positionals: readonly string[], check: CheckLine): Promise<number> {
  let exitCode: number = EXIT.ok;
  for await (const line of linesOf(openInput(onlyFile(positionals)))) {
    try {
      check(line);
      terminal.say('ok');
    } catch (error) {
      exitCode = sayBad(terminal, error);
    }
  }
  return exitCode;
}

/** @throws what is not a verdict but a failure */
export function sayBad(terminal: Terminal, error: unknown): number {
  if (!(error instanceof Bad)) throw error;
  terminal.say(`bad: ${error.message}`);
  return EXIT.notAsItShouldBe;
}
