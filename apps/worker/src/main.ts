import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import pino from 'pino';
import { type OpenedArchive, type OpenedLogKeeper, openArchive, openLogKeeper } from '#archive';
import { archiveOptions, ConfigError, type ConfigOf, loadConfig } from '#config';
import { WorkerMetrics } from './metrics.js';
import { WorkerModule } from './worker.module.js';

// biome-ignore lint/style/noProcessEnv: handed to the config lib, which alone interprets it
const environment = process.env;

try {
  await run();
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}

async function run(): Promise<void> {
  const config = loadConfig(environment, 'worker');
  const log = pino({ level: config.log.level, base: { app: 'worker' } });
  const databaseUrl = config.database.url?.reveal();
  if (databaseUrl === undefined)
    throw new Error('LIUHEN_DATABASE_URL is needed: `liuhen up` sets it for the embedded database');
  const options = archiveOptions(config, databaseUrl);
  const { policyFile, authority } = config.ledger;
  const settings = {
    ...options.settings,
    witnessPolicy: policyFile === null ? null : await readFile(policyFile, 'utf8'),
    isTimeStamped: authority !== null,
    // Put into every dossier, so that whoever receives one can check it without us.
    verifierPage: fileURLToPath(new URL('../../verifier/verify.html', import.meta.url)),
  };
  // Before anyone asks how much room there is in it.
  await mkdir(config.data.scratchDir, { recursive: true, mode: 0o700 });
  const names = { applicationName: 'liuhen-worker', digestThreads: 2, log };
  const opened = await openArchive({ ...options, settings, ...names });
  const logKeeper = await keepLog(config, opened, databaseUrl);
  const metrics = new WorkerMetrics();
  const { listen } = config.worker;
  if (listen !== null) await metrics.listen({ ...listen, token: config.metrics.token?.reveal() ?? null });
  const app = await NestFactory.createApplicationContext(
    WorkerModule.over({
      opened,
      logKeeper,
      queue: options.queue,
      concurrency: config.worker.concurrency,
      sandbox: config.media.sandbox,
      scratchDir: config.data.scratchDir,
      stopGraceMs: config.worker.stopGraceMs,
      metrics,
      log,
    }),
    { logger: false },
  );

  let isStopping = false;
  const stop = async (why: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log.info({ why }, 'worker stops');
    await app.close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop('SIGTERM'));
  process.once('SIGINT', () => void stop('SIGINT'));
  // Started by `liuhen up`: when that dies, however it dies, this ends too.
  process.once('disconnect', () => void stop('parent is gone'));
  if (process.send !== undefined && !process.connected) await stop('parent is gone');
}

/** The log is kept by workers that have a signer to ask; one at a time does it, the others stand by. */
async function keepLog(
  config: ConfigOf<'worker'>,
  { parts }: OpenedArchive,
  databaseUrl: string,
): Promise<OpenedLogKeeper | null> {
  const { signer } = parts;
  if (signer === null) return null;
  const { ledger } = config;
  const { authority } = ledger;
  return await openLogKeeper(
    { ...parts, signer },
    {
      sequencerUrl: ledger.sequencerUrl?.reveal() ?? databaseUrl,
      verifierUrl: ledger.verifierUrl?.reveal() ?? databaseUrl,
      watchDir: ledger.watchDir,
      authority: authority && { url: authority.url, rootsPem: await readFile(authority.rootsFile, 'utf8') },
    },
  );
}
