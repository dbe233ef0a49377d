import { randomBytes } from 'node:crypto';
import type { LookFacts } from '#archive';
import type { Actor, Id } from '#domain';
import { ledgerRepository } from '#persistence';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { anUpload, checked, closableCase, openedCase, received } from './work.js';

const NOT_FOUND = { code: 'not-found' };
const NO_REASON = { range: null, purpose: null, reason: null };

describe('material in its case', () => {
  let running: RunningArchive;
  let officer: Actor;

  beforeAll(async () => {
    running = await runArchive();
    officer = await running.person(['officer']);
  });
  afterAll(() => checked(running));

  const link = (...wish: Parameters<RunningArchive['archive']['assets']['link']['run']>) =>
    running.archive.assets.link.run(...wish);
  const linkOf = async (assetId: Id) => (await running.archive.assets.view.run(officer, assetId)).link;
  const countOf = async (caseId: Id) => (await running.archive.cases.view.run(officer, caseId)).record.assetCount;
  const bodies = async (chain: `asset:${Id}` | `case:${Id}`) =>
    (await ledgerRepository.page(running.parts.database.reader, chain, 0, 1000)).map((event) =>
      JSON.parse(event.leaf.toString('utf8')),
    );

  it('is tied to a step, with range and purpose; the case notes the head of its chain', async () => {
    const { caseId, step } = await openedCase(running, officer);
    const { assetId } = await received(running, officer, randomBytes(10));
    const range = { startMs: 1_000, endMs: 2_000 };
    await link(officer, assetId, { caseId, occurrenceId: step('lead'), range, purpose: '证明经营', reason: null });
    expect(await linkOf(assetId)).toMatchObject({ caseId, stepId: 'lead', range, purpose: '证明经营' });
    expect(await countOf(caseId)).toBe(1);
    const linked = (await bodies(`asset:${assetId}`)).at(-1);
    const noted = (await bodies(`case:${caseId}`)).at(-1);
    const heads = await ledgerRepository.heads(running.parts.database.reader);
    const head = heads.find((found) => found.chain === `asset:${assetId}`);
    expect(linked).toMatchObject({ type: 'asset.linked', on: [`case:${caseId}`] });
    expect(noted.public.asset_head).toEqual({ seq: head?.seq, leaf: `sha256:${head?.leafHash.toString('hex')}` });
  });

  it('is moved with a reason only, and both cases know', async () => {
    const [from, to] = [await openedCase(running, officer), await openedCase(running, officer)];
    const { assetId } = await received(running, officer, randomBytes(10), {
      target: { caseId: from.caseId, occurrenceId: from.step('lead') },
    });
    const wish = { ...NO_REASON, caseId: to.caseId, occurrenceId: to.step('interview') };
    for (const reason of [null, '']) {
      await expect(link(officer, assetId, { ...wish, reason })).rejects.toMatchObject({
        code: 'invalid-input',
        details: { problems: ['reason'] },
      });
    }
    expect((await linkOf(assetId))?.caseId).toBe(from.caseId);
    await link(officer, assetId, { ...wish, reason: '传错案件' });
    expect(await linkOf(assetId)).toMatchObject({ caseId: to.caseId, stepId: 'interview' });
    expect([await countOf(from.caseId), await countOf(to.caseId)]).toEqual([0, 1]);
    expect((await bodies(`case:${from.caseId}`)).at(-1)).toMatchObject({
      type: 'case.asset_unlinked',
      public: { asset: assetId, to_case: to.caseId },
    });
    // Inside one case it is a move as well.
    const within = { ...NO_REASON, caseId: to.caseId, occurrenceId: to.step('lead') };
    await expect(link(officer, assetId, within)).rejects.toMatchObject({ code: 'invalid-input' });
    await link(officer, assetId, { ...within, reason: '环节有误' });
    expect((await linkOf(assetId))?.stepId).toBe('lead');
  });

  it('is refused where it does not belong', async () => {
    const [own, closed] = [await openedCase(running, officer), await closableCase(running, officer)];
    const stranger = await running.person(['officer']);
    const foreign = await openedCase(running, stranger);
    const { assetId } = await received(running, officer, randomBytes(10));
    const arriving = await running.archive.uploads.begin.run(officer, anUpload());
    const wish = { ...NO_REASON, caseId: own.caseId, occurrenceId: own.step('lead') };
    await running.archive.cases.close.run(officer, closed.caseId, { manner: 'other', reason: '测试', despite: [] });

    await expect(link(officer, arriving.assetId, wish)).rejects.toMatchObject(NOT_FOUND);
    await expect(
      link(stranger, assetId, { ...wish, caseId: foreign.caseId, occurrenceId: foreign.step('lead') }),
    ).rejects.toMatchObject(NOT_FOUND);
    await expect(
      link(officer, assetId, { ...wish, caseId: foreign.caseId, occurrenceId: foreign.step('lead') }),
    ).rejects.toMatchObject(NOT_FOUND);
    await expect(link(officer, assetId, { ...wish, occurrenceId: closed.step('lead') })).rejects.toMatchObject(
      NOT_FOUND,
    );
    await expect(
      link(officer, assetId, { ...wish, caseId: closed.caseId, occurrenceId: closed.step('lead') }),
    ).rejects.toMatchObject({ code: 'case-closed' });
    const range = { startMs: 5, endMs: 5 };
    await expect(link(officer, assetId, { ...wish, range })).rejects.toMatchObject({ code: 'invalid-input' });
    expect(await linkOf(assetId)).toBeNull();
    expect(await countOf(own.caseId)).toBe(0);
  });

  it('begins only for a case one is in charge of', async () => {
    const stranger = await running.person(['officer']);
    const foreign = await openedCase(running, stranger);
    const own = await closableCase(running, officer);
    const begin = (caseId: Id, occurrenceId: Id) =>
      running.archive.uploads.begin.run(officer, anUpload({ target: { caseId, occurrenceId } }));
    await expect(begin(foreign.caseId, foreign.step('lead'))).rejects.toMatchObject(NOT_FOUND);
    await expect(begin(own.caseId, foreign.step('lead'))).rejects.toMatchObject(NOT_FOUND);
    await running.archive.cases.close.run(officer, own.caseId, { manner: 'other', reason: '测试', despite: [] });
    await expect(begin(own.caseId, own.step('lead'))).rejects.toMatchObject({ code: 'case-closed' });
    const admin = await running.person(['administrator']);
    await expect(running.archive.uploads.begin.run(admin, anUpload())).rejects.toMatchObject({ code: 'forbidden' });
  });

  /** No use case lets it come to this; what was handed in is kept all the same. */
  it('is kept unlinked when the row of the case says closed while it comes', async () => {
    const { caseId, step } = await openedCase(running, officer);
    const content = randomBytes(10);
    const plan = anUpload({ lengthBytes: 10, target: { caseId, occurrenceId: step('lead') } });
    const { assetId } = await running.archive.uploads.begin.run(officer, plan);
    const setState = (state: string): Promise<unknown> =>
      running.parts.database.reader.query('UPDATE cases SET state = $2 WHERE id = $1', [caseId, state]);
    await setState('closed');
    const piece = { offsetBytes: 0, pieceBytes: 10, lengthBytes: null, checksum: null };
    const { Readable } = await import('node:stream');
    await running.archive.uploads.write.run(officer, assetId, { ...piece, body: Readable.from([content]) });
    expect(await linkOf(assetId)).toBeNull();
    expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
    await setState('open');
  });

  it('takes the level of its case, and is seen by who may see the case, wherever it came from', async () => {
    const admin = await running.person(['administrator']);
    const [team, elsewhere] = await Promise.all(
      ['一队', '二队'].map((name) => running.archive.people.createUnit.run(admin, { name, parentId: admin.unitId })),
    );
    const guest = await running.person(['officer'], elsewhere?.id ?? '');
    const owner = await running.person(['officer'], team?.id ?? '');
    const normal = await openedCase(running, owner, { officerIds: [guest.accountId] });
    const restricted = await openedCase(running, owner, { level: 'restricted' });
    const { assetId } = await received(running, guest, randomBytes(10), {
      target: { caseId: normal.caseId, occurrenceId: normal.step('lead') },
    });
    const archivist = await running.person(['archivist'], team?.id ?? '');
    const view = (actor: Actor) => running.archive.assets.view.run(actor, assetId);
    const any = { search: null, isLinked: null, isMine: false, kind: null, custody: null, cursor: null, limit: 10 };
    const listed = await running.archive.assets.list.run(archivist, { ...any, caseId: normal.caseId });
    expect(listed.items.map((line) => line.asset.id)).toEqual([assetId]);
    expect((await view(archivist)).asset.level).toBe('normal');

    const wish = { ...NO_REASON, caseId: restricted.caseId, occurrenceId: restricted.step('lead'), reason: '并案' };
    await link(owner, assetId, wish);
    expect((await view(owner)).asset.level).toBe('restricted');
    await expect(view(archivist)).rejects.toMatchObject(NOT_FOUND);
    await expect(running.archive.assets.openOriginal.run(archivist, assetId, 'asset.download')).rejects.toMatchObject(
      NOT_FOUND,
    );
  });

  it('is counted right however many are moved at once', async () => {
    const files = await Promise.all(Array.from({ length: 3 }, () => openedCase(running, officer)));
    const assets = await Promise.all(
      Array.from({ length: 9 }, async (_, i) => {
        const start = files[i % 3] as (typeof files)[number];
        const target = { caseId: start.caseId, occurrenceId: start.step('lead') };
        return { ...(await received(running, officer, randomBytes(10), { target })), at: i % 3 };
      }),
    );
    for (let round = 1; round <= 3; round++) {
      await Promise.all(
        assets.map(({ assetId, at }, i) => {
          // Some move on, some back: in both directions between any two cases.
          const to = files[(at + (i % 2 === 0 ? round : 2 * round)) % 3] as (typeof files)[number];
          const wish = { ...NO_REASON, caseId: to.caseId, occurrenceId: to.step('interview'), reason: '调整' };
          return link(officer, assetId, wish);
        }),
      );
      const counted = await Promise.all(files.map(({ caseId }) => countOf(caseId)));
      const rows = await Promise.all(
        files.map(async ({ caseId }) => {
          const [row] = await running.parts.database.reader.query(
            'SELECT count(*)::int AS n FROM asset_links WHERE case_id = $1',
            [caseId],
          );
          return row.n;
        }),
      );
      expect(counted).toEqual(rows);
    }
  });

  it('and while the title of the case changes', async () => {
    const { caseId, step } = await openedCase(running, officer);
    const assets = await Promise.all(Array.from({ length: 5 }, () => received(running, officer, randomBytes(10))));
    const wish = { ...NO_REASON, caseId, reason: '调整' };
    await Promise.all([
      ...assets.map(({ assetId }) => link(officer, assetId, { ...wish, occurrenceId: step('lead') })),
      running.archive.cases.change.run(officer, caseId, { title: '改名后甲乙', reason: '更正' }),
      ...assets.map(({ assetId }) => link(officer, assetId, { ...wish, occurrenceId: step('interview') })),
      running.archive.cases.change.run(officer, caseId, { title: '终名丙丁', reason: '更正' }),
    ]);
    const any = { caseId: null, isLinked: null, isMine: false, kind: null, custody: null, cursor: null, limit: 100 };
    const { items } = await running.archive.assets.list.run(officer, {
      ...any,
      search: (await titleOf(caseId)).slice(0, 4),
    });
    expect(items.map((line) => line.asset.id).sort()).toEqual(assets.map(({ assetId }) => assetId).sort());
  });

  const titleOf = async (caseId: Id) => (await running.archive.cases.view.run(officer, caseId)).record.title;

  describe('is replayed', () => {
    const looked = (change: Partial<LookFacts>): LookFacts => ({
      kind: 'video',
      mime: 'video/mp4',
      playMode: 'native',
      unviewable: null,
      durationMs: 60_000,
      pageCount: null,
      deviceTime: null,
      place: null,
      facts: {},
      renditions: [],
      ...change,
    });

    it('by step, then by the time the device says, with gaps and overlaps named', async () => {
      const { caseId, step } = await openedCase(running, officer);
      const file = async (stepId: string, deviceTime: string, change: Partial<LookFacts> = {}): Promise<Id> => {
        const { assetId } = await received(running, officer, randomBytes(10), {
          target: { caseId, occurrenceId: step(stepId) },
        });
        const source = 'container' as const;
        await running.archive.work.look.run(assetId, async () =>
          looked({ deviceTime: { raw: deviceTime, source }, ...change }),
        );
        return assetId;
      };
      const late = await file('interview', '2026-11-01 09:05:00');
      const early = await file('interview', '2026-11-01 09:00:00');
      const beside = await file('interview', '2026-11-01T01:00:30Z');
      const photo = await file('interview', '2026-11-01 09:02:00', { kind: 'photo', durationMs: null });
      const lead = await file('lead', '2026-11-02 10:00:00');

      const { chapters } = await running.archive.cases.replay.run(officer, caseId);
      const [first, fourth] = ['lead', 'interview'].map((id) => chapters.find((chapter) => chapter.step.id === id));
      expect(chapters[0]).toBe(first);
      expect(first?.items.map((item) => item.assetId)).toEqual([lead]);
      // A device time without a zone is the wall clock of the place.
      expect(fourth?.items.map((item) => item.assetId)).toEqual([early, beside, photo, late]);
      const at = (time: string) => Date.parse(time);
      expect(fourth?.overlaps).toEqual([
        {
          afterAssetId: early,
          beforeAssetId: beside,
          startMs: at('2026-11-01T01:00:30Z'),
          endMs: at('2026-11-01T01:01:00Z'),
        },
      ]);
      expect(fourth?.gaps).toEqual([
        {
          afterAssetId: beside,
          beforeAssetId: late,
          startMs: at('2026-11-01T01:01:30Z'),
          endMs: at('2026-11-01T01:05:00Z'),
        },
      ]);
    });

    it('with a range where it begins in time, and as long as it is', async () => {
      const { caseId, step } = await openedCase(running, officer);
      const { assetId } = await received(running, officer, randomBytes(10));
      const raw = '2026-11-01T08:00:00+08:00';
      await running.archive.work.look.run(assetId, async () =>
        looked({ deviceTime: { raw, source: 'container' }, durationMs: 600_000 }),
      );
      const range = { startMs: 120_000, endMs: 150_000 };
      await link(officer, assetId, { caseId, occurrenceId: step('lead'), range, purpose: null, reason: null });
      const { chapters } = await running.archive.cases.replay.run(officer, caseId);
      expect(chapters.flatMap((chapter) => chapter.items)).toMatchObject([
        { assetId, atMs: Date.parse(raw) + 120_000, durationMs: 30_000 },
      ]);
    });

    it.each([
      ['a recorder that lost its clock', '1970-01-01 08:00:00'],
      ['a time that is none', '0000-00-00 00:00:00'],
      ['a time to come', '2999-01-01 00:00:00'],
    ])('by the time of receipt for %s, whose word is kept', async (_what, raw) => {
      const { assetId } = await received(running, officer, randomBytes(10));
      await running.archive.work.look.run(assetId, async () => looked({ deviceTime: { raw, source: 'container' } }));
      const { asset } = await running.archive.assets.view.run(officer, assetId);
      expect(asset).toMatchObject({ deviceRaw: raw, atSource: 'received', at: asset.receivedAt });
    });
  });
});
