// Starting programs from scripts that must run before anything is installed: built-ins only.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Progress and trouble; answers of a command go to stdout alone. */
export function note(/** @type {string} */ text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Says why and ends, when going on would only fail later and less clearly.
 * @returns {never}
 */
export function giveUp(/** @type {string[]} */ ...lines) {
  for (const line of lines) note(line);
  process.exit(1);
}

/**
 * @typedef {object} ProgramOptions
 * @property {NodeJS.ProcessEnv} [env] instead of ours
 * @property {'show' | 'keep'} [output] shown as it comes (on stderr), or kept and given back
 */

/**
 * Runs a program in the package's folder, to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {ProgramOptions} [options]
 * @returns {Promise<{ code: number, text: string }>} status 127 when it cannot be started
 */
export function runProgram(command, args, { env = process.env, output = 'show' } = {}) {
  return new Promise((done) => {
    const isKept = output === 'keep';
    // fd 2 for both: stdout belongs to whoever reads our answer.
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', isKept ? 'pipe' : 2, isKept ? 'pipe' : 2] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
    }
    child.once('error', (error) => done({ code: 127, text: `${command}: ${error.message}` }));
    child.once('close', (code) => done({ code: code ?? 1, text }));
  });
}

/**
 * Runs work that takes a while, with a sign of life every few seconds and the time it took.
 * @template T
 * @param {string} what Chinese first
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSignsOfLife(what, work) {
  const began = Date.now();
  note(`· ${what} …`);
  const timer = setInterval(() => note(`  … ${seconds(began)} s`), 10_000);
  try {
    const result = await work();
    note(`  ✓ ${seconds(began)} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

function seconds(/** @type {number} */ began) {
  return ((Date.now() - began) / 1_000).toFixed(1);
}

/** A program of an installed package. @param {string} name */
export function localProgram(name) {
  return join(ROOT, 'node_modules', '.bin', name);
}
