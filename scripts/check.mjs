// `npm run check`: format, lint, types, who imports whom, unit tests. Two at a time, all reported.
import { ensureInstalled } from './install.mjs';
import { localProgram, note, runProgram } from './run-program.mjs';

const AT_ONCE = 2;

/** The slowest first, so that the quick ones fill the gaps. */
const CHECKS = [
  { name: '类型 types', program: 'tsc', args: ['-p', 'tsconfig.json'] },
  {
    name: '单元测试 unit tests',
    program: 'jest',
    args: ['--selectProjects', 'unit', '--silent', '--reporters=summary'],
  },
  { name: '网页类型 types of the web app', program: 'tsc', args: ['-p', 'apps/web/tsconfig.json', '--noEmit'] },
  {
    name: '核验页类型 types of the verifier',
    program: 'tsc',
    args: ['-p', 'apps/verifier/tsconfig.json', '--noEmit'],
  },
  {
    name: '依赖 imports',
    program: 'depcruise',
    args: ['--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'test'],
  },
  { name: '格式与规范 format and lint', program: 'biome', args: ['check'] },
];

await ensureInstalled();
const began = Date.now();
const waiting = [...CHECKS];
/** @type {string[]} */
const failed = [];
await Promise.all(Array.from({ length: AT_ONCE }, work));
const seconds = ((Date.now() - began) / 1_000).toFixed(0);
note('');
note(
  failed.length === 0 ? `✓ 全部通过 All fine（${seconds} s）` : `✗ 未通过 Failed: ${failed.join('、')}（${seconds} s）`,
);
process.exit(failed.length === 0 ? 0 : 1);

async function work() {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const { name, program, args } = check;
    const from = Date.now();
    const env = { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --no-warnings', FORCE_COLOR: '0' };
    const { code, text } = await runProgram(localProgram(program), args, { env, output: 'keep' });
    const took = ((Date.now() - from) / 1_000).toFixed(1);
    note(`${code === 0 ? '✓' : '✗'} ${name}  ${took} s`);
    if (code === 0) continue;
    failed.push(name);
    note(text.trimEnd().replace(/^/gm, '    '));
  }
}
