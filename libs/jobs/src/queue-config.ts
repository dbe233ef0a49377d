/** Which server keeps the queue. Built by whoever wires the app, from #config. */
export type QueueConfig = RedisQueueConfig | PostgresQueueConfig;

export interface RedisQueueConfig {
  readonly kind: 'redis';
  /** One server: `redis://[user:password@]host:port[/db]`, or `rediss://` for TLS. */
  readonly url?: string;
  /** Or a set watched by Sentinel. */
  readonly sentinel?: {
    readonly masterName: string;
    readonly hosts: readonly { readonly host: string; readonly port: number }[];
    readonly username?: string;
    readonly password?: string;
    readonly sentinelPassword?: string;
    readonly db?: number;
    readonly tls?: boolean;
  };
}

export interface PostgresQueueConfig {
  readonly kind: 'postgres';
  /** The app's own role; it needs what `prepareQueueDatabase` grants, and no more. */
  readonly connectionString: string;
}

/** Times that matter when something breaks. The defaults are for production; tests shorten them. */
export interface QueueTimings {
  /** A producer that gets no answer within this gives up (`queue-unavailable`). */
  readonly answerMs: number;
  /** A worker owns a job for this long and renews at half of it. */
  readonly lockMs: number;
  /** How often jobs of dead workers are looked for; such a job runs again after at most lockMs + 2 × this. */
  readonly stalledCheckMs: number;
  /** How long to wait after an error of the server before asking again. */
  readonly reconnectMs: number;
  /** How long a handler has to clean up once its signal is aborted. */
  readonly abortGraceMs: number;
  /** How often schedules are looked after, in case the server lost them. */
  readonly scheduleCheckMs: number;
}

export const TIMINGS: QueueTimings = {
  answerMs: 2_000,
  lockMs: 30_000,
  stalledCheckMs: 10_000,
  reconnectMs: 1_000,
  abortGraceMs: 10_000,
  scheduleCheckMs: 30_000,
};
