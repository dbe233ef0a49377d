import type { Job, JobSchedulerJson, JobsOptions, JobType } from 'bullmq';
import type { QueueName } from './catalogue.js';

/** The parts of BullMQ's classes that are used. Its own types differ by server, though the methods do not. */
export interface BullQueue {
  add(name: string, data: unknown, options: JobsOptions): Promise<unknown>;
  addBulk(jobs: { name: string; data: unknown; opts: JobsOptions }[]): Promise<unknown>;
  getJobCounts(...types: JobType[]): Promise<Readonly<Record<string, number>>>;
  getJobScheduler(id: string): Promise<JobSchedulerJson | undefined>;
  upsertJobScheduler(
    id: string,
    repeat: { every: number },
    template: { name: string; data: unknown; opts: Omit<JobsOptions, 'jobId' | 'repeat' | 'delay' | 'deduplication'> },
  ): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

export type BullJob = Pick<
  Job,
  | 'attemptsMade'
  | 'data'
  | 'deferredFailure'
  | 'delay'
  | 'id'
  | 'moveToWait'
  | 'name'
  | 'opts'
  | 'processedOn'
  | 'timestamp'
  | 'updateProgress'
>;

export interface BullWorker {
  run(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'stalled', listener: (jobId: string) => void): unknown;
  on(event: 'failed', listener: (job: BullJob | undefined, error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(force?: boolean): Promise<void>;
  /** Drops the connections, whatever they are doing; may never settle. */
  disconnect(): Promise<void>;
}

export interface WorkerSettings {
  readonly concurrency: number;
  readonly lockMs: number;
  readonly stalledCheckMs: number;
  readonly reconnectMs: number;
}

/**
 * The server that keeps the queue: Redis or PostgreSQL. Owns the connections.
 *
 * BullMQ remembers a failed first connection for ever, on both servers, so a queue or worker whose `waitUntilReady`
 * rejects must be closed and opened anew.
 */
export interface QueueServer {
  /** Resolves when the server answers; rejects, after `answerMs` at most, when it does not. */
  check(): Promise<void>;
  openQueue(name: QueueName): BullQueue;
  /** Not running yet: the caller waits until it is ready, then calls `run`. */
  openWorker(
    name: QueueName,
    process: (job: BullJob, token: string) => Promise<void>,
    settings: WorkerSettings,
  ): BullWorker;
  close(): Promise<void>;
}

/** Events are for BullMQ's own listeners, of which there are none here: keep few. */
export const EVENTS_KEPT = 1_000;

/** A job whose worker dies under it is run again this many times before it counts as failed. */
export const DEATHS_ALLOWED = 2;
