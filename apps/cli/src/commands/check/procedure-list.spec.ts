import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSheet, writeSheet } from '#sheets';
import { parseCall } from '../../parse-call.js';
import type { Terminal } from '../../terminal/terminal.js';
import { PROCEDURE_LIST_COMMANDS } from './procedure-list.command.js';

const PERMIT = new URL('../../../../../procedures/administrative-permit/1.json', import.meta.url).pathname;

describe('liuhen procedure list-export and list-import', () => {
  const folder = mkdtempSync(join(tmpdir(), 'liuhen-list-'));
  const [list, next] = [join(folder, 'list.xlsx'), join(folder, '2.json')];
  afterAll(() => rmSync(folder, { recursive: true }));

  async function run(...args: readonly string[]): Promise<{ exitCode: number | undefined; lines: string[] }> {
    const lines: string[] = [];
    const terminal = { say: (...said: readonly string[]) => void lines.push(...said) } as Terminal;
    const call = parseCall(['procedure', ...args], PROCEDURE_LIST_COMMANDS);
    if (call.kind === 'help') throw new Error('help');
    const { verb, options, positionals } = call;
    return { exitCode: await verb.run({ options, positionals, env: {}, terminal }), lines };
  }

  it('what goes out comes in as the next version, unchanged', async () => {
    expect((await run('list-export', PERMIT, list)).exitCode).toBe(0);
    expect((await run('list-import', PERMIT, list, next)).exitCode).toBe(0);
    expect(JSON.parse(readFileSync(next, 'utf8'))).toEqual({ ...JSON.parse(readFileSync(PERMIT, 'utf8')), version: 2 });
  });

  it('a mistake is named by its cell, and nothing is written', async () => {
    await run('list-export', PERMIT, list);
    const rows = await readSheet(readFileSync(list));
    const duty = rows[0]?.indexOf('记录要求') ?? 0;
    (rows[1] as string[])[duty] = '想录就录';
    writeFileSync(list, await writeSheet('清单', rows, []));
    const out = join(folder, 'none.json');
    const { exitCode, lines } = await run('list-import', PERMIT, list, out);
    expect([exitCode, lines[0]]).toEqual([1, `✗ ${String.fromCharCode(65 + duty)}2`]);
    expect(() => readFileSync(out)).toThrow();
    writeFileSync(list, 'no workbook');
    expect((await run('list-import', PERMIT, list, out)).exitCode).toBe(1);
  });
});
