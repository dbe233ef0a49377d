import { type Chain, newId } from '#domain';
import { logRepository } from '#persistence';
import { appendEvents, bySystem } from '../../../libs/archive/src/ledger/append-events.js';
import type { LedgerFinding } from '../../../libs/archive/src/ledger/log/watch-ledger.js';
import type { LoggedArchive } from '../../support/logged-archive.js';

/** Events of one case, committed and waiting; of a new case unless one is named. */
export async function write(running: LoggedArchive, count = 1, chain: Chain = `case:${newId()}`): Promise<Chain> {
  const { database, clock } = running.parts;
  const drafts = Array.from({ length: count }, (_, n) => ({ type: 'case.changed' as const, chain, public: { n } }));
  await database.transaction((tx) => appendEvents(tx, bySystem(clock.now()), drafts));
  return chain;
}

/** Logged, signed, cosigned, published and watched: as it is a minute later. */
export async function settleAll(running: LoggedArchive): Promise<number> {
  await running.settle();
  await running.witnesses.run();
  await running.vault.run();
  await running.newWatch().run();
  return (await logRepository.state(running.logDatabase.reader)).size;
}

/** What the check of the whole archive says of the log. */
export async function checkFindings(running: LoggedArchive): Promise<string[]> {
  return (await running.archive.system.check.run()).findings.map(({ what }) => what);
}

/** What the watch finds when it starts now, with the memory it had. */
export async function watchFindings(running: LoggedArchive): Promise<readonly LedgerFinding[]> {
  return await running.newWatch().run();
}
