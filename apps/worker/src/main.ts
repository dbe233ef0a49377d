import { NestFactory } from '@nestjs/core';
import pino from 'pino';
import { openArchive } from '#archive';
import { archiveOptions, ConfigError, loadConfig } from '#config';
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
  const opened = await openArchive({ ...options, applicationName: 'liuhen-worker', digestThreads: 2, log });
  const metrics = new WorkerMetrics();
  if (config.worker.port !== null) metrics.listen(config.worker.port);
  const app = await NestFactory.createApplicationContext(
    WorkerModule.over({
      opened,
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
