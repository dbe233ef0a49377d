import { randomBytes } from 'node:crypto';
import { type Actor, type Id, type MarkContent, newId } from '#domain';
import { BARE, keepBareProcedure } from '../../support/bare-procedure.js';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { settle } from '../../support/settle.js';
import { checked, openedCase, received } from './work.js';

const NOT_FOUND = { code: 'not-found' };
const content = (change: Partial<MarkContent> = {}): MarkContent => ({
  ...{ kind: 'note', text: '出示证件', reason: null },
  place: { range: { startMs: 1_000, endMs: 5_000 } },
  ...change,
});

describe('marks', () => {
  let running: RunningArchive;
  let officer: Actor;
  let reviewer: Actor;
  let stranger: Actor;
  let videoId: Id;

  beforeAll(async () => {
    running = await runArchive();
    officer = await running.person(['officer']);
    reviewer = await running.person(['reviewer']);
    stranger = await running.person(['officer']);
    videoId = await material('video');
  });
  afterAll(() => checked(running));

  const marks = () => running.archive.marks;
  const material = async (kind: 'video' | 'paper', target?: { caseId: Id; occurrenceId: Id; paperId?: string }) => {
    const { assetId } = await received(running, officer, randomBytes(300), target ? { target } : {});
    await settle(running.archive, assetId, kind);
    return assetId;
  };
  const sound = async (target?: { caseId: Id; occurrenceId: Id; paperId?: string }): Promise<Id> => {
    const { assetId } = await received(running, officer, randomBytes(300), target ? { target } : {});
    await running.archive.work.seal.run(assetId);
    await running.archive.work.look.run(assetId, async () => ({
      ...{
        kind: 'sound',
        mime: 'audio/wav',
        playMode: 'none',
        unviewable: 'unknown-format',
        facts: {},
        renditions: [],
      },
      ...{ durationMs: 60_000, pageCount: null, deviceTime: null, place: null },
    }));
    return assetId;
  };
  const missing = async (assetId: Id): Promise<string[]> =>
    (await marks().view.run(officer, assetId)).missing.map(({ what }) => what);

  it('are put, changed by a further version, withdrawn; nothing that was said is lost', async () => {
    const id = await marks().put.run(officer, videoId, content());
    await marks().revise.run(officer, videoId, id, { version: 1, content: content({ text: '出示执法证件' }) });
    await marks().revise.run(officer, videoId, id, { version: 2, content: null });
    const versions = (await marks().view.run(reviewer, videoId)).marks.filter((mark) => mark.id === id);
    expect(versions.map(({ version, text, isWithdrawn }) => [version, text, isWithdrawn])).toEqual([
      [1, '出示证件', false],
      [2, '出示执法证件', false],
      [3, '出示执法证件', true],
    ]);
    await expect(marks().revise.run(officer, videoId, id, { version: 3, content: content() })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(
      running.parts.database.reader.query(`UPDATE marks SET text = '别的' WHERE id = $1`, [id]),
    ).rejects.toThrow('permission denied');
  });

  it('of two who change one at the same time, one is told', async () => {
    const id = await marks().put.run(officer, videoId, content());
    const both = ['甲', '乙'].map((text) =>
      marks().revise.run(officer, videoId, id, { version: 1, content: content({ text }) }),
    );
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'conflict' });
  });

  it("are everybody's to put who may see the material, and only their author's to change", async () => {
    const own = await marks().put.run(reviewer, videoId, content({ text: '笔录与录像不符' }));
    await expect(marks().revise.run(officer, videoId, own, { version: 1, content: null })).rejects.toMatchObject(
      NOT_FOUND,
    );
    await expect(marks().put.run(stranger, videoId, content())).rejects.toMatchObject(NOT_FOUND);
    await expect(marks().view.run(stranger, videoId)).rejects.toMatchObject(NOT_FOUND);
    await expect(marks().put.run(officer, newId(), content())).rejects.toMatchObject(NOT_FOUND);
  });

  it.each([
    ['a page of a video', { place: { page: 1 } }],
    ['an empty stretch', { place: { range: { startMs: 5, endMs: 5 } } }],
    ['an interruption without a reason', { kind: 'interruption' }],
  ] as const)('are refused where they make no sense: %s', async (_, change) => {
    await expect(marks().put.run(officer, videoId, content(change))).rejects.toMatchObject({
      code: 'invalid-input',
      details: { problems: [{ place: expect.any(String), zh: expect.any(String), en: expect.any(String) }] },
    });
  });

  it('are fixed with the case they are in', async () => {
    await keepBareProcedure(running);
    const { caseId, step } = await openedCase(running, officer, BARE);
    const target = { caseId, occurrenceId: step('lead') };
    const assetId = await material('video', target);
    const id = await marks().put.run(officer, assetId, content());
    const closing = step('closing');
    for (const state of ['open', 'done'] as const)
      await running.archive.cases.changeOccurrence.run(officer, caseId, closing, { state });
    await running.archive.cases.close.run(officer, caseId, { manner: 'other', reason: '测试', despite: [] });
    const closed = { code: 'case-closed' };
    await expect(marks().put.run(officer, assetId, content())).rejects.toMatchObject(closed);
    await expect(marks().revise.run(officer, assetId, id, { version: 1, content: null })).rejects.toMatchObject(closed);
    const text = { text: '问：', textAssetId: null, madeBy: 'hand', maker: '甲' } as const;
    await expect(marks().transcribe.run(officer, assetId, text)).rejects.toMatchObject(closed);
    expect((await marks().view.run(officer, assetId)).mayMark).toBe(false);
  });

  it('of key content are asked for where a recording stands for a written record', async () => {
    const { caseId, step } = await openedCase(running, officer);
    const target = { caseId, occurrenceId: step('interview'), paperId: 'interview-record' };
    const assetId = await material('video', target);
    const owing = async () => (await marks().missing.run(officer, caseId)).map(({ recording }) => recording.assetId);
    expect([await missing(assetId), await owing()]).toEqual([['key-content'], [assetId]]);
    await marks().put.run(officer, assetId, content());
    expect(await missing(assetId)).toEqual(['key-content']);
    const id = await marks().put.run(officer, assetId, content({ kind: 'key-content', text: '告知申请回避的权利' }));
    expect([await missing(assetId), await owing()]).toEqual([[], []]);
    await marks().revise.run(officer, assetId, id, { version: 1, content: null });
    expect(await missing(assetId)).toEqual(['key-content']);
    await expect(marks().missing.run(stranger, caseId)).rejects.toMatchObject(NOT_FOUND);
  });

  it('sound misses its transcript until one is attached, by whom or what is said', async () => {
    const { caseId, step } = await openedCase(running, officer);
    const assetId = await sound({ caseId, occurrenceId: step('interview') });
    const read = async (): Promise<number> => {
      const rows: { n: string }[] = await running.parts.database.reader.query(
        `SELECT count(*) AS n FROM events WHERE chain = $1 AND type = 'asset.viewed'`,
        [`asset:${assetId}`],
      );
      return Number(rows[0]?.n);
    };
    expect(await missing(assetId)).toEqual(['transcript']);
    expect(await read()).toBe(0);
    const text = { text: '问：何时开业？', textAssetId: null, madeBy: 'machine', maker: '转写程序 1.2' } as const;
    await marks().transcribe.run(officer, assetId, text);
    expect(await missing(assetId)).toEqual([]);
    const paper = await material('paper', { caseId, occurrenceId: step('interview') });
    await marks().transcribe.run(officer, assetId, {
      ...text,
      text: null,
      textAssetId: paper,
      madeBy: 'hand',
      maker: '甲',
    });
    const { transcripts } = await marks().view.run(officer, assetId);
    expect(transcripts.map(({ madeBy, maker, textAssetId }) => [madeBy, maker, textAssetId])).toEqual([
      ['hand', '甲', paper],
      ['machine', '转写程序 1.2', null],
    ]);
    // What is said in it was read with them.
    expect(await read()).toBe(1);
  });

  it.each([
    ['neither text nor asset', { text: null, textAssetId: null }],
    ['both', { text: '问：', textAssetId: newId() }],
    ['itself', { text: null, textAssetId: 'self' }],
  ])('a transcript is refused with %s', async (_, change) => {
    const assetId = await sound();
    const textAssetId = change.textAssetId === 'self' ? assetId : change.textAssetId;
    const wish = { madeBy: 'hand', maker: '甲', text: change.text, textAssetId } as const;
    await expect(marks().transcribe.run(officer, assetId, wish)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('nor with an asset one may not see, nor of a paper', async () => {
    const theirs = await received(running, stranger, randomBytes(10));
    await running.archive.work.seal.run(theirs.assetId);
    const wish = { text: null, textAssetId: theirs.assetId, madeBy: 'hand', maker: '甲' } as const;
    await expect(marks().transcribe.run(officer, await sound(), wish)).rejects.toMatchObject(NOT_FOUND);
    const text = { ...wish, text: '问：', textAssetId: null };
    await expect(marks().transcribe.run(officer, await material('paper'), text)).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });
});
