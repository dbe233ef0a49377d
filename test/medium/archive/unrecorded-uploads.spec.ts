import { randomBytes } from 'node:crypto';
import { type Actor, newId } from '#domain';
import { type Intake, keys, type ObjectStore } from '#object-store';
import { type RunningArchive, type RunningOptions, runArchive } from '../../support/running-archive.js';
import { freshS3Config, type SharedS3, sharedS3 } from '../../support/s3-server.js';
import { anUpload, aPiece, checked, MEBIBYTE, received } from './work.js';

const DAY_MS = 86_400_000;
const silent = { onPart: () => undefined, onReleased: () => undefined };

async function unfinished(store: ObjectStore): Promise<string[]> {
  const found: Intake[] = [];
  for await (const intake of store.unfinishedIntakes(new Date(Date.now() + 60_000))) found.push(intake);
  return [...new Set(found.map((intake) => intake.key))].sort();
}

describe.each(['filesystem', 's3'] as const)('unfinished bytes without a record, on %s', (kind) => {
  let server: SharedS3 | null = null;
  let running: RunningArchive;
  let officer: Actor;

  beforeAll(async () => {
    const options: RunningOptions = {};
    if (kind === 's3') {
      const shared = await sharedS3();
      server = shared;
      Object.assign(options, { store: () => ({ kind: 's3', ...freshS3Config(shared) }) });
    }
    running = await runArchive(options);
    officer = await running.person(['officer']);
  });
  afterAll(async () => {
    await checked(running);
    await server?.release();
  });

  /** What a process leaves that dies before the record is made, or after it was taken back. */
  async function leave(bytes: Buffer): Promise<string> {
    const { store } = running.parts;
    const intake = await store.beginIntake(keys.original(newId(), new Date()), bytes.length + MEBIBYTE);
    if (bytes.length > 0) {
      const writer = await store.resumeIntake(intake, [], silent);
      for (let at = 0; at < bytes.length; at += MEBIBYTE) await writer.write(bytes.subarray(at, at + MEBIBYTE));
      await writer.flush();
    }
    return intake.key;
  }

  it('are cleared after a day, and nothing else is', async () => {
    const { archive, parts, clock } = running;
    const left = [await leave(Buffer.alloc(0)), await leave(randomBytes(11 * MEBIBYTE + 5))];
    const begun = await archive.uploads.begin.run(officer, anUpload({ lengthBytes: 20 * MEBIBYTE }));
    await archive.uploads.write.run(officer, begun.assetId, aPiece(randomBytes(9 * MEBIBYTE + 3)));
    const whole = await received(running, officer, randomBytes(3 * MEBIBYTE));

    expect(await archive.uploads.sweep.run()).toMatchObject({ cleared: 0 });
    expect(await unfinished(parts.store)).toEqual(expect.arrayContaining([...left].sort()));

    clock.set(new Date(Date.now() + DAY_MS + 60_000));
    const swept = await archive.uploads.sweep.run();
    expect(swept.cleared).toBeGreaterThanOrEqual(left.length);
    const kept = await unfinished(parts.store);
    for (const key of left) expect(kept).not.toContain(key);
    expect(kept.map((key) => keys.assetOfOriginal(key))).toEqual([begun.assetId]);

    // The one that may go on goes on, and the finished one is whole.
    expect(await archive.uploads.status.run(officer, begun.assetId)).toMatchObject({
      offsetBytes: 9 * MEBIBYTE + 3,
      isFinished: false,
    });
    expect(await archive.work.seal.run(whole.assetId)).toBe('sealed');
    expect(await archive.uploads.sweep.run()).toMatchObject({ cleared: 0 });
  });
});
