import { createPostgresBackend, DEFAULT_SCHEMA, isPgPool, type PgPool, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import { ArchiveError } from '#domain';
import type { QueueName } from './catalogue.js';
import { withDeadline } from './deadline.js';
import type { PostgresQueueConfig, QueueTimings } from './queue-config.js';
import {
  type BullJob,
  type BullQueue,
  type BullWorker,
  DEATHS_ALLOWED,
  EVENTS_KEPT,
  type QueueServer,
  type WorkerSettings,
} from './queue-server.js';

/** Longest sleep of an idle worker, seconds. BullMQ's own ceiling is an hour, which trusts LISTEN never to go deaf. */
const LONGEST_WAIT_SECONDS = 10;
const QUERY_LIMIT_MS = 10_000;

/** Connections for queries; each worker (a queue served) takes one more, for LISTEN. */
export const QUERY_CONNECTIONS = { producer: 2, runner: 4 };

/**
 * PostgreSQL by BullMQ's own backend, in the schema `bullmq`. One bounded pool serves all queues of a process: BullMQ
 * would otherwise make a pool of ten and a LISTEN connection for every queue and worker.
 */
export class PostgresServer implements QueueServer {
  readonly #timings: QueueTimings;
  readonly #pool: pg.Pool;

  /** @param connections most connections held at once */
  constructor(
    config: PostgresQueueConfig,
    timings: QueueTimings,
    options: { readonly connections: number; readonly onError: (error: Error) => void },
  ) {
    this.#timings = timings;
    this.#pool = new pg.Pool({
      connectionString: config.connectionString,
      max: options.connections,
      connectionTimeoutMillis: timings.answerMs,
      idleTimeoutMillis: 60_000,
      query_timeout: QUERY_LIMIT_MS,
      keepAlive: true,
      // The queue is a hint: a power cut may take its last moments, and the sweep brings them back. Only here.
      options: `-c search_path=${DEFAULT_SCHEMA} -c synchronous_commit=off`,
    });
    this.#pool.on('error', options.onError);
    // One pool serves all queues, and each adds its listeners.
    this.#pool.setMaxListeners(100);
  }

  async check(): Promise<void> {
    await withDeadline(this.#timings.answerMs, 'PostgreSQL does not answer', () =>
      this.#pool.query('select max(version) from migration'),
    );
  }

  openQueue(name: QueueName): BullQueue {
    return new Queue(
      name,
      { connection: asBullPool(this.#pool), streams: { events: { maxLen: EVENTS_KEPT } } },
      createPostgresBackend,
    );
  }

  openWorker(
    name: QueueName,
    process: (job: BullJob, token: string) => Promise<void>,
    settings: WorkerSettings,
  ): BullWorker {
    return new Worker(
      name,
      (job, token = '') => process(job, token),
      {
        connection: asBullPool(this.#pool),
        autorun: false,
        concurrency: settings.concurrency,
        lockDuration: settings.lockMs,
        stalledInterval: settings.stalledCheckMs,
        maxStalledCount: DEATHS_ALLOWED,
        runRetryDelay: settings.reconnectMs,
      },
      (...args: Parameters<typeof createPostgresBackend>) => {
        const backend = createPostgresBackend(...args);
        return Object.defineProperty(backend, 'maximumBlockTimeout', { value: LONGEST_WAIT_SECONDS });
      },
    );
  }

  async close(): Promise<void> {
    await withDeadline(this.#timings.answerMs, 'connections still busy', () => this.#pool.end()).catch(() => undefined);
  }
}

/** BullMQ describes pg's pool in types of its own, and recognises it by its methods. */
function asBullPool(pool: pg.Pool): PgPool {
  const candidate: unknown = pool;
  if (!isPgPool(candidate)) {
    throw new ArchiveError('internal', 'this pg is not one that BullMQ knows');
  }
  return candidate;
}

/**
 * Creates or brings up to date the schema `bullmq`. Run with the owner's rights before any queue is opened; does
 * nothing when all is done. Throws `database-unavailable`.
 *
 * @param appRole the role that `PostgresQueueConfig` connects as, when it is not the owner. BullMQ makes a sequence for
 *   each new queue, so the role may create in that schema.
 */
export async function prepareQueueDatabase(ownerConnectionString: string, appRole?: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerConnectionString, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await runMigrations(client, DEFAULT_SCHEMA);
    if (appRole !== undefined) {
      await grant(client, appRole);
    }
  } catch (cause) {
    throw new ArchiveError('database-unavailable', 'the queue schema could not be prepared', { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function grant(client: pg.Client, appRole: string): Promise<void> {
  const role = client.escapeIdentifier(appRole);
  await client.query(`grant usage, create on schema ${DEFAULT_SCHEMA} to ${role}`);
  await client.query(`grant select, insert, update, delete on all tables in schema ${DEFAULT_SCHEMA} to ${role}`);
  await client.query(`grant usage, select, update on all sequences in schema ${DEFAULT_SCHEMA} to ${role}`);
}
