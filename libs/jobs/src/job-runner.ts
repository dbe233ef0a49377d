import { setTimeout as sleep } from 'node:timers/promises';
import { ArchiveError } from '#domain';
import { isJobName, type JobHandlers, type JobLog, type JobName, QUEUES, type QueueName } from './catalogue.js';
import { withDeadline } from './deadline.js';
import { logErrors } from './error-log.js';
import { type JobHooks, runJob, WORKER_STOPS } from './job-run.js';
import type { QueueTimings } from './queue-config.js';
import type { BullJob, BullWorker, QueueServer } from './queue-server.js';
import { type Intervals, Schedules } from './schedules.js';

/** Jobs at once by queue; a queue that is missing or 0 is left to other workers. */
export type Concurrency = Partial<Readonly<Record<QueueName, number>>>;

export interface RunnerSettings {
  readonly handlers: JobHandlers;
  readonly concurrency: Concurrency;
  readonly timings: QueueTimings;
  readonly log: JobLog;
  readonly hooks: JobHooks;
  /** Instead of the catalogue's `everyMs`. */
  readonly intervals: Intervals;
  /** Instead of the catalogue's `timeoutMs`. */
  readonly timeoutsMs: Partial<Readonly<Record<JobName, number>>>;
}

/**
 * The worker's side: takes jobs, runs their handlers, and survives the server's absence by waiting for it.
 * Errors of the connection are logged, never thrown.
 */
export class JobRunner {
  readonly #server: QueueServer;
  readonly #settings: RunnerSettings;
  readonly #workers = new Set<BullWorker>();
  readonly #running = new Set<AbortController>();
  readonly #schedules: Schedules;
  readonly #onError: (error: unknown) => void;
  #stopping: Promise<void> | null = null;

  constructor(server: QueueServer, settings: RunnerSettings) {
    this.#server = server;
    this.#settings = settings;
    this.#onError = logErrors(settings.log);
    this.#schedules = new Schedules(server, settings.intervals, this.#onError);
  }

  /** Resolves when all queues are being served. While the server is away it keeps trying, until `stop`. */
  async start(): Promise<void> {
    const served = QUEUES.filter((name) => (this.#settings.concurrency[name] ?? 0) > 0);
    if (served.includes('upkeep')) {
      this.#schedules.start(this.#settings.timings.scheduleCheckMs);
    }
    await Promise.all(served.map((name) => this.#serve(name)));
  }

  /** Jobs in hand in this process. */
  get runningCount(): number {
    return this.#running.size;
  }

  /**
   * Takes no more jobs, waits for those in hand, after `graceMs` aborts them and puts them back into the queue.
   * Never throws.
   */
  stop(graceMs: number): Promise<void> {
    this.#stopping ??= this.#end(graceMs);
    return this.#stopping;
  }

  async #end(graceMs: number): Promise<void> {
    const { timings, log } = this.#settings;
    const closed = Promise.all([...this.#workers].map((worker) => worker.close().catch(() => undefined)));
    // After the workers: from the call of `close` they take nothing more.
    await endsWithin(this.#schedules.stop(), timings.answerMs);
    if (!(await endsWithin(closed, graceMs))) {
      for (const controller of this.#running) {
        controller.abort(WORKER_STOPS);
      }
      if (!(await endsWithin(closed, timings.abortGraceMs + timings.answerMs))) {
        log.warn(
          { jobs: this.#running.size },
          'stopped without the queue; another worker will take up what was in hand',
        );
        // BullMQ waits for a server that is away for as long as it is away.
        for (const worker of this.#workers) {
          void worker.disconnect().catch(() => undefined);
        }
      }
    }
    await this.#server.close().catch(() => undefined);
  }

  async #serve(name: QueueName): Promise<void> {
    const { timings } = this.#settings;
    while (this.#stopping === null) {
      try {
        // Asked first: a worker that fails to connect leaves its listeners behind in BullMQ.
        await this.#server.check();
        if (this.#stopping === null) {
          await this.#begin(name);
        }
        return;
      } catch (error) {
        this.#onError(error);
        await sleep(timings.reconnectMs);
      }
    }
  }

  async #begin(name: QueueName): Promise<void> {
    const worker = this.#open(name);
    try {
      await worker.waitUntilReady();
    } catch (error) {
      this.#workers.delete(worker);
      await worker.close(true).catch(() => undefined);
      throw error;
    }
    if (this.#stopping === null) {
      this.#run(name, worker);
    } else {
      await worker.close(true).catch(() => undefined);
    }
  }

  #run(name: QueueName, worker: BullWorker): void {
    worker
      .run()
      .catch(this.#onError)
      .then(async () => {
        if (this.#stopping === null) {
          this.#workers.delete(worker);
          await worker.close(true).catch(() => undefined);
          await this.#serve(name);
        }
      });
  }

  #open(name: QueueName): BullWorker {
    const { timings, concurrency, log } = this.#settings;
    const worker = this.#server.openWorker(name, (job, token) => this.#process(job, token), {
      concurrency: concurrency[name] ?? 1,
      lockMs: timings.lockMs,
      stalledCheckMs: timings.stalledCheckMs,
      reconnectMs: timings.reconnectMs,
    });
    worker.on('error', this.#onError);
    worker.on('stalled', (jobId) =>
      log.warn({ queue: name, jobId }, 'this job lost its worker, or the worker its lock; running it again'),
    );
    worker.on('failed', (job) => this.#reportDeaths(job));
    this.#workers.add(worker);
    return worker;
  }

  async #process(job: BullJob, token: string): Promise<void> {
    const { handlers, log, hooks, timings, timeoutsMs } = this.#settings;
    const controller = new AbortController();
    this.#running.add(controller);
    try {
      await runJob(job, token, controller, { handlers, log, hooks, timeoutsMs, abortGraceMs: timings.abortGraceMs });
    } finally {
      this.#running.delete(controller);
    }
  }

  /** A job that has outlived too many workers is failed by BullMQ itself, without a run. */
  #reportDeaths(job: BullJob | undefined): void {
    if (job?.deferredFailure === undefined || !isJobName(job.name)) {
      return;
    }
    const error = new ArchiveError('internal', job.deferredFailure);
    const report = { name: job.name, ms: 0, waitMs: 0, attempt: job.attemptsMade, code: error.code, willRetry: false };
    this.#settings.log.error({ job: job.name, jobId: job.id }, 'given up: its workers keep dying');
    this.#settings.hooks.onFailed?.({ ...report, error });
  }
}

async function endsWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  return withDeadline(limitMs, 'still busy', () => work).then(
    () => true,
    () => false,
  );
}
