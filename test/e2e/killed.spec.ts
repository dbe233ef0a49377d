import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AssetView, System } from '#contract';
import type { ApiClient } from '../support/api-client.js';
import { BuiltArchive } from '../support/built-archive.js';
import { assetWhen, beginUpload, type OpenedCase, offsetOf, openCase, patch, patchInTwo } from './sending.js';

const MEBIBYTE = 1_048_576;
const isSealed = ({ custody }: AssetView): boolean => custody !== 'receiving' && custody !== 'received';

describe('processes of the archive that are killed', () => {
  let archive: BuiltArchive;
  let officer: ApiClient;
  let subject: OpenedCase;

  beforeAll(async () => {
    archive = await BuiltArchive.start();
    officer = (await archive.person('officer', ['officer'])).client;
    subject = await openCase(officer, '测罚字〔2026〕1号');
  });
  afterAll(async () => {
    await archive?.stop();
  });
  afterEach(async () => {
    const { code, output } = await archive.check();
    expect([code, output]).toEqual([0, expect.stringContaining('All is as recorded')]);
  });

  const begin = (bytes: number, filename: string): Promise<string> =>
    beginUpload(officer, bytes, { filename, caseId: subject.id, occurrenceId: subject.occurrenceId });

  it.each([
    ['the API', () => archive.killAndReplace('api')],
    ['everything at once', () => archive.powerCut()],
  ])('lose nothing that was acknowledged: %s, in mid-upload', async (_, kill) => {
    const bytes = randomBytes(48 * MEBIBYTE);
    const id = await begin(bytes.length, '执法记录.bin');
    const acknowledged = await patch(officer, id, 0, bytes.subarray(0, 20 * MEBIBYTE + 12_345));
    expect(acknowledged).toBe(20 * MEBIBYTE + 12_345);

    const rest = bytes.subarray(acknowledged);
    await patchInTwo(officer, id, { offset: acknowledged, bytes: rest, sentFirst: 16 * MEBIBYTE }, kill);
    const stood = await offsetOf(officer, id);
    expect(stood).toBeGreaterThanOrEqual(acknowledged);
    expect(stood).toBeLessThanOrEqual(acknowledged + 16 * MEBIBYTE);
    expect(await patch(officer, id, stood, bytes.subarray(stood))).toBe(bytes.length);

    const asset = await assetWhen(officer, id, isSealed);
    expect(asset.custody).toBe('sealed');
    expect(asset.digests.sha256).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    expect(asset.sizeBytes).toBe(bytes.length);
  });

  it('a seal begun by a worker that died is done by the next, once', async () => {
    const piece = randomBytes(16 * MEBIBYTE);
    const pieces = 24;
    const id = await begin(pieces * piece.length, '长时间录像.bin');
    const digest = createHash('sha256');
    for (let i = 0; i < pieces; i++) {
      digest.update(piece);
      await patch(officer, id, i * piece.length, piece);
    }
    await sealIsUnderWay(id);
    await archive.killAndReplace('worker');
    expect((await officer.send<AssetView>('GET', `/assets/${id}`)).custody).toBe('received');

    const asset = await assetWhen(officer, id, isSealed);
    expect([asset.custody, asset.digests.sha256]).toEqual(['sealed', `sha256:${digest.digest('hex')}`]);
    const { items } = await officer.send<{ items: { type: string }[] }>('GET', `/assets/${id}/events`);
    expect(items.filter(({ type }) => type === 'asset.sealed')).toHaveLength(1);
  }, 400_000);

  async function sealIsUnderWay(id: string): Promise<void> {
    const administrator = await archive.administrator();
    for (;;) {
      const { queue } = await administrator.send<System>('GET', '/system');
      if ((queue.custody?.active ?? 0) > 0) return;
      const { custody } = await officer.send<AssetView>('GET', `/assets/${id}`);
      if (custody !== 'received') throw new Error(`it was ${custody} before it could be interrupted: send more`);
      await sleep(10);
    }
  }
});
