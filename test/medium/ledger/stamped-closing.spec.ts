import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor, Id } from '#domain';
import { checkpointRepository, logRepository, timestampRepository } from '#persistence';
import { MakeDossier } from '../../../libs/archive/src/export/make-dossier.js';
import type { LogKeeper } from '../../../libs/archive/src/ledger/log/log-keeper.js';
import { StampLog } from '../../../libs/archive/src/ledger/log/stamp-log.js';
import { until } from '../../support/built-archive.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { SILENT } from '../../support/running-archive.js';
import { type RunningAuthority, startTimestampAuthority } from '../../support/timestamp-authority.js';
import { closableCase } from '../archive/work.js';

const HOUR_MS = 3_600_000;
/** Turns come by the hour: whatever is stamped sooner is stamped out of turn. */
const PACE = { signMs: 50, witnessMs: 50, stampMs: HOUR_MS, urgentMs: 50 };

/** A log that is kept by itself, as a worker does, with a time-stamp authority. */
describe('a closing and an export in a log that is time-stamped', () => {
  let running: LoggedArchive;
  let authority: RunningAuthority;
  let keeper: LogKeeper | null = null;
  let officer: Actor;

  beforeAll(async () => {
    running = await runLoggedArchive({ settings: { isTimeStamped: true } });
    authority = await startTimestampAuthority({ dir: await mkdtemp(join(running.dir, 'tsa-')) });
    officer = await running.person(['officer']);
  });
  afterEach(async () => {
    await keeper?.stop();
    keeper = null;
    authority.behave('none');
  });
  afterAll(async () => {
    await authority.stop();
    await running.stop();
  });

  /** @returns what the keeper warns of */
  async function keep(stamped = true): Promise<string[]> {
    const warnings: string[] = [];
    const log = { ...SILENT, warn: (facts: { what?: string }) => void warnings.push(facts.what ?? '') };
    const by = { url: authority.url, rootsPem: authority.rootPem };
    const stamp = stamped ? new StampLog({ ...running.parts, authority: by }) : null;
    keeper = running.keep(PACE, { stamp, log });
    return warnings;
  }

  /** Once the first turn is over: all that comes is out of turn. */
  async function firstTurn(): Promise<number> {
    await until(async () => (await running.archive.ledger.describe.run(await supervisor())).timestamp !== null);
    return (await newest()) ?? 0;
  }

  let known: Actor | null = null;
  const supervisor = async (): Promise<Actor> => {
    known ??= await running.person(['supervisor']);
    return known;
  };
  const newest = async (): Promise<number | undefined> =>
    (await timestampRepository.newest(running.parts.database.reader))?.size;
  const signed = async (): Promise<number> =>
    (await checkpointRepository.newest(running.logDatabase.reader))?.size ?? 0;
  const close = (caseId: Id) =>
    running.archive.cases.close.run(officer, caseId, { manner: 'executed', reason: '执行完毕', despite: [] });
  const stampOf = async (caseId: Id) => (await running.archive.cases.view.run(officer, caseId)).closing?.timestamp;

  it('are stamped at once, and a dossier carries the token over its own export; all else waits for its turn', async () => {
    // There is something to stamp at the first turn.
    await running.settle();
    await keep();
    const before = await firstTurn();
    const { caseId } = await closableCase(running, officer);
    const size = await signed();
    await until(async () => (await signed()) > size);
    await sleep(500);
    expect(await newest()).toBe(before);

    await close(caseId);
    await until(async () => (await stampOf(caseId)) != null);
    expect(await stampOf(caseId)).toMatchObject({ authority: expect.stringContaining('Test tsa') });
    expect((await running.archive.cases.view.run(officer, caseId)).closing?.hasAuthority).toBe(true);

    const id = await running.archive.exports.begin.run(officer, caseId, '移送法院');
    expect(await new MakeDossier(running.parts).run(id)).toBe('ready');
    const { eventId } = await running.archive.exports.view.run(officer, id);
    const entry = await logRepository.entryOfEvent(running.logDatabase.reader, eventId);
    expect(await newest()).toBeGreaterThan(entry?.index ?? Number.POSITIVE_INFINITY);
  });

  it('wait for the next turn when the authority fails, which is not asked again and again', async () => {
    const last = (await newest()) ?? 0;
    const { caseId: other } = await closableCase(running, officer);
    await running.settle();
    const warnings = await keep();
    await until(async () => ((await newest()) ?? 0) > last);
    authority.behave('down');
    await close(other);
    await until(async () => warnings.includes('time-stamp'));
    await sleep(1_000);
    expect(warnings.filter((what) => what === 'time-stamp')).toHaveLength(1);
    expect(await stampOf(other)).toBeNull();
  });

  it('are as they are without an authority, and the case says so; a dossier is made all the same', async () => {
    await keep(false);
    const { caseId } = await closableCase(running, officer);
    await close(caseId);
    const isOff = async () => (await running.archive.cases.view.run(officer, caseId)).closing?.hasAuthority === false;
    await until(isOff);
    expect(await stampOf(caseId)).toBeNull();
    const id = await running.archive.exports.begin.run(officer, caseId, '移送法院');
    // It was told that there is one, and waits for the token as long as it may.
    expect(await new MakeDossier(running.parts).run(id)).toBe('ready');
  });
});
