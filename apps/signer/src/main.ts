import { ConfigError, loadConfig } from '#config';
import { isSigningError, runSelfTests } from '#signing';
import { serveSigner } from './server.js';
import { Signer } from './signer.js';

// biome-ignore lint/style/noProcessEnv: handed to the config lib, which alone interprets it
const environment = process.env;

try {
  await run();
} catch (error) {
  console.error(error instanceof ConfigError || isSigningError(error) ? error.message : error);
  process.exit(1);
}

async function run(): Promise<void> {
  // The socket is nobody else's from the moment it exists.
  process.umask(0o077);
  const { signer: settings } = loadConfig(environment, 'signer');
  await runSelfTests();
  const signer = await Signer.open(settings);
  const end = (why: string, code: number): void => {
    say(`signer stops: ${why}`);
    process.exit(code);
  };
  const { socketPath } = settings;
  const server = await serveSigner({ signer, socketPath, say, onFatal: ({ code }) => end(code, 1) });
  let isStopping = false;
  const stop = (why: string): void => {
    if (isStopping) return;
    isStopping = true;
    // What is being signed is finished; then the socket and the lock go.
    server.close(() => void signer.close().then(() => end(why, 0)));
    server.closeIdleConnections();
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  // Started by `liuhen up`: when that dies, however it dies, this ends too.
  process.once('disconnect', () => stop('parent is gone'));
  if (process.send !== undefined && !process.connected) stop('parent is gone');
  const { vkey, size } = signer.state();
  say(`signer ready on ${socketPath}: ${vkey}, size ${size}`);
}

function say(text: string): void {
  console.log(`${new Date().toISOString()} ${text}`);
}
