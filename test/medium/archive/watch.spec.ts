import { randomBytes } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { assembleArchive } from '#archive';
import { type Actor, ArchiveError, type Id } from '#domain';
import type { ObjectStore } from '#object-store';
import { assetCheckRepository, ledgerRepository } from '#persistence';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { flipByteOnDisk } from '../../support/storage-root.js';
import { scrub, sealedOriginal, toldOf } from '../threats/threat-work.js';
import { storeWith } from './store-with.js';
import { MEBIBYTE, openedCase, received } from './work.js';

const DAY_MS = 86_400_000;

describe('the watch over what is stored', () => {
  let running: RunningArchive;
  let officer: Actor;
  let supervisor: Actor;

  beforeEach(async () => {
    running = await runArchive();
    officer = await running.person(['officer']);
    supervisor = await running.person(['supervisor']);
  });
  afterEach(() => running.stop());

  const pathOf = (asset: { objectKey: string | null }): string =>
    join(running.dir, 'objects', 'vault', asset.objectKey ?? '');
  const findings = async (actor: Actor) =>
    (await running.archive.system.listFindings.run(actor, { cursor: null, limit: 50 })).items;
  const due = (): Promise<Id[]> =>
    assetCheckRepository.due(running.parts.database.reader, running.parts.clock.now(), 1_000);

  it('tells a finding once, a changed one again, and the recovery', async () => {
    const asset = await sealedOriginal(running, officer, 3 * MEBIBYTE);
    const before = await readFile(pathOf(asset));
    await scrub(running, asset.id);
    expect(await toldOf(running, asset.id)).toEqual([]);

    await flipByteOnDisk(pathOf(asset), 0);
    for (let i = 0; i < 3; i++) await scrub(running, asset.id);
    expect(await toldOf(running, asset.id)).toHaveLength(1);
    const [finding] = await findings(supervisor);
    running.clock.advance(1_000);
    await flipByteOnDisk(pathOf(asset), 2 * MEBIBYTE);
    await scrub(running, asset.id);
    expect(await toldOf(running, asset.id)).toMatchObject([{ bad_blocks: 1 }, { bad_blocks: 2, was: 'altered' }]);
    // It is altered since it was first seen to be, however much more is found.
    expect((await findings(supervisor))[0]?.check.since).toEqual(finding?.check.since);

    // A finding changes nothing of what is stored.
    const altered = await readFile(pathOf(asset));
    expect(altered.equals(before)).toBe(false);
    await flipByteOnDisk(pathOf(asset), 0);
    await flipByteOnDisk(pathOf(asset), 2 * MEBIBYTE);
    await scrub(running, asset.id);
    expect((await toldOf(running, asset.id)).at(-1)).toMatchObject({ result: 'intact', was: 'altered' });
    expect(await findings(supervisor)).toEqual([]);
    expect((await running.archive.system.check.run()).findings).toEqual([]);
  });

  it('knows missing from unreadable, and both from a store that is away', async () => {
    const asset = await sealedOriginal(running, officer, 1_000);
    const path = pathOf(asset);
    await rename(path, `${path}.away`);
    expect(await scrub(running, asset.id)).toEqual({ result: 'missing', also: [], facts: {} });
    await rename(`${path}.away`, path);
    expect(await scrub(running, asset.id)).toMatchObject({ result: 'intact' });

    // A bad sector: the store answers for all but this one.
    const readBlocks: ObjectStore['readBlocks'] = async () => {
      throw new ArchiveError('storage-unavailable', 'read object: EIO');
    };
    const broken = assembleArchive({ ...running.parts, store: storeWith(running.parts.store, { readBlocks }) });
    expect(await broken.work.checkAsset.run(asset.id, { cause: 'scrub' })).toMatchObject({ result: 'unreadable' });
    expect(await scrub(running, asset.id)).toMatchObject({ result: 'intact' });

    const objects = join(running.dir, 'objects');
    await rename(objects, `${objects}-away`);
    await expect(scrub(running, asset.id)).rejects.toMatchObject({ code: 'storage-unavailable' });
    await running.archive.work.checkAsset.giveUp(asset.id, 'storage-unavailable', 'scrub');
    const { findings: all } = await running.archive.system.check.run();
    await rename(`${objects}-away`, objects);
    expect(all).toContainEqual(expect.objectContaining({ where: `asset:${asset.id}`, result: 'not-run' }));
    expect((await toldOf(running, asset.id)).map(({ result, reason }) => [result, reason ?? null])).toEqual([
      ['missing', null],
      ['intact', null],
      ['unreadable', 'storage-unavailable'],
      ['intact', null],
      ['not-run', 'storage-unavailable'],
    ]);
    // Looked at again within a day, not within the period.
    running.clock.advance(DAY_MS + 1_000);
    expect(await due()).toContain(asset.id);
  });

  it('does not cover up a finding with a look that could not be had', async () => {
    const asset = await sealedOriginal(running, officer, 1_000);
    await flipByteOnDisk(pathOf(asset), 0);
    await scrub(running, asset.id);
    await running.archive.work.checkAsset.giveUp(asset.id, 'timeout', 'scrub');
    expect((await findings(supervisor)).map(({ check }) => check.result)).toEqual(['altered']);
    expect(await toldOf(running, asset.id)).toHaveLength(1);
  });

  it('shows findings to supervisors of the unit, without names to administrators, and to nobody else', async () => {
    const root = (await running.archive.people.listUnits.run())[0];
    const admin = await running.person(['administrator']);
    const unit = await running.archive.people.createUnit.run(admin, { name: '二队', parentId: root?.id ?? '' });
    const elsewhere = await running.person(['supervisor'], unit.id);
    const asset = await sealedOriginal(running, officer, 1_000);
    await flipByteOnDisk(pathOf(asset), 0);
    await scrub(running, asset.id);
    expect((await findings(supervisor)).map(({ line }) => line?.asset.fileName)).toEqual(['现场.mp4']);
    expect((await findings(admin)).map(({ check, line }) => [check.assetId, line])).toEqual([[asset.id, null]]);
    expect(await findings(elsewhere)).toEqual([]);
    await expect(findings(officer)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await running.archive.assets.view.run(officer, asset.id)).check).toMatchObject({ result: 'altered' });

    // In a case of his unit it is his to know of.
    const colleague = await running.person(['officer'], unit.id);
    const file = await openedCase(running, colleague, { officerIds: [officer.accountId] });
    const target = { caseId: file.caseId, occurrenceId: file.step('filing'), range: null, purpose: null, reason: null };
    await running.archive.assets.link.run(officer, asset.id, target);
    expect(await findings(elsewhere)).toHaveLength(1);
  });

  it('gives every original its turn within the period, those not sealed too, and asks again for nobody else', async () => {
    const assets = [];
    for (let i = 0; i < 6; i++) assets.push(await sealedOriginal(running, officer, 100));
    const waiting = await received(running, officer, randomBytes(100));
    expect(await running.archive.work.sweepWatch.run()).toBe(0);
    running.clock.advance(running.parts.settings.watchPeriodMs + 1_000);
    expect(await running.archive.work.sweepWatch.run()).toBe(7);
    expect((await due()).sort()).toEqual([...assets.map(({ id }) => id), waiting.assetId].sort());
    for (const id of await due()) expect(await scrub(running, id)).toMatchObject({ result: 'intact' });
    expect(await due()).toEqual([]);
    expect(await running.archive.work.sweepWatch.run()).toBe(0);
    const { watch } = await running.archive.system.describe.run(supervisor);
    expect(watch).toMatchObject({ open: 0, overdue: 0, checkedLastDay: 7 });
    await running.archive.work.seal.run(waiting.assetId);
  });

  it('brings turns forward when the period is made shorter', async () => {
    const asset = await sealedOriginal(running, officer, 100);
    const { reader } = running.parts.database;
    const now = running.parts.clock.now();
    const check = await assetCheckRepository.find(reader, asset.id);
    if (!check) throw new Error('the seal gives an original its turn');
    await assetCheckRepository.put(reader, { ...check, dueAt: new Date(now.getTime() + 300 * DAY_MS) });
    await running.archive.work.sweepWatch.run();
    const { dueAt } = (await assetCheckRepository.find(reader, asset.id)) ?? check;
    expect(dueAt.getTime()).toBeLessThanOrEqual(running.parts.clock.now().getTime() + 30 * DAY_MS);
  });

  it('writes one summary a day, also when nothing was looked at', async () => {
    const summaries = async () =>
      (await ledgerRepository.page(running.parts.database.reader, 'system', 0, 100))
        .filter((event) => event.type === 'system.scrubbed')
        .map((event) => JSON.parse(event.leaf.toString('utf8')).public);
    const sweep = (): Promise<number> => running.archive.work.sweepWatch.run();
    running.clock.set(new Date());
    await sweep();
    const whole = await sealedOriginal(running, officer, 1_000);
    const bad = await sealedOriginal(running, officer, 2_000);
    await flipByteOnDisk(pathOf(bad), 0);
    running.clock.advance(DAY_MS / 2);
    for (const { id } of [whole, bad]) await scrub(running, id);
    await sweep();
    expect(await summaries()).toEqual([]);
    running.clock.advance(DAY_MS / 2);
    await Promise.all([sweep(), sweep(), sweep()]);
    running.clock.advance(DAY_MS);
    await sweep();
    const told = await summaries();
    expect(told).toMatchObject([
      { checked: 2, bytes: 3_000, open_findings: 1, period_days: 30 },
      { checked: 0, bytes: 0, open_findings: 1 },
    ]);
    expect(told[0].results).toEqual({
      missing: 0,
      altered: 1,
      unreadable: 0,
      lock_weaker: 0,
      extra_version: 0,
      intact: 1,
    });
    expect(told[0].until).toBe(told[1].from);
  });

  it('leaves alone what is quarantined or still arriving', async () => {
    const { assetId } = await received(running, officer, randomBytes(100));
    const { asset } = await running.archive.assets.view.run(officer, assetId);
    await flipByteOnDisk(pathOf(asset), 0);
    expect(await running.archive.work.seal.run(assetId)).toBe('quarantined');
    expect(await running.archive.work.checkAsset.run(assetId, { cause: 'scrub' })).toBeNull();
    await checkedNow();
  });

  async function checkedNow(): Promise<void> {
    expect((await running.archive.system.check.run()).findings).toEqual([]);
  }
});
