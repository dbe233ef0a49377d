import { randomBytes } from 'node:crypto';
import type { LookFacts } from '#archive';
import { unexplainedGapsOf } from '#archive';
import type { Actor, Id } from '#domain';
import { assetRepository, assetSourceRepository, ledgerRepository } from '#persistence';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { checked, closableCase, openedCase, received } from './work.js';

const NOT_FOUND = { code: 'not-found' };
const T = (text: string): Date => new Date(text);
/** The agency's clock is eight hours east. */
const name = (serial: string, officer: string, local: string, n: number): string =>
  `${serial}_${officer}_${local}_${String(n).padStart(4, '0')}.mp4`;

function looked(durationMs: number, deviceTime: string | null = null): LookFacts {
  return {
    ...{ kind: 'video', mime: 'video/mp4', playMode: 'native', unviewable: null, durationMs, pageCount: null },
    deviceTime: deviceTime === null ? null : { raw: deviceTime, source: 'container' },
    ...{ place: null, facts: {}, renditions: [] },
  };
}

describe('recorders', () => {
  let running: RunningArchive;
  let keeper: Actor;
  let officer: Actor;
  let colleague: Actor;
  let serials = 0;

  beforeAll(async () => {
    running = await runArchive();
    keeper = await running.person(['archivist']);
    officer = await running.person(['officer']);
    colleague = await running.person(['officer']);
  });
  beforeEach(() => running.clock.set(T('2026-11-21T10:00:00Z')));
  afterAll(() => checked(running));

  const reader = () => running.parts.database.reader;
  const bodies = async (chain: `asset:${Id}` | `case:${Id}` | `recorder:${Id}`) =>
    (await ledgerRepository.page(reader(), chain, 0, 1000)).map((event) => JSON.parse(event.leaf.toString('utf8')));
  const types = async (chain: Parameters<typeof bodies>[0]) => (await bodies(chain)).map(({ type }) => type);

  async function aRecorder(kind: 'recorder' | 'dock' = 'recorder'): Promise<{ id: Id; serial: string }> {
    serials += 1;
    const serial = `DSJ${String(serials).padStart(7, '0')}`;
    const plan = { kind, unitId: keeper.unitId, serial, maker: '某厂', model: 'X1' };
    return { id: await running.archive.recorders.add.run(keeper, plan), serial };
  }

  const issue = (id: Id, to: Actor, at: string, officerNumber: string | null = null) =>
    running.archive.recorders.issue.run(keeper, id, { accountId: to.accountId, officerNumber, at: T(at) });
  const takeBack = (id: Id, at: string) =>
    running.archive.recorders.takeBack.run(keeper, id, { at: T(at), note: null });
  const handIn = async (fileName: string, by: Actor = keeper): Promise<Id> =>
    (await received(running, by, randomBytes(64), { fileName })).assetId;
  const assetOf = async (id: Id) => {
    const asset = await assetRepository.find(reader(), id);
    if (!asset) throw new Error('no asset');
    return asset;
  };
  const sourceOf = (id: Id) => assetSourceRepository.find(reader(), id);

  describe('the register', () => {
    it('keeps each number once, however it is written', async () => {
      const { serial } = await aRecorder();
      const plan = {
        kind: 'recorder' as const,
        unitId: keeper.unitId,
        serial: serial.toLowerCase(),
        maker: 'a',
        model: 'b',
      };
      await expect(running.archive.recorders.add.run(keeper, plan)).rejects.toMatchObject({ code: 'recorder-known' });
    });

    it('is kept by archivists, supervisors and administrators', async () => {
      const { id } = await aRecorder();
      const plan = { kind: 'recorder' as const, unitId: keeper.unitId, serial: 'OTHER-1', maker: 'a', model: 'b' };
      await expect(running.archive.recorders.add.run(officer, plan)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(
        running.archive.recorders.issue.run(officer, id, {
          accountId: officer.accountId,
          officerNumber: null,
          at: null,
        }),
      ).rejects.toMatchObject(NOT_FOUND);
      expect((await running.archive.recorders.view.run(officer, id)).mayKeep).toBe(false);
    });

    it('knows who had it when, and lets nobody have it twice', async () => {
      const { id } = await aRecorder();
      await issue(id, officer, '2026-11-20T00:00:00Z', '012345');
      await expect(issue(id, colleague, '2026-11-20T01:00:00Z')).rejects.toMatchObject({ code: 'recorder-issued' });
      await expect(takeBack(id, '2026-11-19T00:00:00Z')).rejects.toMatchObject({ code: 'invalid-input' });
      await takeBack(id, '2026-11-20T10:00:00Z');
      await expect(takeBack(id, '2026-11-20T11:00:00Z')).rejects.toMatchObject({ code: 'precondition-failed' });
      // While he had it, though it is back by now.
      await expect(issue(id, colleague, '2026-11-20T09:00:00Z')).rejects.toMatchObject({ code: 'recorder-issued' });
      await expect(issue(id, colleague, '2026-11-22T00:00:00Z')).rejects.toMatchObject({ code: 'invalid-input' });
      await issue(id, colleague, '2026-11-20T10:00:00Z');
      const { issues, holder } = await running.archive.recorders.view.run(keeper, id);
      expect(issues.map(({ accountId }) => accountId)).toEqual([colleague.accountId, officer.accountId]);
      expect(holder?.id).toBe(colleague.accountId);
      expect(await types(`recorder:${id}`)).toEqual([
        'recorder.added',
        'recorder.issued',
        'recorder.returned',
        'recorder.issued',
      ]);
    });

    it('takes a faulty one out of use until it is repaired', async () => {
      const { id } = await aRecorder();
      const check = running.archive.recorders.recordCheck;
      await expect(check.run(keeper, id, { kind: 'fault', passed: false, findings: null })).rejects.toMatchObject({
        code: 'invalid-input',
      });
      await check.run(keeper, id, { kind: 'fault', passed: false, findings: '无法开机' });
      await expect(issue(id, officer, '2026-11-21T08:00:00Z')).rejects.toMatchObject({ code: 'recorder-unusable' });
      await check.run(keeper, id, { kind: 'repair', passed: true, findings: '已换电池' });
      await issue(id, officer, '2026-11-21T08:00:00Z');
      const retire = { state: 'retired' as const, reason: '报废' };
      await expect(running.archive.recorders.change.run(keeper, id, retire)).rejects.toMatchObject({
        code: 'recorder-issued',
      });
      await takeBack(id, '2026-11-21T09:00:00Z');
      await running.archive.recorders.change.run(keeper, id, retire);
      expect((await running.archive.recorders.view.run(keeper, id)).recorder.state).toBe('retired');
    });

    it('tells how many there are for how many officers', async () => {
      const root = keeper.unitId;
      const chief = await running.person(['administrator']);
      const unit = await running.archive.people.createUnit.run(chief, { name: '配备率一队', parentId: root });
      await running.person(['officer'], unit.id);
      await running.person(['officer'], unit.id);
      const plan = { kind: 'recorder' as const, unitId: unit.id, serial: 'RATIO-1', maker: 'a', model: 'b' };
      await running.archive.recorders.add.run(chief, plan);
      const { ratios } = await running.archive.recorders.list.run(chief);
      expect(ratios.find(({ unitId }) => unitId === unit.id)).toMatchObject({ officers: 2, recorders: 1 });
    });
  });

  describe('at receipt', () => {
    it('reads the name, finds the recorder and who carried it', async () => {
      const { id, serial } = await aRecorder();
      await issue(id, officer, '2026-11-21T00:00:00Z');
      const assetId = await handIn(name(serial, '012345', '20261121080501', 7));
      expect(await sourceOf(assetId)).toMatchObject({
        ...{ recorderId: id, officerId: officer.accountId, officerNumber: '012345', sequence: 7, device: serial },
        ...{ ruleId: 'device-officer-time-number', ruleVersion: 1, namedTime: '2026-11-21 08:05:01', statedBy: null },
      });
      const asset = await assetOf(assetId);
      expect([asset.at.toISOString(), asset.atSource, asset.deviceRaw, asset.deviceSource]).toEqual([
        '2026-11-21T00:05:01.000Z',
        'device',
        '2026-11-21 08:05:01',
        'name',
      ]);
      const events = await bodies(`asset:${assetId}`);
      expect(events.map(({ type }) => type)).toEqual(['asset.begun', 'asset.received', 'asset.identified']);
      expect(events[2]).toMatchObject({
        on: [`recorder:${id}`],
        public: { recorder: id, officer: officer.accountId, sequence: 7, rule: 'device-officer-time-number' },
      });
      expect(Object.keys(events[2].committed).sort()).toEqual(['device', 'officer_number']);
    });

    it('what an officer carried is his, whoever docked the recorder', async () => {
      const { id, serial } = await aRecorder();
      await issue(id, officer, '2026-11-21T00:00:00Z');
      const assetId = await handIn(name(serial, '012345', '20261121090000', 1));
      expect((await running.archive.assets.view.run(officer, assetId)).mayLink).toBe(true);
      await expect(running.archive.assets.view.run(colleague, assetId)).rejects.toMatchObject(NOT_FOUND);
      const own = await running.archive.sorting.list.run(officer, { cursor: null, limit: 100 });
      expect(own.items.map(({ line }) => line.asset.id)).toContain(assetId);
      const others = await running.archive.sorting.list.run(colleague, { cursor: null, limit: 100 });
      expect(others.items.map(({ line }) => line.asset.id)).not.toContain(assetId);
    });

    it('goes by the number in the name where the register is silent', async () => {
      const { id, serial } = await aRecorder();
      await issue(id, colleague, '2026-11-01T00:00:00Z', '778899');
      await takeBack(id, '2026-11-02T00:00:00Z');
      const assetId = await handIn(name(serial, '778899', '20261121090000', 1));
      expect((await sourceOf(assetId))?.officerId).toBe(colleague.accountId);
      const nobody = await handIn(name(serial, '000000', '20261121090000', 2));
      expect((await sourceOf(nobody))?.officerId).toBeNull();
    });

    it('leaves a name it does not know alone: the asset waits, and a person says what it is', async () => {
      const { id } = await aRecorder();
      await issue(id, officer, '2026-11-21T00:00:00Z');
      const assetId = await handIn('现场第三段.mp4', officer);
      expect(await sourceOf(assetId)).toBeNull();
      const [item] = (await running.archive.sorting.list.run(officer, { cursor: null, limit: 1 })).items;
      expect([item?.line.asset.id, item?.source.source]).toEqual([assetId, null]);
      const state = running.archive.sorting.state;
      await expect(state.run(officer, assetId, { recorderId: null, officerId: null })).rejects.toMatchObject({
        code: 'invalid-input',
      });
      await expect(state.run(colleague, assetId, { recorderId: id, officerId: null })).rejects.toMatchObject(NOT_FOUND);
      await state.run(officer, assetId, { recorderId: id, officerId: officer.accountId });
      expect(await sourceOf(assetId)).toMatchObject({
        ...{ recorderId: id, officerId: officer.accountId, statedBy: officer.accountId, ruleId: null },
      });
      expect((await types(`asset:${assetId}`)).at(-1)).toBe('asset.identified');
    });

    it('reads unknown names again, and finds nothing where nothing is new', async () => {
      await expect(running.archive.sorting.readNamesAgain.run(officer)).rejects.toMatchObject({ code: 'forbidden' });
      await handIn('又一段.mp4', officer);
      const done = await running.archive.sorting.readNamesAgain.run(keeper);
      expect(done.looked).toBeGreaterThan(0);
      expect(done.read).toBe(0);
    });

    it('becomes a recorder’s once the recorder is entered', async () => {
      serials += 1;
      const serial = `LATE${serials}00000`;
      const assetId = await handIn(name(serial, '909090', '20261121080000', 1));
      expect((await sourceOf(assetId))?.recorderId).toBeNull();
      const plan = { kind: 'recorder' as const, unitId: keeper.unitId, serial, maker: 'a', model: 'b' };
      const id = await running.archive.recorders.add.run(keeper, plan);
      expect((await sourceOf(assetId))?.recorderId).toBe(id);
      await issue(id, officer, '2026-11-20T22:00:00Z');
      expect((await sourceOf(assetId))?.officerId).toBe(officer.accountId);
      expect((await types(`asset:${assetId}`)).filter((type) => type === 'asset.identified')).toHaveLength(3);
    });
  });

  describe('clocks', () => {
    const measure = (id: Id, at: string, deviceTime: string, wasSet = false) =>
      running.archive.recorders.measureClock.run(keeper, id, {
        ...{ source: 'dock' as const, at: T(at), deviceTime, reference: null, wasSet },
      });

    it('a recorder of 1970: its clips stand where they belong once its clock is measured; the raw value stays', async () => {
      const { id, serial } = await aRecorder();
      await issue(id, officer, '2026-11-21T00:00:00Z');
      const assetId = await handIn(name(serial, '012345', '19700101083000', 1));
      let asset = await assetOf(assetId);
      expect([asset.atSource, asset.offsetMs]).toEqual(['received', null]);
      expect((await running.archive.sorting.viewRecording.run(officer, assetId)).line.flags).toMatchObject([
        { code: 'clock-lost' },
      ]);
      // At 09:00Z the recorder says 10:00 of its first day, Beijing time: the clip began 90 minutes before.
      const done = await measure(id, '2026-11-21T09:00:00Z', '1970-01-01 10:00:00');
      expect(done.corrected).toBe(1);
      asset = await assetOf(assetId);
      expect([asset.at.toISOString(), asset.atSource, asset.deviceRaw, asset.offsetSource]).toEqual([
        '2026-11-21T07:30:00.000Z',
        'device',
        '1970-01-01 08:30:00',
        'dock',
      ]);
      expect((await sourceOf(assetId))?.officerId).toBe(officer.accountId);
      const corrected = (await bodies(`asset:${assetId}`)).find(({ type }) => type === 'asset.clock_corrected');
      expect(corrected.public).toMatchObject({ offset_ms: asset.offsetMs, source: 'dock', at_source: 'device' });
    });

    it('eight hours fast: flagged before, in order after', async () => {
      const { id, serial } = await aRecorder();
      await issue(id, officer, '2026-11-21T00:00:00Z');
      const assetId = await handIn(name(serial, '012345', '20261122010000', 1));
      const flagsOf = async () =>
        (await running.archive.sorting.viewRecording.run(keeper, assetId)).line.flags.map(({ code }) => code);
      expect(await flagsOf()).toEqual(['after-receipt']);
      const { errorMs } = await measure(id, '2026-11-21T09:30:00Z', '2026-11-22 01:30:00');
      expect(errorMs).toBe(8 * 3_600_000);
      expect((await assetOf(assetId)).at.toISOString()).toBe('2026-11-21T09:00:00.000Z');
      expect(await flagsOf()).toEqual([]);
    });

    it('local time written as UTC in the container shows as hours off; the name counts', async () => {
      const { serial } = await aRecorder();
      const assetId = await handIn(name(serial, '012345', '20261121080000', 1));
      await running.archive.work.look.run(assetId, async () => looked(60_000, '2026-11-21T08:00:02Z'));
      expect((await assetOf(assetId)).at.toISOString()).toBe('2026-11-21T00:00:00.000Z');
      const { line } = await running.archive.sorting.viewRecording.run(keeper, assetId);
      expect(line.flags.map(({ code }) => code)).toEqual(['hours-off']);
    });

    it('is measured by a recording of a clock that is right', async () => {
      const { id, serial } = await aRecorder();
      const assetId = await handIn(name(serial, '012345', '20261121080000', 1), keeper);
      await running.archive.work.look.run(assetId, async () => looked(60_000));
      const wish = {
        ...{ source: 'reference-recording' as const, at: T('2026-11-21T00:00:05Z'), deviceTime: null, wasSet: false },
        reference: { assetId, positionMs: 30_000 },
      };
      const { errorMs } = await running.archive.recorders.measureClock.run(keeper, id, wish);
      expect(errorMs).toBe(25_000);
      expect((await assetOf(assetId)).at.toISOString()).toBe('2026-11-20T23:59:35.000Z');
      const other = await aRecorder();
      const measureBy = (recorderId: Id, change: Partial<typeof wish> = {}) =>
        running.archive.recorders.measureClock.run(keeper, recorderId, { ...wish, ...change });
      await expect(measureBy(other.id)).rejects.toMatchObject({ details: { problems: ['reference'] } });
      await expect(measureBy(id, { reference: { assetId, positionMs: 60_001 } })).rejects.toMatchObject({
        details: { problems: ['reference'] },
      });
      await expect(measureBy(id, { at: T('2027-01-01T00:00:00Z') })).rejects.toMatchObject({
        details: { problems: ['at'] },
      });
    });

    it('a clip put in another place in time changes what is due of its step, at once', async () => {
      const [one, other] = [await aRecorder(), await aRecorder()];
      const { caseId, step } = await openedCase(running, officer);
      const occurrenceId = step('seizure');
      const states = async (): Promise<string[]> =>
        (await running.archive.law.due.run(officer, { kind: null, cursor: null, limit: 200 })).items
          .filter(({ line }) => line.caseId === caseId && line.occurrenceId === occurrenceId)
          .filter(({ line }) => line.words.zh.includes('音像') || line.ref === 'recordings-hand-in')
          .map(({ line }) => `${line.kind} ${line.words.zh}`);
      await running.archive.cases.changeOccurrence.run(officer, caseId, occurrenceId, { state: 'open' });
      for (const [serial, local, n] of [
        [one.serial, '20261121080000', 1],
        [other.serial, '20261121080100', 2],
      ] as const) {
        const target = { caseId, occurrenceId };
        const { assetId } = await received(running, officer, randomBytes(40), {
          ...{ fileName: name(serial, '012345', local, n), target },
        });
        await running.archive.work.look.run(assetId, async () => looked(60_000));
      }
      expect(await states()).toEqual([]);
      // The second was twenty minutes fast: there is a break between the two.
      await measure(other.id, '2026-11-21T09:00:00Z', '2026-11-21 17:20:00');
      expect(await states()).toEqual([expect.stringContaining('中断 1 处')]);
      // Its clip is of the other recorder, whose clock is right.
      const [wrong] = await reader().query('SELECT asset_id AS id FROM asset_sources WHERE recorder_id = $1', [
        other.id,
      ]);
      await running.archive.sorting.state.run(officer, wrong.id, { recorderId: one.id, officerId: null });
      expect(await states()).toEqual([]);
    });

    it('leaves what is in a closed case as it is', async () => {
      const { id, serial } = await aRecorder();
      await issue(id, officer, '2026-11-21T00:00:00Z');
      const { caseId, step } = await closableCase(running, officer);
      const target = { caseId, occurrenceId: step('lead') };
      const fileName = name(serial, '012345', '20261121080000', 1);
      const { assetId } = await received(running, officer, randomBytes(50), { fileName, target });
      await running.archive.work.seal.run(assetId);
      await running.archive.cases.close.run(officer, caseId, { manner: 'other', reason: '测试', despite: [] });
      const before = await assetOf(assetId);
      expect((await measure(id, '2026-11-21T09:00:00Z', '2026-11-21 17:01:00')).corrected).toBe(0);
      expect(await assetOf(assetId)).toEqual(before);
    });

    it('drift of more than three seconds a day is flagged', async () => {
      const { id } = await aRecorder();
      await measure(id, '2026-11-19T00:00:00Z', '2026-11-19 08:00:00');
      await measure(id, '2026-11-21T00:00:00Z', '2026-11-21 08:00:07');
      const detail = await running.archive.recorders.view.run(keeper, id);
      expect(detail.drift).toMatchObject({ msPerDay: 3_500, isTooMuch: true });
      expect(detail.clocks.map(({ source }) => source)).toEqual(['dock', 'dock']);
    });
  });

  describe('lists of what a device has', () => {
    const gbk = (text: string): Buffer =>
      // 文件名,文件大小,录制时间 and the like, in the bytes a Chinese dock writes.
      Buffer.from(GBK_CSV.replace('{rows}', Buffer.from(text).toString('hex')), 'hex');
    const GBK_CSV = 'cec4bcfec3fb2ccec4bcfeb4f3d0a12cc2bcd6c6cab1bce40d0a{rows}';

    it('shows what was listed and never came, by recorder and day', async () => {
      const { id, serial } = await aRecorder();
      const [came, shorter, lost] = [1, 2, 3].map((n) => name(serial, '012345', `2026112108000${n}`, n)) as [
        string,
        string,
        string,
      ];
      await handIn(came, officer);
      await handIn(shorter, officer);
      const rows = `${came},64,2026-11-21 08:00:01\r\nD:\\DCIM\\${shorter},999,2026-11-21 08:00:02\r\n${lost},5000,2026/11/21 8:00:03\r\n`;
      const list = { fileName: '清单.csv', body: gbk(rows) };
      await running.archive.recorders.importList.run(keeper, id, list);
      await expect(running.archive.recorders.importList.run(keeper, id, list)).rejects.toMatchObject({
        code: 'list-known',
      });
      const { days, notCome } = await running.archive.recorders.arrivals.run(keeper, { recorderId: id, since: null });
      expect(days).toEqual([
        { ...{ day: '2026-11-21', recorderId: id, device: null, serial }, ...{ listed: 3, came: 1, different: 1 } },
      ]);
      expect(notCome.map(({ fileName, arrival, sizeBytes }) => [fileName, arrival, sizeBytes])).toEqual([
        [shorter, 'different', 999],
        [lost, 'never-came', 5000],
      ]);
      await received(running, officer, randomBytes(5_000), { fileName: lost });
      const later = await running.archive.recorders.arrivals.run(keeper, { recorderId: id, since: '2026-11-21' });
      expect(later.notCome).toHaveLength(1);
      expect((await bodies(`recorder:${id}`)).at(-1)).toMatchObject({
        type: 'recorder.list_imported',
        public: { entries: 3, format: 'csv', encoding: 'gb18030' },
      });
      expect((await running.archive.recorders.view.run(keeper, id)).lists).toHaveLength(1);
    });

    it('a dock lists files of many recorders, in JSON', async () => {
      const dock = await aRecorder('dock');
      const one = await aRecorder();
      const files = [
        { FileName: name(one.serial, '111', '20261121080000', 1), Size: 10 },
        { FileName: 'a.mp4', DeviceId: 'STRANGE-9', RecordTime: '20261120080000', CameraImp: 1 },
      ];
      const body = Buffer.from(JSON.stringify({ total: 2, files }));
      await running.archive.recorders.importList.run(keeper, dock.id, { fileName: 'dock.json', body });
      const { days } = await running.archive.recorders.arrivals.run(keeper, { recorderId: null, since: null });
      expect(days.find(({ serial }) => serial === 'STRANGE-9')).toMatchObject({
        day: '2026-11-20',
        listed: 1,
        came: 0,
      });
      expect(days.find(({ recorderId }) => recorderId === one.id)).toMatchObject({ listed: 1, came: 0 });
    });

    it.each([
      ['no columns of ours', 'a,b\n1,2\n', /文件名/],
      ['nothing in it', '文件名,大小\n', /没有文件/],
      ['a quote that never ends', '文件名\n"a.mp4\n', /CSV/],
      ['JSON that is none', '[{"name":"a.mp4"}', /JSON/],
      ['a name twice in one object', '[{"name":"a.mp4","name":"b.mp4"}]', /JSON/],
      ['a list of no objects', '["a.mp4"]', /对象/],
      ['a video', Buffer.from([0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70, 0xff, 0xff, 0x81, 0xff]), /文本|CSV|文件名/],
    ])('refuses %s, and says why', async (_, content, words) => {
      const { id } = await aRecorder();
      const refused = running.archive.recorders.importList.run(keeper, id, {
        fileName: 'x',
        body: Buffer.from(content),
      });
      const error = await refused.then(
        () => null,
        (reason: { code: string; details: { problems: string[] } }) => reason,
      );
      expect(error?.code).toBe('invalid-input');
      expect(error?.details.problems.join()).toMatch(words);
      expect(await types(`recorder:${id}`)).toEqual(['recorder.added']);
    });
  });

  describe('breaks of a recording', () => {
    it('ask for an explanation until there is one, and again when the break grows', async () => {
      const { id, serial } = await aRecorder();
      await issue(id, officer, '2026-11-20T23:00:00Z');
      const { caseId, step } = await openedCase(running, officer);
      const occurrenceId = step('site-inspection');
      const clip = async (local: string, n: number, durationMs: number): Promise<Id> => {
        const fileName = name(serial, '012345', local, n);
        const { assetId } = await received(running, officer, randomBytes(40), {
          ...{ fileName, target: { caseId, occurrenceId } },
        });
        await running.archive.work.look.run(assetId, async () => looked(durationMs));
        return assetId;
      };
      const first = await clip('20261121080000', 1, 60_000);
      const second = await clip('20261121080130', 2, 60_000);
      expect(await unexplainedGapsOf(reader(), caseId)).toEqual(new Map([[occurrenceId, 1]]));
      // A limit the agency set wider than the break.
      expect(await unexplainedGapsOf(reader(), caseId, 30_000)).toEqual(new Map());
      const wish = { occurrenceId, afterAssetId: first, beforeAssetId: second, text: '更换电池' };
      const explain = running.archive.cases.explainGap;
      await expect(explain.run(officer, caseId, { ...wish, afterAssetId: second })).rejects.toMatchObject({
        code: 'gap-gone',
      });
      await expect(explain.run(colleague, caseId, wish)).rejects.toMatchObject(NOT_FOUND);
      await explain.run(officer, caseId, wish);
      expect(await unexplainedGapsOf(reader(), caseId)).toEqual(new Map());
      expect((await bodies(`case:${caseId}`)).at(-1)).toMatchObject({
        type: 'case.gap_explained',
        public: { occurrence: occurrenceId, after: first, before: second },
      });
      const { chapters, explanationOf } = await running.archive.cases.replay.run(officer, caseId);
      const gap = chapters.flatMap(({ gaps }) => gaps)[0];
      expect(gap && explanationOf(gap)?.text).toBe('更换电池');

      // What was between is moved apart: a break twice as long is another one.
      const owner = running.parts.database.reader;
      await owner.query(`UPDATE assets SET duration_ms = 20000 WHERE id = $1`, [first]);
      expect(await unexplainedGapsOf(reader(), caseId)).toEqual(new Map([[occurrenceId, 1]]));
    });

    it('clips of one recording are told together, with what is missing between them', async () => {
      const { id, serial } = await aRecorder();
      await issue(id, officer, '2026-11-20T23:00:00Z');
      const ids: Id[] = [];
      for (const [local, n] of [
        ['20261121080000', 1],
        ['20261121080100', 2],
        ['20261121080310', 4],
      ] as const) {
        const assetId = await handIn(name(serial, '012345', local, n));
        await running.archive.work.look.run(assetId, async () => looked(60_000));
        ids.push(assetId);
      }
      const { recording } = await running.archive.sorting.viewRecording.run(officer, ids[1] ?? '');
      expect(recording?.clips.map(({ assetId }) => assetId)).toEqual(ids);
      expect(recording?.missingSequences).toEqual([3]);
      expect(recording?.gaps).toHaveLength(1);
    });
  });

  describe('sorting', () => {
    it('offers material to the step whose officer, time and recorder fit; one click ties it, and the event says by which rule', async () => {
      const { id, serial } = await aRecorder();
      await issue(id, officer, '2026-11-20T22:00:00Z');
      const { caseId, step } = await openedCase(running, officer);
      const occurrenceId = step('site-inspection');
      await running.archive.cases.changeOccurrence.run(officer, caseId, occurrenceId, {
        ...{ state: 'done' as const, startedAt: T('2026-11-21T05:00:00Z'), endedAt: T('2026-11-21T06:00:00Z') },
      });
      const inside = await handIn(name(serial, '012345', '20261121131000', 1));
      const outside = await handIn(name(serial, '012345', '20261121090000', 2));
      const itemOf = async (assetId: Id, actor = officer) =>
        (await running.archive.sorting.list.run(actor, { cursor: null, limit: 100 })).items.find(
          ({ line }) => line.asset.id === assetId,
        );
      const [proposal] = (await itemOf(inside))?.proposals ?? [];
      expect(proposal).toMatchObject({ caseId, occurrenceId, isClear: true });
      expect(proposal?.reasons.map(({ zh }) => zh).join('；')).toMatch(/领用该记录仪.*进行期间/);
      expect((await itemOf(outside))?.proposals).toEqual([]);
      // Who may not tie it is offered nothing.
      const supervisor = await running.person(['supervisor']);
      expect(await itemOf(inside, supervisor)).toMatchObject({ mayLink: false, proposals: [] });

      const second = await handIn(name(serial, '012345', '20261121132000', 3));
      const wish = [inside, outside, second].map((assetId) => ({ assetId, occurrenceId }));
      const codes = (results: readonly { error: { code: string } | null }[]) =>
        results.map(({ error }) => error?.code ?? null);
      // Nobody ties by one click what he could not tie by hand, nor into a case he may not add to.
      expect(codes(await running.archive.sorting.accept.run(supervisor, wish))).toEqual(Array(3).fill('not-found'));
      const stranger = await running.person(['officer']);
      expect(codes(await running.archive.sorting.accept.run(stranger, wish))).toEqual(Array(3).fill('not-found'));
      const own = await handIn(name(serial, '012345', '20261121133000', 4), stranger);
      expect(codes(await running.archive.sorting.accept.run(stranger, [{ assetId: own, occurrenceId }]))).toEqual([
        'precondition-failed',
      ]);
      expect(codes(await running.archive.sorting.accept.run(officer, wish))).toEqual([
        null,
        'precondition-failed',
        null,
      ]);
      for (const chain of [`asset:${second}`, `case:${caseId}`] as const) {
        const { items } = await running.archive.ledger.listEvents.run(
          officer,
          { kind: chain.startsWith('case') ? 'case' : 'asset', id: chain.split(':')[1] ?? '' },
          { afterSeq: 0, limit: 1000 },
        );
        const told = items.findLast(({ event }) => event.type.endsWith('linked'));
        // Of the second also that the first has the same recorder.
        const because = expect.arrayContaining(proposal?.reasons.map(({ zh }) => zh) ?? []);
        expect(told?.opened.proposed_because).toEqual(because);
      }
      const linked = (await bodies(`asset:${inside}`)).at(-1);
      expect(linked).toMatchObject({
        type: 'asset.linked',
        public: { case: caseId, proposed_by: { id: 'officer-recorder-time', version: 1 } },
      });
      const again = await running.archive.sorting.accept.run(officer, [{ assetId: inside, occurrenceId }]);
      expect(again[0]?.error?.code).toBe('conflict');
      expect(await itemOf(inside)).toBeUndefined();
    });
  });
});
