// The servers tests share, started once: run with test/support/typescript-loader.js, told to end by its parent's going.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Named at run time: to the type checker a .mjs may not import a .ts.
const [{ startCeph }, { startPostgres }, { startRedis }] = await Promise.all(
  ['ceph', 'postgres', 'redis'].map((name) => import(`../test/support/${name}.ts`)),
);

/** @type {(() => Promise<unknown>)[]} */
const endings = [];
/** @type {Promise<void> | null} */
let ending = null;

process.once('disconnect', () => void end());
process.once('SIGTERM', () => void end());
// Ctrl-C goes to everyone at a terminal; the parent says when.
process.on('SIGINT', () => undefined);

try {
  const started = await Promise.all([ceph(), postgres(), redis()]);
  process.send?.({ env: Object.assign({}, ...started) });
} catch (error) {
  process.send?.({ error: error instanceof Error ? error.message : String(error) });
  await end();
}

async function ceph() {
  if (process.env.LIUHEN_TEST_S3_ENDPOINT) return {};
  const dir = await mkdtemp(join(tmpdir(), 'liuhen-ceph-'));
  endings.push(() => rm(dir, { recursive: true, force: true }));
  const server = await startCeph(dir);
  endings.push(() => server.stop());
  return server.env;
}

async function postgres() {
  if (process.env.LIUHEN_TEST_POSTGRES_URL) return {};
  const server = await startPostgres();
  endings.push(() => server.stop());
  return { LIUHEN_TEST_POSTGRES_URL: server.superuserUrl };
}

async function redis() {
  if (process.env.LIUHEN_TEST_REDIS_URL) return {};
  const server = await startRedis();
  endings.push(() => server.stop());
  return { LIUHEN_TEST_REDIS_URL: server.url };
}

/** Last begun, first ended: folders go after the servers in them. */
async function end() {
  ending ??= (async () => {
    for (const close of endings.reverse()) await close().catch(() => undefined);
    process.exit(0);
  })();
  await ending;
}
