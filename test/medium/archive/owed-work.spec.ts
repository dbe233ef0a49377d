import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Actor, Id } from '#domain';
import { createJobRunner, type JobHandlers, type JobRunner } from '#jobs';
import { assetRepository, freePort } from '#persistence';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { type RunningArchive, runArchive, SILENT } from '../../support/running-archive.js';
import { checked, received } from './work.js';

const FILES = 12;

describe('work the database says is owed', () => {
  let dir: string;
  let port: number;
  let redis: TestRedis;
  let running: RunningArchive;
  let officer: Actor;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liuhen-owed-'));
    port = await freePort();
    redis = await startRedis({ dir, port });
    running = await runArchive({ queue: { kind: 'redis', url: redis.url } });
    officer = await running.person(['officer']);
  });
  afterAll(async () => {
    await checked(running);
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  });

  /** A worker with the archive's own sweep; sealing takes as long as `sealMs` more. */
  async function work(sealMs = 0): Promise<{ runner: JobRunner; seals: Id[] }> {
    const { work: archiveWork } = running.archive;
    const seals: Id[] = [];
    const nothing = async (): Promise<void> => undefined;
    const handlers: JobHandlers = {
      'asset.seal': async ({ assetId }, { signal }) => {
        await sleep(sealMs, undefined, { signal });
        seals.push(assetId);
        await archiveWork.seal.run(assetId, signal);
      },
      'asset.look': async ({ assetId }) => void (await archiveWork.look.giveUp(assetId, 'no-tool')),
      'asset.proxy': nothing,
      'case.export': nothing,
      'case.check': nothing,
      'case.court_check': nothing,
      'asset.segments': nothing,
      'asset.scrub': nothing,
      'asset.replicate': nothing,
      'replica.scrub': nothing,
      'form.print': nothing,
      'asset.heal': nothing,
      'watch.sweep': nothing,
      'vault.test': nothing,
      'upload.sweep': nothing,
      'owed.sweep': async () => void (await archiveWork.enqueueOwed.run()),
      'cache.trim': nothing,
    };
    const runner = createJobRunner(running.options.queue, handlers, {
      log: SILENT,
      concurrency: { custody: 2, look: 1, upkeep: 1 },
      intervals: { 'owed.sweep': 300, 'upload.sweep': 3_600_000, 'cache.trim': 3_600_000 },
    });
    await runner.start();
    return { runner, seals };
  }

  async function untilDone(ids: readonly Id[]): Promise<void> {
    for (;;) {
      const assets = await assetRepository.findMany(running.parts.database.reader, ids);
      if (assets.every((asset) => asset.custody === 'sealed' && asset.viewing !== 'pending')) return;
      await sleep(100);
    }
  }

  const send = async (): Promise<Id> => (await received(running, officer, randomBytes(200_000))).assetId;

  it('is done when the whole queue is lost in mid-work', async () => {
    const ids: Id[] = [];
    for (let i = 0; i < FILES; i++) ids.push(await send());
    const { runner, seals } = await work(150);
    while (seals.length < 3) await sleep(20);
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    // What was just received is left to the request that enqueued it.
    running.clock.advance(60_000);
    await untilDone(ids);
    await runner.stop(5_000);
    expect(await running.archive.work.enqueueOwed.run()).toBe(0);
  });

  it('is done when the queue was away while files came in', async () => {
    await redis.stop();
    const ids = [await send(), await send()];
    expect((await running.archive.system.readiness.run()).isReady).toBe(true);
    redis = await startRedis({ dir, port });
    running.clock.advance(60_000);
    const { runner } = await work();
    await untilDone(ids);
    await runner.stop(5_000);
  });
});
