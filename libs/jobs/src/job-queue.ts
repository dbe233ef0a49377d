import { ArchiveError } from '#domain';
import {
  definitionOf,
  type EnqueueOptions,
  type JobLog,
  type JobName,
  type JobPayload,
  type JobRequest,
  QUEUES,
  type QueueName,
} from './catalogue.js';
import { withDeadline } from './deadline.js';
import { logErrors } from './error-log.js';
import { optionsOf, parsePayload } from './job-options.js';
import type { QueueTimings } from './queue-config.js';
import type { BullQueue, QueueServer } from './queue-server.js';

export interface QueueDepth {
  readonly waiting: number;
  readonly active: number;
  /** Waiting for a later time: delays, retries, schedules. */
  readonly delayed: number;
  /** Failed for good and still kept; bounded. */
  readonly failed: number;
}

/**
 * The producer's side. Never hangs: every call answers or throws `queue-unavailable` within `answerMs`. That is no
 * disaster for the caller, who has already committed: the sweep enqueues what is owed.
 */
export class JobQueue {
  readonly #server: QueueServer;
  readonly #timings: QueueTimings;
  readonly #onError: (error: unknown) => void;
  readonly #queues = new Map<QueueName, Promise<BullQueue>>();

  constructor(server: QueueServer, timings: QueueTimings, log: JobLog) {
    this.#server = server;
    this.#timings = timings;
    this.#onError = logErrors(log);
  }

  /** Throws `invalid-input` (a payload that is not the job's), `queue-unavailable`. */
  async enqueue<N extends JobName>(name: N, payload: JobPayload<N>, options: EnqueueOptions = {}): Promise<void> {
    const data = parsePayload(name, payload);
    await this.#answered(async () => {
      const queue = await this.#open(definitionOf(name).queue);
      await queue.add(name, data, optionsOf(name, data, options));
    });
  }

  /** All payloads are checked before any job is enqueued; after that, a failure may leave some of them enqueued. */
  async enqueueMany(jobs: readonly JobRequest[]): Promise<void> {
    const checked = jobs.map(({ name, payload, options = {} }) => {
      const data = parsePayload(name, payload);
      return { queue: definitionOf(name).queue, job: { name, data, opts: optionsOf(name, data, options) } };
    });
    await this.#answered(async () => {
      for (const name of QUEUES) {
        const batch = checked.filter(({ queue }) => queue === name).map(({ job }) => job);
        if (batch.length > 0) {
          await (await this.#open(name)).addBulk(batch);
        }
      }
    });
  }

  async depth(): Promise<Record<QueueName, QueueDepth>> {
    const entries = await this.#answered(() =>
      Promise.all(QUEUES.map(async (name) => [name, await this.#depthOf(name)])),
    );
    return Object.fromEntries(entries);
  }

  /** Whether the server answers, for readiness. Throws `queue-unavailable`. */
  async check(): Promise<void> {
    await this.#answered(() => this.#server.check());
  }

  async close(): Promise<void> {
    const queues = await Promise.all([...this.#queues.values()].map((queue) => queue.catch(() => null)));
    await Promise.all(queues.map((queue) => queue?.close().catch(() => undefined)));
    await this.#server.close();
  }

  async #depthOf(name: QueueName): Promise<QueueDepth> {
    const queue = await this.#open(name);
    const counts = await queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed');
    const { wait = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts;
    return { waiting: wait + prioritized, active, delayed, failed };
  }

  /** Opened when first needed, so that an app starts although the queue is down. */
  #open(name: QueueName): Promise<BullQueue> {
    const known = this.#queues.get(name);
    if (known !== undefined) {
      return known;
    }
    const opening = openQueue(this.#server, name, this.#onError);
    this.#queues.set(name, opening);
    // The next caller tries anew.
    opening.catch(() => this.#queues.delete(name));
    return opening;
  }

  async #answered<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline(this.#timings.answerMs, 'the job queue does not answer', work);
    } catch (cause) {
      throw new ArchiveError('queue-unavailable', cause instanceof Error ? cause.message : 'the job queue failed', {
        cause,
      });
    }
  }
}

/** Checks the server first: BullMQ would wait for it without end, and remembers a failed beginning for ever. */
export async function openQueue(
  server: QueueServer,
  name: QueueName,
  onError: (error: unknown) => void,
): Promise<BullQueue> {
  await server.check();
  const queue = server.openQueue(name);
  queue.on('error', onError);
  try {
    await queue.waitUntilReady();
    return queue;
  } catch (error) {
    await queue.close().catch(() => undefined);
    throw error;
  }
}
