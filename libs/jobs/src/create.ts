import { type JobHandlers, type JobLog, type JobName, QUEUES } from './catalogue.js';
import { JobQueue } from './job-queue.js';
import type { JobHooks } from './job-run.js';
import { type Concurrency, JobRunner } from './job-runner.js';
import { PostgresServer, QUERY_CONNECTIONS } from './postgres-server.js';
import { type QueueConfig, type QueueTimings, TIMINGS } from './queue-config.js';
import type { QueueServer } from './queue-server.js';
import { RedisServer } from './redis-server.js';
import type { Intervals } from './schedules.js';

export interface JobQueueOptions {
  readonly log: JobLog;
  readonly timings?: Partial<QueueTimings>;
}

export interface JobRunnerOptions {
  readonly log: JobLog;
  readonly concurrency: Concurrency;
  readonly hooks?: JobHooks;
  /** Instead of the catalogue's `everyMs`. */
  readonly intervals?: Intervals;
  /** Instead of the catalogue's `timeoutMs`. */
  readonly timeoutsMs?: Partial<Readonly<Record<JobName, number>>>;
  readonly timings?: Partial<QueueTimings>;
}

/** Connects when first used: an app starts although its queue is down. */
export function createJobQueue(config: QueueConfig, options: JobQueueOptions): JobQueue {
  const timings = { ...TIMINGS, ...options.timings };
  return new JobQueue(connect(config, timings, options.log, QUERY_CONNECTIONS.producer), timings, options.log);
}

/** Call `start` when ready to take jobs. */
export function createJobRunner(config: QueueConfig, handlers: JobHandlers, options: JobRunnerOptions): JobRunner {
  const timings = { ...TIMINGS, ...options.timings };
  const { log, concurrency, hooks = {}, intervals = {}, timeoutsMs = {} } = options;
  const listeners = QUEUES.filter((name) => (concurrency[name] ?? 0) > 0).length;
  const server = connect(config, timings, log, QUERY_CONNECTIONS.runner + listeners);
  return new JobRunner(server, { handlers, concurrency, timings, log, hooks, intervals, timeoutsMs });
}

function connect(config: QueueConfig, timings: QueueTimings, log: JobLog, connections: number): QueueServer {
  const onError = (error: Error) => log.debug({ error: error.message }, 'queue connection error');
  return config.kind === 'redis'
    ? new RedisServer(config, timings, onError)
    : new PostgresServer(config, timings, { connections, onError });
}
