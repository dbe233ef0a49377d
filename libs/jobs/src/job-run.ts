import { UnrecoverableError, WaitingError } from 'bullmq';
import { ArchiveError, type ErrorCode } from '#domain';
import { definitionOf, isJobName, type JobHandlers, type JobLog, type JobName } from './catalogue.js';
import { parsePayload } from './job-options.js';
import type { BullJob } from './queue-server.js';
import { errorCodeOf, RETRYABLE } from './retryable.js';

export interface JobReport {
  readonly name: JobName;
  /** Time in the handler, milliseconds. */
  readonly ms: number;
  /** From when it could first have run to when it did, milliseconds. */
  readonly waitMs: number;
  readonly attempt: number;
}

export interface JobFailure extends JobReport {
  readonly code: ErrorCode;
  readonly error: unknown;
  readonly willRetry: boolean;
}

/** For metrics. Must not throw; if one does, that is logged and nothing else. */
export interface JobHooks {
  readonly onFinished?: (report: JobReport) => void;
  readonly onFailed?: (report: JobFailure) => void;
}

export interface RunSettings {
  readonly handlers: JobHandlers;
  readonly log: JobLog;
  readonly hooks: JobHooks;
  readonly abortGraceMs: number;
  /** Instead of the catalogue's `timeoutMs`. */
  readonly timeoutsMs: Partial<Readonly<Record<JobName, number>>>;
}

/** Why a signal was aborted when the worker stops: the job is not to blame and goes back to the queue. */
export const WORKER_STOPS = new ArchiveError('internal', 'the worker stops');

/**
 * One run of one job. Throws what BullMQ acts on: `UnrecoverableError` ends the job, `WaitingError` says that it was
 * put back, any other error counts an attempt. The queue is told the code alone; the log has the rest.
 */
export async function runJob(
  job: BullJob,
  token: string,
  controller: AbortController,
  settings: RunSettings,
): Promise<void> {
  const startedAt = Date.now();
  const attempt = job.attemptsMade + 1;
  const name = job.name;
  if (!isJobName(name)) {
    settings.log.error({ job: name, jobId: job.id }, 'no such job in the catalogue');
    throw new UnrecoverableError('invalid-input');
  }
  const log = settings.log.child({ job: name, jobId: job.id, attempt, ...idsOf(job.data) });
  const report = (): JobReport => ({ name, attempt, ms: Date.now() - startedAt, waitMs: waitOf(job, startedAt) });
  const timeoutMs = settings.timeoutsMs[name] ?? definitionOf(name).timeoutMs;
  const timer = setTimeout(
    () => controller.abort(new ArchiveError('timeout', `${name} took longer than ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    await handle(name, job, controller.signal, log, settings);
    callHook(log, () => settings.hooks.onFinished?.(report()));
  } catch (error) {
    if (error === WORKER_STOPS) {
      log.info({}, 'put back: the worker stops');
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const code = errorCodeOf(error);
    const willRetry = RETRYABLE[code] && attempt < attemptsOf(job);
    log[willRetry ? 'warn' : 'error']({ err: error, code, willRetry }, 'job failed');
    callHook(log, () => settings.hooks.onFailed?.({ ...report(), code, error, willRetry }));
    throw RETRYABLE[code] ? new Error(code) : new UnrecoverableError(code);
  } finally {
    clearTimeout(timer);
  }
}

async function handle<N extends JobName>(
  name: N,
  job: BullJob,
  signal: AbortSignal,
  log: JobLog,
  settings: RunSettings,
): Promise<void> {
  const payload = parsePayload(name, job.data);
  const attempt = job.attemptsMade + 1;
  const context = { signal, log, attempt, isLastAttempt: attempt >= attemptsOf(job), progress: progressOf(job) };
  const work = settings.handlers[name](payload, context);
  try {
    await Promise.race([work, givenUp(signal, settings.abortGraceMs)]);
  } catch (error) {
    // What a handler throws once it is aborted is the echo of the abort.
    throw signal.aborted ? signal.reason : error;
  } finally {
    work.catch((error: unknown) => {
      if (signal.aborted) {
        log.debug({ err: error }, 'ended after its abort');
      }
    });
  }
}

/** Rejects some time after the abort: a handler that does not listen must not hold the worker for ever. */
function givenUp(signal: AbortSignal, graceMs: number): Promise<never> {
  return new Promise((_, fail) => {
    const giveUp = () => setTimeout(() => fail(signal.reason), graceMs).unref();
    if (signal.aborted) {
      giveUp();
    } else {
      signal.addEventListener('abort', giveUp, { once: true });
    }
  });
}

/** At most one write to the queue a second. */
function progressOf(job: BullJob): (percent: number) => void {
  let lastAt = 0;
  return (percent) => {
    const now = Date.now();
    if (now - lastAt >= 1_000) {
      lastAt = now;
      job.updateProgress(Math.min(100, Math.max(0, Math.round(percent)))).catch(() => undefined);
    }
  };
}

function callHook(log: JobLog, hook: () => void): void {
  try {
    hook();
  } catch (err) {
    log.error({ err }, 'a job hook threw');
  }
}

function attemptsOf(job: BullJob): number {
  return job.opts.attempts ?? 1;
}

function waitOf(job: BullJob, startedAt: number): number {
  return Math.max(0, startedAt - job.timestamp - (job.opts.delay ?? 0));
}

/** Payloads hold ids and numbers only, and are checked after this: nothing else is logged. */
function idsOf(data: unknown): Record<string, unknown> {
  const assetId = typeof data === 'object' && data !== null && 'assetId' in data ? data.assetId : undefined;
  return typeof assetId === 'string' ? { assetId } : {};
}
