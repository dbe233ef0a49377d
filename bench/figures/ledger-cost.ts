import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AssetView } from '#contract';
import { Database, logRepository } from '#persistence';
import type { ApiClient } from '../api-client.js';
import { type ArchiveUnderTest, startArchive } from '../archive-under-test.js';
import { type Bench, byTurns, compare, type Figures, megabytesPerSecond, secondsOf } from '../figure.js';
import { makeFile } from '../files.js';
import { type Running, run, start, until } from '../process.js';
import type { Step } from '../tus-sender.js';

const SENDER = fileURLToPath(new URL('../small-files-sender.mjs', import.meta.url));
const KEEPER = fileURLToPath(new URL('../log-keeper.ts', import.meta.url));
const LOADER = fileURLToPath(new URL('../../test/support/typescript-loader.js', import.meta.url));
const FILES = 200;
const LINKS = 200;
const AT_ONCE = 4;

/**
 * What the log costs those who upload and link, beside the events in their chains, which are part of each change. The same
 * archive by turns: with the log growing, signed, published and watched while they work, and with the outbox only filling.
 * No worker runs, so that the sealing of what was sent hides nothing.
 */
export const ledgerCost: Figures = {
  name: 'ledger-cost',
  about: 'uploading and linking while the log is kept, and while it is not',
  async run(bench) {
    const archive = await startArchive(join(bench.dir, 'archive'));
    const database = await Database.connect({ url: archive.ownerUrl });
    try {
      const officer = await archive.person('cost-officer', 'officer');
      const work = { bench, archive, database, officer };
      return [await uploading(work), await linking(work)];
    } finally {
      await database.close();
      await archive.stop();
    }
  },
};

interface Work {
  readonly bench: Bench;
  readonly archive: ArchiveUnderTest;
  readonly database: Database;
  readonly officer: ApiClient;
}

const AGAINST = {
  rivalName: 'the same with events in chains and outbox, the log standing still',
  reach: { atLeast: 0.9 },
};

async function uploading({ bench, archive, database, officer }: Work) {
  const file = await makeFile(join(bench.dir, 'small.bin'), 5);
  const step = await officer.openCase('沪市监案〔2026〕1号');
  const headers = JSON.stringify(officer.authorization);
  const send = async (): Promise<number> => {
    const args = [SENDER, `${archive.url}/api/v1/uploads`, file.path, `${FILES}`, `${AT_ONCE}`, headers];
    const { stdout } = await run(process.execPath, [...args, JSON.stringify(step)]);
    return megabytesPerSecond(FILES * file.sizeBytes, Number(stdout.trim()));
  };
  const runs = await byTurns(bench, { ours: () => whileKept(archive, database, send), still: send });
  const figure = `${FILES} files of 5 MiB uploaded into a step of a case, ${AT_ONCE} at a time, while the log is kept`;
  return compare(figure, 'MB/s', { ours: runs.ours, rival: runs.still }, AGAINST);
}

async function linking({ bench, archive, database, officer }: Work) {
  const { items } = await officer.send<{ items: AssetView[] }>('GET', `/assets?limit=${FILES}`);
  const cases = [await officer.openCase('沪市监案〔2026〕2号'), await officer.openCase('沪市监案〔2026〕3号')];
  let turn = 0;
  const link = async (): Promise<number> => {
    const target = cases[turn++ % cases.length] as Step;
    let next = 0;
    const linkSome = async (): Promise<void> => {
      for (let n = next++; n < LINKS; n = next++)
        await officer.send('PUT', `/assets/${items[n % items.length]?.id}/link`, { ...target, reason: '更正' });
    };
    return LINKS / (await secondsOf(() => Promise.all(Array.from({ length: AT_ONCE }, linkSome))));
  };
  const runs = await byTurns(bench, { ours: () => whileKept(archive, database, link), still: link });
  const figure = `${LINKS} links moved to another case, ${AT_ONCE} at a time, while the log is kept`;
  return compare(figure, 'links/s', { ours: runs.ours, rival: runs.still }, AGAINST);
}

/** What waited from the turn before is in the log before the work begins. */
async function whileKept<T>(archive: ArchiveUnderTest, { reader }: Database, work: () => Promise<T>): Promise<T> {
  const args = ['--import', LOADER, KEEPER];
  const keeper: Running = start(process.execPath, args, { env: { ...archive.environment } });
  try {
    await until('the log has what waited', async () => (await logRepository.waitingCount(reader)) === 0);
    return await work();
  } finally {
    await keeper.stop();
  }
}
