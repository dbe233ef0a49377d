import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Actor } from '#domain';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';

const MEBIBYTE = 1_048_576;

describe('receiving an original', () => {
  let running: RunningArchive;
  let officer: Actor;

  beforeAll(async () => {
    running = await runArchive();
    officer = await running.person(['officer']);
  });
  afterAll(async () => {
    const report = await running.archive.system.check.run();
    expect(report.findings).toEqual([]);
    await running.stop();
  });

  const plan = (lengthBytes: number | null, declaredSha256: string | null = null) => ({
    fileName: '现场.mp4',
    lengthBytes,
    metadata: '',
    declaredSha256,
    recordedAt: null,
    target: null,
  });
  const piece = (bytes: Buffer, offsetBytes = 0) => ({
    offsetBytes,
    body: Readable.from([bytes]),
    pieceBytes: bytes.length,
    lengthBytes: null,
    checksum: null,
  });

  it.each([0, 1, MEBIBYTE, 5 * MEBIBYTE + 17, 40 * MEBIBYTE + 3])('takes and seals %i bytes', async (size) => {
    const content = randomBytes(size);
    const digest = createHash('sha256').update(content).digest('hex');
    const begun = await running.archive.uploads.begin.run(officer, plan(size, `sha256:${digest}`));
    const done =
      size === 0
        ? await running.archive.uploads.finishWhole.run(begun.assetId)
        : await running.archive.uploads.write.run(officer, begun.assetId, piece(content));
    expect(done).toMatchObject({ offsetBytes: size, isFinished: true });
    expect(await running.archive.work.seal.run(begun.assetId)).toBe('sealed');
    const { asset } = await running.archive.assets.view.run(officer, begun.assetId);
    expect(asset).toMatchObject({ custody: 'sealed', sha256: `sha256:${digest}`, sizeBytes: size });
  });

  it('goes on in pieces of any size', async () => {
    const content = randomBytes(3 * MEBIBYTE + 1000);
    const { assetId } = await running.archive.uploads.begin.run(officer, plan(content.length));
    for (let at = 0; at < content.length; at += 700_001) {
      const status = await running.archive.uploads.write.run(
        officer,
        assetId,
        piece(content.subarray(at, at + 700_001), at),
      );
      expect(status.offsetBytes).toBe(Math.min(content.length, at + 700_001));
    }
    expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
    const { asset } = await running.archive.assets.view.run(officer, assetId);
    expect(asset.sha256).toBe(`sha256:${createHash('sha256').update(content).digest('hex')}`);
  });
});
