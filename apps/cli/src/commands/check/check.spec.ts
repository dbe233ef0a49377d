import { parseCall } from '../../parse-call.js';
import type { Terminal } from '../../terminal/terminal.js';
import { canonicalCommand } from './canonical.command.js';
import { noteCommand } from './note.command.js';
import { TLOG_COMMANDS } from './tlog.command.js';

const VERBS = [...TLOG_COMMANDS, noteCommand, canonicalCommand];
const VECTORS = new URL('../../../../../libs/tlog/vectors/', import.meta.url).pathname;
const KEY = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';

/** What a verb says on stdout, and its exit status. */
async function run(...args: readonly string[]): Promise<{ said: string; exitCode: number | undefined }> {
  let said = '';
  const terminal = {
    say: (...lines: readonly string[]) => {
      for (const line of lines) said += `${line}\n`;
    },
    write: (text: string) => {
      said += text;
    },
  } as Terminal;
  const call = parseCall(args, VERBS);
  if (call.kind === 'help') throw new Error('help');
  const { verb, options, positionals } = call;
  return { exitCode: await verb.run({ options, positionals, env: {}, terminal }), said };
}

describe('verbs that check files', () => {
  it('answer every line, and 1 when one is bad', async () => {
    const { said, exitCode } = await run('tlog', 'verify-consistency', `${VECTORS}consistency.jsonl`);
    expect(exitCode).toBe(1);
    expect(said.trimEnd().split('\n')).toHaveLength(98);
    expect(said).toMatch(/^(?:ok|bad: .+)\n/);
    expect((await run('tlog', 'verify-inclusion', `${VECTORS}inclusion.jsonl`)).exitCode).toBe(1);
  });

  it('say the root, or that a line is bad', async () => {
    expect(await run('tlog', 'root', '/dev/null')).toEqual({
      said: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n',
      exitCode: 0,
    });
    expect(await run('tlog', 'root', `${VECTORS}README.md`)).toEqual({ said: 'bad: line 1 is not hex\n', exitCode: 1 });
  });

  it('say that a note, or a document, is bad', async () => {
    expect(await run('note', 'verify', '--key', KEY, `${VECTORS}README.md`)).toMatchObject({ exitCode: 1 });
    expect(await run('canonical', `${VECTORS}README.md`)).toEqual({ said: 'bad: JSON: not a value\n', exitCode: 1 });
  });

  it.each([
    [['tlog', 'root', `${VECTORS}missing`]],
    [['tlog', 'root', VECTORS]],
    [['tlog', 'verify-inclusion', 'a', 'b']],
    [['note', 'verify', `${VECTORS}README.md`]],
    [['note', 'verify', '--key', 'nothing', `${VECTORS}README.md`]],
    [['canonical', `${VECTORS}missing`]],
  ])('say by 2 that %j could not be checked', async (args) => {
    await expect(run(...args)).rejects.toMatchObject({ exitCode: 2 });
  });
});
