import type { Id } from '#domain';
import { caseLineRepository, caseRepository, linkRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { linesOf } from './lines-of.js';
import { readStanding } from './read-standing.js';
import type { RuleShelf } from './rule-shelf.js';

/**
 * Writes anew what is due and late in a case: last of all in the transaction of every change of it, which holds the case
 * locked, so that the lists never say anything else than the case does.
 */
export async function refreshLines(tx: Tx, rules: RuleShelf, caseId: Id, now: Date): Promise<void> {
  const record = await caseRepository.find(tx, caseId);
  if (record === null) return;
  const lines = record.state === 'open' ? linesOf(await readStanding(tx, rules, record), now) : [];
  await caseLineRepository.replace(tx, record, lines);
}

/**
 * The same of the case an asset is tied to, around a change of the asset: the case is held before the change says its
 * event, since a closing holds the case and then asks for the heads of its assets.
 */
export async function withLinesOfAsset<T>(
  tx: Tx,
  rules: RuleShelf,
  of: { readonly assetId: Id; readonly now: Date },
  change: () => Promise<T>,
): Promise<T> {
  const link = await linkRepository.find(tx, of.assetId);
  if (link === null) return await change();
  await caseRepository.lock(tx, link.caseId);
  const result = await change();
  await refreshLines(tx, rules, link.caseId, of.now);
  return result;
}

/** A certificate, the calendar or a length of the agency's has changed: the cases it touches follow, some at a time. */
export class RefreshOwedLines {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;
  readonly #rules: RuleShelf;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @returns how many cases were done; fewer than `limit`: no more are owed */
  async run({ limit = 200, signal }: { limit?: number; signal?: AbortSignal } = {}): Promise<number> {
    const { database, clock } = this.#parts;
    const owed = await caseLineRepository.owed(database.reader, limit);
    for (const id of owed) {
      signal?.throwIfAborted();
      await database.transaction(async (tx) => {
        if ((await caseRepository.lock(tx, id)) !== null) await refreshLines(tx, this.#rules, id, clock.now());
      });
    }
    return owed.length;
  }
}
