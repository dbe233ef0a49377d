import { once } from 'node:events';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { QueueName } from './catalogue.js';
import { withDeadline } from './deadline.js';
import type { QueueTimings, RedisQueueConfig } from './queue-config.js';
import {
  type BullJob,
  type BullQueue,
  type BullWorker,
  DEATHS_ALLOWED,
  EVENTS_KEPT,
  type QueueServer,
  type WorkerSettings,
} from './queue-server.js';

const PREFIX = 'liuhen';

/**
 * Redis by ioredis. Producers share one connection that fails at once when the server is away (no offline queue);
 * each worker has two of its own (one blocks on the queue) that wait for the server however long it takes.
 */
export class RedisServer implements QueueServer {
  readonly #config: RedisQueueConfig;
  readonly #timings: QueueTimings;
  readonly #onError: (error: Error) => void;
  #producer: Redis | null = null;

  constructor(config: RedisQueueConfig, timings: QueueTimings, onError: (error: Error) => void) {
    this.#config = config;
    this.#timings = timings;
    this.#onError = onError;
  }

  async check(): Promise<void> {
    const redis = this.#connectProducer();
    await withDeadline(this.#timings.answerMs, 'Redis does not answer', async () => {
      if (redis.status !== 'ready') {
        // Fails at once when the connection is refused.
        await once(redis, 'ready', { signal: AbortSignal.timeout(this.#timings.answerMs) });
      }
      await redis.ping();
    });
  }

  openQueue(name: QueueName): BullQueue {
    return new Queue(name, {
      connection: this.#connectProducer(),
      prefix: PREFIX,
      streams: { events: { maxLen: EVENTS_KEPT } },
    });
  }

  openWorker(
    name: QueueName,
    process: (job: BullJob, token: string) => Promise<void>,
    settings: WorkerSettings,
  ): BullWorker {
    return new RedisWorker(name, (job, token = '') => process(job, token), {
      connection: { ...this.#options(), ...this.#address(), maxRetriesPerRequest: null },
      prefix: PREFIX,
      autorun: false,
      concurrency: settings.concurrency,
      lockDuration: settings.lockMs,
      stalledInterval: settings.stalledCheckMs,
      maxStalledCount: DEATHS_ALLOWED,
      runRetryDelay: settings.reconnectMs,
    });
  }

  async close(): Promise<void> {
    this.#producer?.disconnect();
    this.#producer = null;
  }

  #connectProducer(): Redis {
    if (this.#producer === null) {
      const { url, ...address } = this.#address();
      const options = {
        ...this.#options(),
        ...address,
        enableOfflineQueue: false,
        maxRetriesPerRequest: 1,
        commandTimeout: this.#timings.answerMs,
      };
      this.#producer = url === undefined ? new Redis(options) : new Redis(url, options);
      this.#producer.on('error', this.#onError);
      // One connection serves all queues, and each adds its listeners.
      this.#producer.setMaxListeners(100);
    }
    return this.#producer;
  }

  #options() {
    const { answerMs, reconnectMs } = this.#timings;
    return { connectTimeout: Math.max(answerMs, 1_000), retryStrategy: () => reconnectMs };
  }

  #address(): { readonly url?: string; readonly [option: string]: unknown } {
    const { url, sentinel } = this.#config;
    if (sentinel === undefined) {
      return url === undefined ? {} : { url };
    }
    return {
      name: sentinel.masterName,
      sentinels: sentinel.hosts.map(({ host, port }) => ({ host, port })),
      sentinelRetryStrategy: () => this.#timings.reconnectMs,
      ...(sentinel.username === undefined ? {} : { username: sentinel.username }),
      ...(sentinel.password === undefined ? {} : { password: sentinel.password }),
      ...(sentinel.sentinelPassword === undefined ? {} : { sentinelPassword: sentinel.sentinelPassword }),
      ...(sentinel.db === undefined ? {} : { db: sentinel.db }),
      ...(sentinel.tls === true ? { tls: {}, enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    };
  }
}

/**
 * While Redis is away, `close` waits for it and leaves the timer that renews locks running, so that the process never
 * ends by itself. Giving up ends the timer too.
 */
class RedisWorker extends Worker {
  override async disconnect(): Promise<void> {
    await this.lockManager.close();
    await super.disconnect();
  }
}
