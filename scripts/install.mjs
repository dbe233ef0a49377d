// Installs the npm packages when they are missing or not those of package-lock.json.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveUp, ROOT, runProgram, withSignsOfLife } from './run-program.mjs';

const LEAST_NODE = [20, 19];

/** Exits with words when Node is too old, or npm cannot install. */
export async function ensureInstalled() {
  requireNode();
  if (isInstalled()) return;
  const npm = process.env.npm_execpath;
  const isScript = npm?.endsWith('.js') ?? false;
  const [command, ...first] = isScript ? [process.execPath, String(npm)] : ['npm'];
  await withSignsOfLife('安装依赖 Installing packages (npm ci)', async () => {
    const { code } = await runProgram(command ?? 'npm', [
      ...first,
      'ci',
      '--no-fund',
      '--no-audit',
      '--loglevel=error',
    ]);
    if (code !== 0)
      giveUp(
        '✗ npm ci 失败，请检查网络与 npm 源后重试。',
        '  npm ci failed; check the network and the registry, then run again.',
      );
  });
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  giveUp(
    `✗ 需要 Node.js ${LEAST_NODE.join('.')} 或更新，现为 ${process.versions.node}。`,
    `  Node.js ${LEAST_NODE.join('.')} or later is needed; this is ${process.versions.node}.`,
  );
}

/**
 * Every package of the lock file that is not optional is there in its version, as npm noted when it installed
 * (node_modules/.package-lock.json).
 */
function isInstalled() {
  const there = readPackages(join(ROOT, 'node_modules', '.package-lock.json'));
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  if (there === null || wanted === null) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '' || optional === true || devOptional === true) return true;
    return there[path]?.version === version;
  });
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }> | null}
 */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}
