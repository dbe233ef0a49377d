import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { ROOT } from './run-program.mjs';

/** Verbs that serve the web app. */
const WITH_WEB = ['up', 'demo'];

/**
 * Installs and builds what is needed, reads `.env`, and becomes the command line.
 * @param {readonly string[]} args
 */
export async function runCommandLine(args) {
  await ensureInstalled();
  await ensureBuilt(
    'server',
    .../** @type {('web' | 'verifier')[]} */ (WITH_WEB.includes(args[0] ?? '') ? ['web', 'verifier'] : []),
  );
  const settings = join(ROOT, '.env');
  // What is set already counts before the file.
  if (existsSync(settings)) process.loadEnvFile(settings);
  await become('cli', args);
}

/**
 * Installs and builds what is needed and becomes a witness. It is another organisation's: the settings of an archive
 * in `.env` are none of its business.
 * @param {readonly string[]} args
 */
export async function runWitness(args) {
  await ensureInstalled();
  await ensureBuilt('server');
  await become('witness', args);
}

async function become(/** @type {string} */ app, /** @type {readonly string[]} */ args) {
  const main = join(ROOT, 'dist', 'apps', app, 'src', 'main.js');
  process.setSourceMapsEnabled(true);
  process.argv = [process.execPath, main, ...args];
  await import(pathToFileURL(main).href);
}
