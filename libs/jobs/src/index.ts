export {
  type EnqueueOptions,
  isJobName,
  JOB_NAMES,
  JOBS,
  type JobContext,
  type JobHandlers,
  type JobLog,
  type JobName,
  type JobPayload,
  type JobRequest,
  QUEUES,
  type QueueName,
} from './catalogue.js';
export { createJobQueue, createJobRunner, type JobQueueOptions, type JobRunnerOptions } from './create.js';
export { JobQueue, type QueueDepth } from './job-queue.js';
export type { JobFailure, JobHooks, JobReport } from './job-run.js';
export { type Concurrency, JobRunner } from './job-runner.js';
export { prepareQueueDatabase } from './postgres-server.js';
export {
  type PostgresQueueConfig,
  type QueueConfig,
  type QueueTimings,
  type RedisQueueConfig,
  TIMINGS,
} from './queue-config.js';
export { RETRYABLE } from './retryable.js';
export type { Intervals } from './schedules.js';
