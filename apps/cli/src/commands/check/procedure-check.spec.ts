import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCall } from '../../parse-call.js';
import type { Terminal } from '../../terminal/terminal.js';
import { procedureCheckCommand } from './procedure-check.command.js';

const PROCEDURES = new URL('../../../../../procedures/', import.meta.url).pathname;
const GOOD = readFileSync(join(PROCEDURES, 'administrative-permit/1.json'), 'utf8');

describe('liuhen procedure check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'liuhen-procedure-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function check(...args: readonly string[]): Promise<{ exitCode: number | undefined; lines: string[] }> {
    const lines: string[] = [];
    const terminal = { say: (...said: readonly string[]) => void lines.push(...said) } as Terminal;
    const call = parseCall(['procedure', 'check', ...args], [procedureCheckCommand]);
    if (call.kind === 'help') throw new Error('help');
    const { verb, options, positionals } = call;
    return { exitCode: await verb.run({ options, positionals, env: {}, terminal }), lines };
  }
  async function checkText(text: string) {
    const file = join(folder, '1.json');
    writeFileSync(file, text);
    return await check(file);
  }

  it.each(readdirSync(PROCEDURES))('finds %s sound', async (id) => {
    const { exitCode, lines } = await check(join(PROCEDURES, id, '1.json'));
    expect(exitCode).toBe(0);
    expect(lines[0]).toContain(`（${id} 第 1 版）`);
  });

  it('names every mistake with its place, in both languages', async () => {
    const bad = GOOD.replace('"repeatable": false', '"repeatble": false').replace('"unit": "hours"', '"unit": "weeks"');
    const { exitCode, lines } = await checkText(bad);
    expect(exitCode).toBe(1);
    expect(lines).toEqual([
      '✗ steps[0].repeatble',
      '    没有这个字段',
      '    no such field',
      '✗ steps[0].repeatable',
      '    应为 true 或 false',
      '    must be true or false',
      '✗ limits[0].limit.unit',
      '    应为下列之一：hours、days、working-days、months',
      '    must be one of hours, days, working-days, months',
      '错误 3 处 Mistakes: 3',
    ]);
  });

  it('names what hangs together wrongly', async () => {
    const { exitCode, lines } = await checkText(GOOD.replaceAll('"legal-review"', '"legal-reviews"'));
    expect(exitCode).toBe(1);
    expect(lines[0]).toMatch(/^✗ steps\[\d+\]\.kind$/);
  });

  it.each([
    ['a comma too many', '{\n  "id": "x",\n}', '✗ 3:1'],
    ['a field twice', '{"id": "x", "id": "y"}', '✗ 1:17'],
    ['no text at all', '', '✗ 1:1'],
    ['a list', '[]', '✗ (文件 file)'],
  ])('says where the file is no procedure: %s', async (_what, text, first) => {
    const { exitCode, lines } = await checkText(text);
    expect(exitCode).toBe(1);
    expect(lines[0]).toBe(first);
  });

  it('draws nothing with what a stranger wrote', async () => {
    const { lines } = await checkText(GOOD.replace('"act"', '"\\u001b[2J"'));
    expect(lines[0]).toBe('✗ \\u{1b}[2J');
  });

  it.each([[[]], [['a', 'b']], [['/nowhere/1.json']]])('says by 2 that %j could not be checked', async (args) => {
    await expect(check(...args)).rejects.toMatchObject({ exitCode: 2 });
  });
});
