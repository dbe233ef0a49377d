import { definitionOf, JOB_NAMES, type JobName } from './catalogue.js';
import { fixedOptions } from './job-options.js';
import { openQueue } from './job-queue.js';
import type { BullQueue, QueueServer } from './queue-server.js';

export type Intervals = Partial<Readonly<Record<JobName, number>>>;

/**
 * Jobs that the queue enqueues itself, once per interval however many workers there are. The schedule lives in the
 * queue and is lost with it, so every runner looks after it: what brings lost work back must not be lost itself.
 */
export class Schedules {
  readonly #server: QueueServer;
  readonly #intervals: ReadonlyMap<JobName, number>;
  readonly #onError: (error: unknown) => void;
  readonly #queues = new Map<string, BullQueue>();
  #timer: NodeJS.Timeout | null = null;
  #checking: Promise<void> = Promise.resolve();

  constructor(server: QueueServer, intervals: Intervals, onError: (error: unknown) => void) {
    this.#server = server;
    this.#onError = onError;
    this.#intervals = new Map(
      JOB_NAMES.flatMap((name) => {
        const everyMs = intervals[name] ?? definitionOf(name).everyMs;
        return everyMs === undefined ? [] : [[name, everyMs]];
      }),
    );
  }

  start(checkMs: number): void {
    const check = () => {
      this.#checking = this.#checking.then(() => this.#keep());
    };
    check();
    this.#timer = setInterval(check, checkMs);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) {
      clearInterval(this.#timer);
    }
    await this.#checking;
    await Promise.all([...this.#queues.values()].map((queue) => queue.close().catch(() => undefined)));
  }

  async #keep(): Promise<void> {
    try {
      for (const [name, everyMs] of this.#intervals) {
        await this.#keepOne(name, everyMs);
      }
    } catch (error) {
      // Tried again at the next check.
      this.#onError(error);
    }
  }

  async #keepOne(name: JobName, everyMs: number): Promise<void> {
    const queueName = definitionOf(name).queue;
    const queue = this.#queues.get(queueName) ?? (await openQueue(this.#server, queueName, this.#onError));
    this.#queues.set(queueName, queue);
    const known = await queue.getJobScheduler(name);
    // An overdue one may have lost its next job between two steps of a worker that died.
    const isOverdue = known?.next !== undefined && known.next < Date.now() - 3 * everyMs;
    if (known === undefined || known.every !== everyMs || isOverdue) {
      await queue.upsertJobScheduler(name, { every: everyMs }, { name, data: {}, opts: fixedOptions(name) });
    }
  }
}
