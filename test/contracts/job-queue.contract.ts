import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { ArchiveError, type ErrorCode, newId } from '#domain';
import {
  createJobQueue,
  createJobRunner,
  JOB_NAMES,
  JOBS,
  type JobContext,
  type JobFailure,
  type JobHandlers,
  type JobName,
  type JobPayload,
  type JobQueue,
  type JobReport,
  type JobRunner,
  type JobRunnerOptions,
  type QueueConfig,
} from '#jobs';
import { startChild } from '../support/child-process.js';
import { FAST, SILENT } from './job-queue-settings.js';

/** A real server of one kind, which the suite may empty, stop and start again at the same address. */
export interface QueueUnderTest {
  config(): QueueConfig;
  /** Loses everything at once, as FLUSHALL does. */
  wipe(): Promise<void>;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  /** Cuts every connection it has, and stays up. */
  cutConnections(): Promise<void>;
  /** Makes it take calls and not answer them, until what is returned is called. */
  hang(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

interface Run {
  readonly name: JobName;
  readonly payload: JobPayload<JobName>;
  readonly attempt: number;
}

type Behaviour = (payload: JobPayload<JobName>, context: JobContext) => Promise<void>;

export function jobQueueContract(kind: string, start: () => Promise<QueueUnderTest>): void {
  jest.setTimeout(60_000);
  describe(`job queue on ${kind}`, () => {
    let under: QueueUnderTest;
    let queue: JobQueue;
    let runs: Run[];
    let runners: JobRunner[];

    beforeAll(async () => {
      under = await start();
    });
    afterAll(() => under.close());

    beforeEach(async () => {
      await under.wipe();
      runs = [];
      runners = [];
      queue = createJobQueue(under.config(), { log: SILENT, timings: FAST });
    });
    afterEach(async () => {
      await Promise.all(runners.map((runner) => runner.stop(0)));
      await queue.close();
    });

    /** A runner whose handlers note each run, then do as `behaviour` says. */
    async function work(
      behaviour: Partial<Record<JobName, Behaviour>> = {},
      options: Partial<JobRunnerOptions> = {},
    ): Promise<JobRunner> {
      const handler =
        (name: JobName): Behaviour =>
        async (payload, context) => {
          runs.push({ name, payload, attempt: context.attempt });
          await behaviour[name]?.(payload, context);
        };
      const handlers: JobHandlers = {
        'asset.seal': handler('asset.seal'),
        'asset.look': handler('asset.look'),
        'asset.proxy': handler('asset.proxy'),
        'case.export': handler('case.export'),
        'case.check': handler('case.check'),
        'case.court_check': handler('case.court_check'),
        'asset.segments': handler('asset.segments'),
        'asset.scrub': handler('asset.scrub'),
        'asset.replicate': handler('asset.replicate'),
        'replica.scrub': handler('replica.scrub'),
        'form.print': handler('form.print'),
        'asset.heal': handler('asset.heal'),
        'watch.sweep': handler('watch.sweep'),
        'vault.test': handler('vault.test'),
        'upload.sweep': handler('upload.sweep'),
        'owed.sweep': handler('owed.sweep'),
        'cache.trim': handler('cache.trim'),
      };
      // No upkeep: schedules fire only where a test asks for them.
      const concurrency = { custody: 1, look: 2, segments: 1, proxy: 1 };
      const runner = createJobRunner(under.config(), handlers, {
        log: SILENT,
        concurrency,
        timings: FAST,
        ...options,
      });
      runners.push(runner);
      await runner.start();
      return runner;
    }

    const runsOf = (name: JobName) => runs.filter((run) => run.name === name);
    const depthOf = async (name: 'custody' | 'look' | 'segments' | 'proxy' | 'watch' | 'replica' | 'upkeep') =>
      (await queue.depth())[name];

    it('hands every kind of job to its handler, with its payload', async () => {
      const assetId = newId();
      const sent: Record<JobName, JobPayload<JobName>> = {
        'asset.seal': { assetId },
        'asset.look': { assetId },
        'asset.proxy': { assetId },
        'case.export': { exportId: assetId },
        'case.check': { caseId: assetId },
        'case.court_check': { caseId: assetId },
        'asset.segments': { assetId, fromSegment: 3, count: 2 },
        'asset.scrub': { assetId },
        'asset.replicate': { assetId },
        'replica.scrub': { assetId },
        'form.print': { formId: assetId },
        'asset.heal': { healingId: assetId },
        'watch.sweep': {},
        'vault.test': {},
        'upload.sweep': {},
        'owed.sweep': {},
        'cache.trim': {},
      };
      await work({}, { concurrency: { custody: 1, look: 1, segments: 1, proxy: 1, watch: 1, replica: 1, upkeep: 3 } });
      await queue.enqueue('asset.seal', { assetId });
      await queue.enqueueMany([
        { name: 'asset.look', payload: { assetId } },
        { name: 'asset.proxy', payload: { assetId } },
        { name: 'case.export', payload: { exportId: assetId } },
        { name: 'case.check', payload: { caseId: assetId } },
        { name: 'case.court_check', payload: { caseId: assetId } },
        { name: 'asset.segments', payload: { assetId, fromSegment: 3, count: 2 } },
        { name: 'asset.scrub', payload: { assetId } },
        { name: 'asset.replicate', payload: { assetId } },
        { name: 'replica.scrub', payload: { assetId } },
        { name: 'form.print', payload: { formId: assetId } },
        { name: 'asset.heal', payload: { healingId: assetId } },
        { name: 'watch.sweep', payload: {} },
        { name: 'vault.test', payload: {} },
        { name: 'upload.sweep', payload: {} },
        { name: 'owed.sweep', payload: {} },
        { name: 'cache.trim', payload: {} },
      ]);
      await until(() => JOB_NAMES.every((name) => runsOf(name).length > 0));
      for (const name of JOB_NAMES) {
        expect(runsOf(name)[0]).toEqual({ name, payload: sent[name], attempt: 1 });
      }
    });

    it('refuses a wrong payload before it reaches the queue', async () => {
      const wrong = JSON.parse('{"assetId":"no id"}');
      await expect(queue.enqueue('asset.seal', wrong)).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(
        queue.enqueueMany([
          { name: 'asset.look', payload: { assetId: newId() } },
          { name: 'asset.seal', payload: wrong },
        ]),
      ).rejects.toMatchObject({ code: 'invalid-input' });
      expect(await queue.depth()).toMatchObject({ custody: { waiting: 0 }, look: { waiting: 0 } });
    });

    it('takes a job once while it waits and while it runs', async () => {
      const assetId = newId();
      const gate = newGate();
      await queue.enqueue('asset.seal', { assetId });
      await queue.enqueue('asset.seal', { assetId });
      await queue.enqueueMany([
        { name: 'asset.seal', payload: { assetId } },
        { name: 'asset.seal', payload: { assetId } },
      ]);
      expect(await depthOf('custody')).toMatchObject({ waiting: 1 });
      await work({ 'asset.seal': () => gate.passed });
      await until(() => runs.length === 1);
      await queue.enqueue('asset.seal', { assetId });
      expect(await depthOf('custody')).toMatchObject({ waiting: 0, active: 1 });
      gate.open();
      await untilAsync(async () => (await depthOf('custody')).active === 0);
      expect(runs).toHaveLength(1);
    });

    it('tells apart jobs of different payloads, and heeds a key of one’s own', async () => {
      const assetId = newId();
      await queue.enqueue('asset.segments', { assetId, fromSegment: 0, count: 4 });
      await queue.enqueue('asset.segments', { assetId, fromSegment: 4, count: 4 });
      await queue.enqueue('asset.segments', { assetId, fromSegment: 8, count: 4 }, { deduplicate: 'one' });
      await queue.enqueue('asset.segments', { assetId, fromSegment: 12, count: 4 }, { deduplicate: 'one' });
      expect(await depthOf('segments')).toMatchObject({ waiting: 3 });
    });

    it('takes the same job again once it is done', async () => {
      const assetId = newId();
      const finished: JobReport[] = [];
      await work({}, { hooks: { onFinished: (report) => finished.push(report) } });
      for (const times of [1, 2, 3]) {
        await queue.enqueue('asset.seal', { assetId });
        await until(() => finished.length === times);
        await untilAsync(async () => (await depthOf('custody')).active === 0);
      }
      expect(runs).toHaveLength(3);
    });

    it('takes the same job again once it has failed for good, while the failed one is still kept', async () => {
      const assetId = newId();
      await work({ 'asset.seal': () => fail('object-altered') });
      for (const times of [1, 2]) {
        await queue.enqueue('asset.seal', { assetId });
        await untilAsync(async () => (await depthOf('custody')).failed === times);
      }
      expect(runs).toHaveLength(2);
    });

    it('runs a job again after a failure that may pass, later, with the attempt counted', async () => {
      const failures: JobFailure[] = [];
      const behaviour: Behaviour = (_, { attempt }) =>
        attempt === 1 ? fail('storage-unavailable') : Promise.resolve();
      await work({ 'asset.look': behaviour }, { hooks: { onFailed: (failure) => failures.push(failure) } });
      const assetId = newId();
      await queue.enqueue('asset.look', { assetId });
      await untilAsync(async () => (await depthOf('look')).delayed === 1);
      expect(runsOf('asset.look')).toHaveLength(1);
      expect(failures).toMatchObject([
        { name: 'asset.look', code: 'storage-unavailable', attempt: 1, willRetry: true },
      ]);
      // It waits out its back-off; a plain enqueue leaves it there, `now` brings it forward.
      await queue.enqueue('asset.look', { assetId });
      expect(await depthOf('look')).toMatchObject({ delayed: 1, waiting: 0 });
      await queue.enqueue('asset.look', { assetId }, { now: true });
      await until(() => runsOf('asset.look').length === 2);
      expect(runsOf('asset.look').map(({ attempt }) => attempt)).toEqual([1, 2]);
    });

    it('comes back by itself after the back-off, and gives up after the last attempt', async () => {
      const failures: JobFailure[] = [];
      await work(
        { 'asset.segments': () => fail('tool-failed') },
        { hooks: { onFailed: (failure) => failures.push(failure) } },
      );
      await queue.enqueue('asset.segments', { assetId: newId(), fromSegment: 0, count: 1 });
      await untilAsync(async () => (await depthOf('segments')).failed === 1);
      expect(failures.map(({ attempt, willRetry }) => [attempt, willRetry])).toEqual([
        [1, true],
        [2, false],
      ]);
    });

    it('does not try again what cannot end better', async () => {
      const failures: JobFailure[] = [];
      await work(
        { 'asset.look': () => fail('media-undecodable') },
        { hooks: { onFailed: (failure) => failures.push(failure) } },
      );
      await queue.enqueue('asset.look', { assetId: newId() });
      await untilAsync(async () => (await depthOf('look')).failed === 1);
      expect(failures).toMatchObject([{ code: 'media-undecodable', willRetry: false }]);
      expect(await depthOf('look')).toMatchObject({ waiting: 0, delayed: 0, active: 0 });
    });

    it('treats an error nobody foresaw as one that may pass', async () => {
      await work({ 'asset.look': () => Promise.reject(new TypeError('x is not a function')) });
      await queue.enqueue('asset.look', { assetId: newId() });
      await untilAsync(async () => (await depthOf('look')).delayed === 1);
    });

    it('aborts a run that takes too long, and the run counts as failed', async () => {
      const failures: JobFailure[] = [];
      const reasons: unknown[] = [];
      await work(
        {
          'asset.segments': (_, { signal }) =>
            new Promise((_done, refuse) => {
              signal.addEventListener('abort', () => {
                reasons.push(signal.reason);
                refuse(new Error('stopped half way'));
              });
            }),
          // Deaf to its signal.
          'asset.proxy': () => new Promise(() => undefined),
        },
        {
          timeoutsMs: { 'asset.segments': 100, 'asset.proxy': 100 },
          hooks: { onFailed: (failure) => failures.push(failure) },
        },
      );
      await queue.enqueue('asset.segments', { assetId: newId(), fromSegment: 0, count: 1 });
      await queue.enqueue('asset.proxy', { assetId: newId() });
      await until(() => new Set(failures.map(({ name }) => name)).size === 2);
      expect(failures.every(({ code }) => code === 'timeout')).toBe(true);
      expect(reasons[0]).toMatchObject({ code: 'timeout' });
    });

    it('waits for a delay', async () => {
      await work();
      await queue.enqueue('asset.look', { assetId: newId() }, { delayMs: 400 });
      expect(await depthOf('look')).toMatchObject({ delayed: 1, waiting: 0 });
      await until(() => runs.length === 1);
    });

    it('runs first what has no priority number, then the lower numbers', async () => {
      const assetId = newId();
      await queue.enqueue('asset.segments', { assetId, fromSegment: 20, count: 1 }, { priority: 20 });
      await queue.enqueue('asset.segments', { assetId, fromSegment: 10, count: 1 }, { priority: 10 });
      await queue.enqueue('asset.segments', { assetId, fromSegment: 0, count: 1 });
      expect(await depthOf('segments')).toMatchObject({ waiting: 3 });
      await work();
      await until(() => runs.length === 3);
      expect(runs.map(({ payload }) => payload)).toMatchObject([
        { fromSegment: 0 },
        { fromSegment: 10 },
        { fromSegment: 20 },
      ]);
    });

    it('fires schedules once per interval, however many workers there are, and again after the queue was lost', async () => {
      const options = {
        concurrency: { upkeep: 1 },
        intervals: { 'owed.sweep': 200, 'upload.sweep': 3_600_000, 'cache.trim': 3_600_000 },
      };
      await work({}, options);
      await work({}, options);
      await until(() => runsOf('owed.sweep').length >= 3);
      // One next job each, whoever made it; that of a job in hand is there already.
      const scheduled = Object.values(JOBS).filter((job) => 'everyMs' in job).length;
      const { waiting, delayed, active } = await depthOf('upkeep');
      expect(waiting + delayed + active).toBeLessThanOrEqual(scheduled + 1);
      await under.wipe();
      runs = [];
      await until(() => runsOf('owed.sweep').length >= 3);
    });

    it('survives the loss of the whole queue in mid-work', async () => {
      const gate = newGate();
      const assetId = newId();
      await work({ 'asset.seal': () => gate.passed });
      await queue.enqueue('asset.seal', { assetId });
      await queue.enqueue('asset.seal', { assetId: newId() });
      await until(() => runs.length === 1);
      await under.wipe();
      // What a sweep would do.
      await queue.enqueue('asset.seal', { assetId });
      gate.open();
      await until(() => runs.length === 2);
      expect(runs[1]).toMatchObject({ payload: { assetId }, attempt: 1 });
      await queue.enqueue('asset.look', { assetId });
      await until(() => runsOf('asset.look').length === 1);
    });

    it('puts jobs back when it stops, and another worker runs them without a lost attempt', async () => {
      const assetId = newId();
      const first = await work({
        'asset.seal': (_, { signal }) =>
          new Promise((_done, refuse) => signal.addEventListener('abort', () => refuse(signal.reason))),
      });
      await queue.enqueue('asset.seal', { assetId });
      await until(() => runs.length === 1);
      await first.stop(50);
      expect(await depthOf('custody')).toMatchObject({ waiting: 1, active: 0, failed: 0 });
      await work();
      await until(() => runs.length === 2);
      expect(runs[1]).toMatchObject({ payload: { assetId }, attempt: 1 });
    });

    it('lets jobs in hand end when it stops, and takes no more', async () => {
      const gate = newGate();
      const runner = await work({ 'asset.seal': () => gate.passed });
      await queue.enqueue('asset.seal', { assetId: newId() });
      await until(() => runs.length === 1);
      await queue.enqueue('asset.seal', { assetId: newId() });
      const stopped = runner.stop(30_000);
      gate.open();
      await stopped;
      expect(runs).toHaveLength(1);
      expect(await depthOf('custody')).toMatchObject({ waiting: 1, active: 0 });
    });

    it('runs a job again elsewhere when its worker was killed', async () => {
      const child = await startChild(new URL('./job-queue-worker.ts', import.meta.url), [
        JSON.stringify(under.config()),
      ]);
      try {
        expect(await child.nextLine()).toBe('ready');
        const assetId = newId();
        await queue.enqueue('asset.seal', { assetId });
        expect(await child.nextLine()).toBe(`started ${assetId}`);
        await child.kill();
        await work();
        await until(() => runs.length === 1, 20_000);
        expect(runs[0]).toMatchObject({ payload: { assetId }, attempt: 1 });
      } finally {
        await child.kill();
      }
    });

    it('keeps a job whose run outlives its lock, because the lock is renewed', async () => {
      await work({ 'asset.seal': () => sleep(FAST.lockMs * 2) });
      await queue.enqueue('asset.seal', { assetId: newId() });
      await until(() => runs.length === 1);
      await untilAsync(async () => (await depthOf('custody')).active === 0);
      expect(runs).toHaveLength(1);
    });

    it('says at once that the queue is away, and goes on by itself when it is back', async () => {
      await work();
      await queue.enqueue('asset.look', { assetId: newId() });
      await until(() => runs.length === 1);
      await under.stopServer();
      const late = createJobQueue(under.config(), { log: SILENT, timings: FAST });
      try {
        for (const producer of [queue, late]) {
          const answers = [
            producer.enqueue('asset.look', { assetId: newId() }),
            producer.enqueueMany([{ name: 'asset.seal', payload: { assetId: newId() } }]),
            producer.depth(),
            producer.check(),
          ];
          for (const answer of answers) {
            await expect(answer).rejects.toMatchObject({ code: 'queue-unavailable' });
          }
        }
        await under.startServer();
        for (const producer of [queue, late]) {
          await untilAsync(() =>
            producer.check().then(
              () => true,
              () => false,
            ),
          );
          runs = [];
          await producer.enqueue('asset.look', { assetId: newId() });
          await until(() => runsOf('asset.look').length > 0, 20_000);
        }
      } finally {
        await late.close();
      }
    });

    it('goes on when its connections are cut', async () => {
      await work();
      await queue.enqueue('asset.look', { assetId: newId() });
      await until(() => runs.length === 1);
      await under.cutConnections();
      await untilAsync(() =>
        queue.enqueue('asset.proxy', { assetId: newId() }).then(
          () => true,
          () => false,
        ),
      );
      await until(() => runsOf('asset.proxy').length === 1);
    });

    it('stops although the queue is away', async () => {
      const runner = await work();
      await under.stopServer();
      await runner.stop(100);
      await under.startServer();
      expect(runner.runningCount).toBe(0);
    });

    it('does not wait for a queue that does not answer', async () => {
      await queue.check();
      const release = await under.hang();
      try {
        await expect(queue.enqueue('asset.look', { assetId: newId() })).rejects.toMatchObject({
          code: 'queue-unavailable',
        });
      } finally {
        await release();
      }
      await untilAsync(() =>
        queue.enqueue('asset.proxy', { assetId: newId() }).then(
          () => true,
          () => false,
        ),
      );
      expect(await depthOf('proxy')).toMatchObject({ waiting: 1 });
    });

    it('starts serving when the queue appears after the worker', async () => {
      await under.stopServer();
      const serving = work();
      await sleep(FAST.reconnectMs * 2);
      await under.startServer();
      await serving;
      await queue.enqueue('asset.look', { assetId: newId() });
      await until(() => runs.length === 1);
    });
  });
}

function fail(code: ErrorCode): Promise<never> {
  return Promise.reject(new ArchiveError(code, 'as the test has it'));
}

function newGate(): { readonly passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((done) => {
    open = done;
  });
  return { passed, open };
}

async function until(condition: () => boolean, limitMs = 15_000): Promise<void> {
  await untilAsync(async () => condition(), limitMs);
}

async function untilAsync(condition: () => Promise<boolean>, limitMs = 15_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`did not happen within ${limitMs} ms`);
    }
    await sleep(10);
  }
}
