import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chain } from '#domain';
import { logRepository } from '#persistence';
import { StampLog } from '../../../libs/archive/src/ledger/log/stamp-log.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { startTimestampAuthority } from '../../support/timestamp-authority.js';
import { checkFindings, write } from './ledger-work.js';

const DAY_MS = 86_400_000;

/**
 * What a moved clock can do: events say a wrong time. What it cannot: change their order, which no clock has a part in,
 * and go unseen, where an authority outside stamps the log. A seal is not refused for the time it says: it would refuse
 * honest work for a clock that is wrong.
 */
describe('T10: the clock of the archive is moved', () => {
  let running: LoggedArchive;
  let authority: Awaited<ReturnType<typeof startTimestampAuthority>>;
  let stamp: StampLog;
  let chain: Chain;

  beforeAll(async () => {
    running = await runLoggedArchive();
    authority = await startTimestampAuthority({ dir: await mkdtemp(join(running.dir, 'tsa-')) });
    stamp = new StampLog({ ...running.parts, authority: { url: authority.url, rootsPem: authority.rootPem } });
    chain = await write(running, 3);
    await settled();
  });
  afterAll(async () => {
    await authority.stop();
    await running.stop();
  });

  /** Signed and stamped. @returns size of the log that the stamp is over */
  const settled = async (): Promise<number> => {
    await running.settle();
    return (await stamp.run())?.size ?? 0;
  };
  const outOfTime = async () => (await checkFindings(running)).filter((what) => what.includes('by the time-stamps'));

  it('is right: nothing is marked', async () => {
    expect(await outOfTime()).toEqual([]);
  });

  it.each([
    ['back', -DAY_MS],
    ['forward', DAY_MS],
  ])('a day %s: the events logged meanwhile are marked, in the order they came', async (_, ms) => {
    running.clock.set(new Date());
    await running.settle();
    const before = (await logRepository.state(running.logDatabase.reader)).size;
    running.clock.set(new Date(Date.now() + ms));
    await write(running, 2, chain);
    await settled();
    running.clock.set(new Date());
    await write(running, 1, chain);
    await settled();

    const marked = (await outOfTime()).map((what) => Number(/^entry (\d+) says/.exec(what)?.[1]));
    expect(marked).toEqual(expect.arrayContaining([before, before + 1]));
    const entries = await logRepository.entriesOfChain(running.logDatabase.reader, chain);
    const indexes = entries.map(({ index }) => index);
    expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
    expect(entries.map(({ chainSeq }) => chainSeq)).toEqual(entries.map((_entry, i) => i + 1));
  });
});
