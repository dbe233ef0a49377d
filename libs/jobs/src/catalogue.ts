import { z } from 'zod';
import { isId } from '#domain';

/**
 * Every job there is. All else is derived from this table: types of payloads and handlers, queues, options.
 * To add a job, add a row; the compiler then asks for its handler.
 *
 * A payload holds ids and small numbers only: it is kept in clear by the queue, and what it says may be old by the
 * time it is read. The handler asks the database for the state.
 */
export const QUEUES = ['custody', 'look', 'segments', 'proxy', 'watch', 'replica', 'upkeep'] as const;
export type QueueName = (typeof QUEUES)[number];

interface JobDefinition {
  readonly queue: QueueName;
  readonly payload: z.ZodType<Readonly<Record<string, string | number>>>;
  /** Runs in all, the first included. A run cut off by the death of its worker or by a stop does not count. */
  readonly attempts: number;
  /** Wait before the second run; doubled before each later one. */
  readonly backoffMs: number;
  /** After this the handler's signal is aborted and the run counts as failed (`timeout`). */
  readonly timeoutMs: number;
  /** Lower runs sooner within its queue; 0 before all. */
  readonly priority?: number;
  /** Enqueued by the queue itself, once per interval whatever the number of workers. */
  readonly everyMs?: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const ofAsset = z.strictObject({ assetId: z.string().refine(isId, 'not an id') });
const ofExport = z.strictObject({ exportId: z.string().refine(isId, 'not an id') });
const ofCase = z.strictObject({ caseId: z.string().refine(isId, 'not an id') });
const ofForm = z.strictObject({ formId: z.string().refine(isId, 'not an id') });
const ofHealing = z.strictObject({ healingId: z.string().refine(isId, 'not an id') });
const ofNothing = z.strictObject({});

export const JOBS = {
  /** Read back, hash, compare, lock. A 64 GiB original is read at disk or network speed. */
  'asset.seal': {
    queue: 'custody',
    payload: ofAsset,
    attempts: 8,
    backoffMs: 5 * SECOND,
    timeoutMs: 6 * HOUR,
    // All else in its queue has somebody waiting for it, who is not to wait for a day's uploads.
    priority: 1,
  },
  /** Sniff, probe, poster, storyboard, audio peaks, page pictures. */
  'asset.look': { queue: 'look', payload: ofAsset, attempts: 4, backoffMs: 5 * SECOND, timeoutMs: HOUR },
  /** The 720p copy of what browsers cannot play: the heavy one. */
  'asset.proxy': { queue: 'proxy', payload: ofAsset, attempts: 3, backoffMs: 30 * SECOND, timeoutMs: 24 * HOUR },
  /** Someone is waiting before the picture: a run of HLS segments, remuxed. */
  'asset.segments': {
    queue: 'segments',
    payload: ofAsset.extend({
      fromSegment: z.int().min(0).max(1_000_000),
      count: z.int().min(1).max(1_000),
    }),
    attempts: 2,
    backoffMs: 500,
    timeoutMs: 30 * SECOND,
  },
  /** Re-hashes every original of a case, waits for the checkpoint, lays out the dossier. */
  'case.export': { queue: 'custody', payload: ofExport, attempts: 8, backoffMs: 2 * SECOND, timeoutMs: 24 * HOUR },
  /** Reads an original and hashes it again, slowly. In a queue of its own: nothing anyone waits for waits for it. */
  'asset.scrub': { queue: 'watch', payload: ofAsset, attempts: 4, backoffMs: MINUTE, timeoutMs: 24 * HOUR },
  /** Reads every original of a case that was closed again, as slowly. */
  'case.check': {
    queue: 'watch',
    payload: ofCase,
    attempts: 4,
    backoffMs: MINUTE,
    timeoutMs: 24 * HOUR,
    priority: 0,
  },
  /** The same before somebody shows them, who waits: as fast as they can be read, and behind no slow look. */
  'case.court_check': {
    queue: 'custody',
    payload: ofCase,
    attempts: 8,
    backoffMs: 5 * SECOND,
    timeoutMs: 24 * HOUR,
    priority: 0,
  },
  /**
   * Copies a sealed original to the second store and reads it back, slowly. In a queue of its own, with the looks at what
   * lies there: a NAS that is slow or away holds up nothing else.
   */
  'asset.replicate': { queue: 'replica', payload: ofAsset, attempts: 4, backoffMs: MINUTE, timeoutMs: 24 * HOUR },
  /** As `asset.scrub`, of the copy in the second store. */
  'replica.scrub': { queue: 'replica', payload: ofAsset, attempts: 4, backoffMs: MINUTE, timeoutMs: 24 * HOUR },
  /** Restores a damaged copy from the good one. Somebody waits for it. */
  'asset.heal': { queue: 'custody', payload: ofHealing, attempts: 8, backoffMs: 5 * SECOND, timeoutMs: 24 * HOUR },
  /** Draws a form and hands it in. Somebody waits to sign it. */
  'form.print': {
    queue: 'custody',
    payload: ofForm,
    attempts: 8,
    backoffMs: 2 * SECOND,
    timeoutMs: 5 * MINUTE,
    priority: 0,
  },
  /** Asks for the originals whose turn it is, and tells once a day what was found. */
  'watch.sweep': {
    queue: 'upkeep',
    payload: ofNothing,
    attempts: 1,
    backoffMs: 0,
    timeoutMs: 5 * MINUTE,
    everyMs: 10 * MINUTE,
  },
  /** Attacks a scratch object in the vault, and one in the replica: daily, and hourly while the lock is not held. */
  'vault.test': {
    queue: 'upkeep',
    payload: ofNothing,
    attempts: 1,
    backoffMs: 0,
    timeoutMs: 5 * MINUTE,
    everyMs: HOUR,
  },
  /** Drops abandoned uploads. */
  'upload.sweep': {
    queue: 'upkeep',
    payload: ofNothing,
    attempts: 1,
    backoffMs: 0,
    timeoutMs: 30 * MINUTE,
    everyMs: 10 * MINUTE,
  },
  /** Enqueues again what the database says is owed. */
  'owed.sweep': {
    queue: 'upkeep',
    payload: ofNothing,
    attempts: 1,
    backoffMs: 0,
    timeoutMs: 5 * MINUTE,
    everyMs: 30 * SECOND,
  },
  /** Keeps the segment cache within its bound. */
  'cache.trim': {
    queue: 'upkeep',
    payload: ofNothing,
    attempts: 1,
    backoffMs: 0,
    timeoutMs: 5 * MINUTE,
    everyMs: MINUTE,
  },
} as const satisfies Record<string, JobDefinition>;

export type JobName = keyof typeof JOBS;
export type JobPayload<N extends JobName> = z.infer<(typeof JOBS)[N]['payload']>;

/** A job with its payload, as one value: for lists of different jobs. */
export type JobRequest = {
  [N in JobName]: { readonly name: N; readonly payload: JobPayload<N>; readonly options?: EnqueueOptions };
}[JobName];

export interface EnqueueOptions {
  /**
   * While a job of this key waits or runs, another is not taken. The name and payload when not given; the key is free
   * again once the job has ended, well or badly.
   */
  readonly deduplicate?: string;
  /** Not before this many milliseconds from now. */
  readonly delayMs?: number;
  /** If the same job waits for a later time (a delay, a retry), start it now. */
  readonly now?: boolean;
  readonly priority?: number;
}

/** What a handler is given besides the payload. */
export interface JobContext {
  /** Aborted on timeout and when the worker stops. Clean up, then throw; after `abortGraceMs` nobody waits any more. */
  readonly signal: AbortSignal;
  readonly log: JobLog;
  /** 1 for the first run. */
  readonly attempt: number;
  /** No more runs will follow a retryable failure of this one. */
  readonly isLastAttempt: boolean;
  /** 0 to 100; a hint for people watching the queue, lost without harm. */
  progress(percent: number): void;
}

/** Total: a missing handler does not compile. Handlers are idempotent; a job may run twice. */
export type JobHandlers = {
  readonly [N in JobName]: (payload: JobPayload<N>, context: JobContext) => Promise<void>;
};

/** The part of pino's logger that is used here. */
export interface JobLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): JobLog;
}

export function isJobName(name: string): name is JobName {
  return Object.hasOwn(JOBS, name);
}

/** The row of the table, as what all rows have in common. */
export function definitionOf(name: JobName): JobDefinition {
  return JOBS[name];
}

export const JOB_NAMES = Object.keys(JOBS).filter(isJobName);
