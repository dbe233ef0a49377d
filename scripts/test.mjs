// `npm test [-- pattern …]`: sets up what tests need, runs all of them, and says `N passed, N failed` last.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { giveUp, note, ROOT, withSignsOfLife } from './run-program.mjs';
import { ensurePrograms } from './setup-debian.mjs';

const LOADER = './test/support/typescript-loader.js';
const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');

/**
 * Browsers and whole archives after all else, two at a time. Before them one more than there are cores: the longest tests
 * kill programs and wait for them to come back, and leave most of a core idle.
 */
const ROUNDS = [
  { name: '单元与集成 unit and medium', args: ['--selectProjects', 'unit', 'medium', '--maxWorkers=3'] },
  { name: '端到端 e2e', args: ['--selectProjects', 'e2e', '--maxWorkers=2'] },
];

const patterns = process.argv.slice(2);
await ensurePrograms('run', 'test');
await ensureInstalled();
await ensureBuilt('server', 'web', 'verifier');
const servers = await withSignsOfLife('启动测试用的服务器 Starting Ceph, PostgreSQL and Redis', startServers);
let passed = 0;
let failed = 0;
for (const round of ROUNDS) {
  note(`· ${round.name}`);
  const outcome = await runJest(round.args, servers.env);
  passed += outcome.passed;
  failed += outcome.failed;
}
await servers.stop();
if (passed + failed === 0) giveUp('✗ 没有运行任何测试 No test was run', '0 passed, 1 failed');
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** @returns {Promise<{ env: Record<string, string>, stop: () => Promise<void> }>} */
async function startServers() {
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', LOADER, join(ROOT, 'scripts', 'test-servers.mjs')],
    { cwd: ROOT, stdio: ['ignore', 2, 2, 'ipc'] },
  );
  const gone = new Promise((done) => child.once('exit', done));
  const answer = await new Promise((done) => {
    child.once('message', done);
    child.once('exit', (code) => done({ error: `the test servers ended with ${code}` }));
  });
  const { env, error } = /** @type {{ env?: Record<string, string>, error?: string }} */ (answer);
  if (env === undefined) return giveUp(`✗ ${error}`, '0 passed, 1 failed');
  return {
    env,
    stop: async () => {
      child.disconnect();
      await gone;
    },
  };
}

/**
 * @param {readonly string[]} args
 * @param {Record<string, string>} named servers
 * @returns {Promise<{ passed: number, failed: number }>}
 */
async function runJest(args, named) {
  const dir = mkdtempSync(join(tmpdir(), 'liuhen-tests-'));
  const results = join(dir, 'results.json');
  const env = { ...process.env, ...named, NODE_OPTIONS: '--experimental-vm-modules --no-warnings', FORCE_COLOR: '0' };
  const options = [...args, '--json', `--outputFile=${results}`, '--passWithNoTests', ...patterns];
  const child = spawn(process.execPath, [JEST, ...options], { cwd: ROOT, env, stdio: ['ignore', 'ignore', 2] });
  const code = await new Promise((done) => child.once('close', done));
  try {
    return countsOf(JSON.parse(readFileSync(results, 'utf8')), code);
  } catch {
    note('✗ jest 未给出结果 jest left no results');
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * A round without tests or a file that could not be run counts as one failure, and so does every test that was skipped: none may be. With a
 * pattern of names (`-t`) the rest is skipped on purpose.
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, numTotalTests: number, numRuntimeErrorTestSuites: number }} results
 * @param {unknown} code of jest
 */
function countsOf(results, code) {
  const isNarrowed = patterns.some((pattern) => pattern === '-t' || pattern.startsWith('--testNamePattern'));
  const skipped = isNarrowed ? 0 : results.numPendingTests + results.numTodoTests;
  if (skipped > 0) note(`✗ ${skipped} 个测试被跳过，按失败计 skipped tests count as failed`);
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + skipped;
  if (results.numTotalTests === 0 && patterns.length === 0) return { passed: 0, failed: 1 };
  return { passed: results.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}
