import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { openArchive } from '#archive';
import { archiveOptions, ConfigError, loadConfig } from '#config';
import { makeServer } from './server.js';

/** Requests in hand when the process is asked to stop get this long; an upload cut then goes on where it was. */
const GRACE_MS = 10_000;

// The one place the environment is read.
// biome-ignore lint/style/noProcessEnv: handed to the config lib, which alone interprets it
const environment = process.env;

try {
  await run();
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}

async function run(): Promise<void> {
  const config = loadConfig(environment, 'api');
  const log = pino({ level: config.log.level, base: { app: 'api' } });
  const databaseUrl = config.database.url?.reveal();
  if (databaseUrl === undefined)
    throw new Error('LIUHEN_DATABASE_URL is needed: `liuhen up` sets it for the embedded database');
  const { archive, close } = await openArchive({
    ...archiveOptions(config, databaseUrl),
    applicationName: 'liuhen-api',
    digestThreads: 2,
    log,
  });
  const { http } = config;
  const { server, app } = await makeServer({
    archive,
    http: {
      isSecure: http.tls !== null || http.behindTlsProxy,
      trustedProxies: http.trustedProxies,
      maxUploadBytes: config.upload.maxBytes,
      metricsToken: config.metrics.token?.reveal() ?? null,
      version: packageVersion(),
      webDir: resolve(fileURLToPath(import.meta.url), '../../../web'),
    },
    tls:
      http.tls === null
        ? null
        : { cert: readFileSync(http.tls.certFile, 'utf8'), key: readFileSync(http.tls.keyFile, 'utf8') },
    log,
  });
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(http.port, http.host, done);
  });
  log.info({ host: http.host, port: http.port, url: http.publicUrl }, 'api listens');

  let isStopping = false;
  const stop = async (why: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log.info({ why }, 'api stops');
    const closed = new Promise((done) => server.close(done));
    server.closeIdleConnections();
    await Promise.race([closed, sleep(GRACE_MS)]);
    server.closeAllConnections();
    await app.close();
    await close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop('SIGTERM'));
  process.once('SIGINT', () => void stop('SIGINT'));
  // Started by `liuhen up`: when that dies, however it dies, this ends too.
  process.once('disconnect', () => void stop('parent is gone'));
  if (process.send !== undefined && !process.connected) await stop('parent is gone');
}

function packageVersion(): string {
  const path = resolve(fileURLToPath(import.meta.url), '../../../../../package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
