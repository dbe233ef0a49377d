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
  await ensureBuilt('server', .../** @type {'web'[]} */ (WITH_WEB.includes(args[0] ?? '') ? ['web'] : []));
  const settings = join(ROOT, '.env');
  // What is set already counts before the file.
  if (existsSync(settings)) process.loadEnvFile(settings);
  const main = join(ROOT, 'dist', 'apps', 'cli', 'src', 'main.js');
  process.setSourceMapsEnabled(true);
  process.argv = [process.execPath, main, ...args];
  await import(pathToFileURL(main).href);
}
