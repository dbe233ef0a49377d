// Builds what is missing or older than its sources. `node scripts/build.mjs [server] [web] [verifier]`; all unless named.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { giveUp, localProgram, ROOT, runProgram, withSignsOfLife } from './run-program.mjs';

/** @typedef {'server' | 'web' | 'verifier'} Part */

const DIST = join(ROOT, 'dist');
const SHARED = ['package-lock.json', 'tsconfig.json'];
const SERVER_APPS = ['apps/api', 'apps/worker', 'apps/cli', 'apps/signer', 'apps/witness'];

/**
 * @type {Record<Part, { what: string, sources: readonly string[], result: string, build: () => Promise<{ code: number, text: string }> }>}
 */
const PARTS = {
  server: {
    what: '编译服务端 Building the servers and the command line',
    sources: [...SHARED, 'tsconfig.build.json', 'nest-cli.json', ...SERVER_APPS, 'libs'],
    result: 'apps/api/src/main.js',
    build: buildServer,
  },
  web: {
    what: '构建网页 Building the web app',
    sources: [...SHARED, 'apps/web', 'libs/contract', 'libs/domain', 'libs/tlog', 'libs/dossier'],
    result: 'apps/web/index.html',
    build: () =>
      runProgram(localProgram('vite'), ['build', '-c', 'apps/web/vite.config.ts', '--logLevel', 'warn'], {
        output: 'keep',
      }),
  },
  verifier: {
    what: '构建案卷核验页 Building the verifier',
    sources: [...SHARED, 'apps/verifier', 'libs/dossier', 'libs/domain', 'libs/tlog'],
    result: 'apps/verifier/verify.html',
    build: () =>
      runProgram(localProgram('vite'), ['build', '-c', 'apps/verifier/vite.config.ts', '--logLevel', 'warn'], {
        output: 'keep',
      }),
  },
};

/**
 * Builds those of the parts whose sources are not the ones their result was made of; says nothing when none is.
 * @param {...Part} parts
 */
export async function ensureBuilt(...parts) {
  for (const part of parts) {
    const { what, sources, result, build } = PARTS[part];
    const stamp = stampOf(sources);
    const path = join(DIST, `.built-${part}`);
    if (existsSync(join(DIST, result)) && readStamp(path) === stamp) continue;
    await withSignsOfLife(what, async () => {
      const { code, text } = await build();
      if (code !== 0) giveUp(text.trimEnd(), `✗ 构建失败 The build failed (${part})`);
    });
    mkdirSync(DIST, { recursive: true });
    writeFileSync(path, stamp);
  }
}

async function buildServer() {
  // Without its results, what the compiler remembers of an earlier run would make it write nothing.
  if (!existsSync(join(DIST, PARTS.server.result))) rmSync(join(DIST, '.tsbuildinfo'), { force: true });
  const built = await runProgram(localProgram('nest'), ['build'], { output: 'keep' });
  if (built.code === 0) prune();
  return built;
}

/** What was built from a file that is gone would still be found by whoever lists a folder. */
function prune() {
  for (const top of [...SERVER_APPS, 'libs']) {
    for (const path of filesBelow(join(DIST, top))) {
      const source = join(ROOT, relative(DIST, path)).replace(/\.(js|d\.ts)(\.map)?$/, '');
      if (!['.ts', '.js', '.json', ''].some((ending) => existsSync(`${source}${ending}`))) rmSync(path);
    }
  }
}

/** Digest of names and contents; tests are no sources. */
function stampOf(/** @type {readonly string[]} */ sources) {
  const digest = createHash('sha256');
  for (const path of sources.flatMap((source) => filesBelow(join(ROOT, source)))) {
    if (/\.spec\.tsx?$|\.md$/.test(path)) continue;
    digest
      .update(`${relative(ROOT, path)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return digest.digest('hex');
}

function readStamp(/** @type {string} */ path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** All files at or below a path, in order. @returns {string[]} */
function filesBelow(/** @type {string} */ path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => (name === 'node_modules' ? [] : filesBelow(join(path, name))));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const named = process.argv.slice(2).filter((arg) => Object.hasOwn(PARTS, arg));
  await ensureBuilt(.../** @type {Part[]} */ (named.length > 0 ? named : ['server', 'web', 'verifier']));
}
