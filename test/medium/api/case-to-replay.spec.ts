import { randomBytes } from 'node:crypto';
import {
  type AssetView,
  assetSchema,
  type CaseView,
  caseSchema,
  eventPageSchema,
  procedureListSchema,
  type Receipt,
  type Replay,
  receiptSchema,
  replaySchema,
} from '#contract';
import { type ApiClient, type RunningApi, runApi } from '../../support/running-api.js';

describe('one file from the upload to the replay', () => {
  let api: RunningApi;
  let officer: ApiClient;

  beforeAll(async () => {
    api = await runApi();
    officer = await api.signIn(['officer']);
  });
  afterAll(async () => {
    expect((await api.archive.system.check.run()).findings).toEqual([]);
    await api.stop();
  });

  it('is received, sealed, linked, and stands in the replay', async () => {
    procedureListSchema.parse(await officer.send('GET', '/procedures'));
    const opened = caseSchema.parse(
      await officer.send<CaseView>('POST', '/cases', {
        procedureId: 'administrative-penalty-ordinary',
        number: '测罚字〔2026〕1号',
        title: '某店无证经营案',
      }),
    );
    const step = opened.occurrences.find((occurrence) => occurrence.stepId === 'site-inspection');
    const bytes = randomBytes(3_000_000);
    const id = await officer.upload(bytes, { filename: '现场.bin', caseId: opened.id, occurrenceId: step?.id ?? '' });
    expect(await api.archive.work.seal.run(id)).toBe('sealed');

    const asset = assetSchema.parse(await officer.send<AssetView>('GET', `/assets/${id}`));
    expect(asset).toMatchObject({
      custody: 'sealed',
      fileName: '现场.bin',
      link: { stepId: 'site-inspection' },
      lockMode: 'none',
    });
    const receipt = receiptSchema.parse(await officer.send<Receipt>('GET', `/assets/${id}/receipt`));
    expect(receipt).toMatchObject({ kind: 'sealed', sizeBytes: 3_000_000 });
    const replay = replaySchema.parse(await officer.send<Replay>('GET', `/cases/${opened.id}/replay`));
    expect(
      replay.chapters.find((chapter) => chapter.step.id === 'site-inspection')?.items.map((item) => item.asset.id),
    ).toEqual([id]);
    const events = eventPageSchema.parse(await officer.send('GET', `/cases/${opened.id}/events`));
    expect(events.items.map((event) => event.type)).toEqual(['case.opened', 'case.asset_linked']);
  });

  it('plays over ranges, with one read event before the first byte', async () => {
    const bytes = randomBytes(100_000);
    const id = await officer.upload(bytes, { filename: 'a.bin' });
    const part = await officer.raw('GET', `/assets/${id}/original`, { headers: { Range: 'bytes=10-19' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 10-19/100000');
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));
    const whole = await officer.raw('GET', `/assets/${id}/original`);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const events = eventPageSchema.parse(await officer.send('GET', `/assets/${id}/events`));
    expect(events.items.map((event) => event.type)).toEqual(['asset.begun', 'asset.received', 'asset.viewed']);
  });
});
