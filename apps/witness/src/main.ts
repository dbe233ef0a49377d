import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { ConfigError, loadConfig, type WitnessConfig } from '#config';
import { isSigningError, runSelfTests } from '#signing';
import { USAGE, withArguments } from './arguments.js';
import { knownLogs } from './known-logs.js';
import { serveWitness } from './server.js';
import { Witness } from './witness.js';

// biome-ignore lint/style/noProcessEnv: handed to the config lib, which alone interprets it
const environment = process.env;

try {
  await run();
} catch (error) {
  console.error(wordsFor(error));
  process.exit(1);
}

async function run(): Promise<void> {
  const env = withArguments(environment, process.argv.slice(2));
  if (env === null) return void process.stdout.write(USAGE);
  process.umask(0o077);
  const { witness: settings } = loadConfig(env, 'witness');
  await runSelfTests();
  const { dir, name, listen, tls } = settings;
  const witness = await Witness.open({ dir, name, logs: await logsOf(settings) });
  const end = (why: string, code: number): void => {
    say(`witness stops: ${why}`);
    process.exit(code);
  };
  const server = await serveWitness({ witness, listen, tls, say, onFatal: ({ code }) => end(code, 1) });
  let isStopping = false;
  const stop = (why: string): void => {
    if (isStopping) return;
    isStopping = true;
    server.close(() => void witness.close().then(() => end(why, 0)));
    server.closeIdleConnections();
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  const { address, port, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  say(`见证方已就绪 witness ready on ${tls === null ? 'http' : 'https'}://${host}:${port}`);
  say(`公钥 key: ${witness.vkey}`);
}

async function logsOf({ logs, policyFile }: WitnessConfig) {
  return knownLogs(logs, policyFile === null ? null : await readFile(policyFile, 'utf8'));
}

/** The operator of a witness is no programmer: a stack only for what nobody foresaw. */
function wordsFor(error: unknown): unknown {
  if (error instanceof ConfigError || isSigningError(error)) return error.message;
  const { code = '', message = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (code.startsWith('ERR_PARSE_ARGS')) return `${message}\n\n${USAGE}`;
  const isForeseen = ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EPERM', 'ENOENT'].includes(code);
  return isForeseen ? `未能启动 Not started: ${message}` : error;
}

function say(text: string): void {
  console.log(`${new Date().toISOString()} ${text}`);
}
