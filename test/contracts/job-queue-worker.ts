// A worker in a process of its own, to be killed with a job in hand. Argument: a QueueConfig as JSON.
import { createJobRunner, type JobHandlers, type QueueConfig } from '#jobs';
import { FAST, SILENT } from './job-queue-settings.js';

const never = () => new Promise<void>(() => undefined);
const idle = async () => undefined;
const handlers: JobHandlers = {
  'asset.seal': ({ assetId }) => {
    console.log(`started ${assetId}`);
    return never();
  },
  'asset.look': idle,
  'asset.proxy': idle,
  'case.export': idle,
  'case.check': idle,
  'case.court_check': idle,
  'asset.segments': idle,
  'asset.scrub': idle,
  'asset.replicate': idle,
  'replica.scrub': idle,
  'form.print': idle,
  'asset.heal': idle,
  'watch.sweep': idle,
  'vault.test': idle,
  'upload.sweep': idle,
  'owed.sweep': idle,
  'cache.trim': idle,
};

const config: QueueConfig = JSON.parse(process.argv[2] ?? '');
const runner = createJobRunner(config, handlers, { log: SILENT, concurrency: { custody: 1 }, timings: FAST });
await runner.start();
console.log('ready');
