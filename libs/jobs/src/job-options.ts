import type { JobsOptions } from 'bullmq';
import { ArchiveError } from '#domain';
import { definitionOf, type EnqueueOptions, type JobName, type JobPayload } from './catalogue.js';

/** Kept for people who look into the queue; the record of what was done is in the database. Seconds, jobs per queue. */
const DONE_KEPT = { age: 3_600, count: 1_000 };
const FAILED_KEPT = { age: 7 * 24 * 3_600, count: 2_000 };

/**
 * The payload as its schema has it, on the way in and on the way out: what is in the queue may have been written by
 * an older version of this program. Throws `invalid-input`.
 */
export function parsePayload<N extends JobName>(name: N, payload: unknown): JobPayload<N> {
  const parsed = definitionOf(name).payload.safeParse(payload);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join('.') || issue.message);
    throw new ArchiveError('invalid-input', `the payload of ${name} is wrong: ${fields.join(', ')}`, {
      details: { fields },
    });
  }
  // The table ties each name to its schema; TypeScript cannot follow that through an index by N.
  return parsed.data as JobPayload<N>;
}

/** What BullMQ keeps with a job, from the catalogue. The stack is left out: the log has it, with what it may name. */
export function fixedOptions(name: JobName) {
  const { attempts, backoffMs, priority } = definitionOf(name);
  return {
    attempts,
    backoff: { type: 'exponential', delay: backoffMs, jitter: 0.2 },
    removeOnComplete: DONE_KEPT,
    removeOnFail: FAILED_KEPT,
    stackTraceLimit: 0,
    ...(priority === undefined ? {} : { priority }),
  };
}

/**
 * `deduplication.id` and never `jobId`: a kept failed job of the same `jobId` would swallow the new one without a word.
 * Without a ttl BullMQ frees the key when the job has ended, well or badly.
 */
export function optionsOf(name: JobName, payload: JobPayload<JobName>, options: EnqueueOptions): JobsOptions {
  const id = options.deduplicate ?? [name, ...Object.values(payload)].join(':');
  return {
    ...fixedOptions(name),
    deduplication: options.now === true ? { id, reschedule: true } : { id },
    ...(options.delayMs === undefined ? {} : { delay: options.delayMs }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
  };
}
