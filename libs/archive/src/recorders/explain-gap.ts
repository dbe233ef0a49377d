import { type Actor, ArchiveError, type Id, newId, utc } from '#domain';
import { caseRepository, gapRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { lockCase, requireOpen } from '../cases/case-access.js';
import { refreshLines } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, by } from '../ledger/append-events.js';
import { gapLimitOf, gapsOf } from './gaps.js';

export interface GapWish {
  readonly occurrenceId: Id;
  readonly afterAssetId: Id;
  readonly beforeAssetId: Id;
  readonly text: string;
}

/** Why a recording breaks off, in writing. A later explanation of the same break takes the place of the one before. */
export class ExplainGap {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock' | 'settings'>;
  readonly #rules: RuleShelf;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock' | 'settings'>, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found` (case), `case-closed`, `gap-gone` (there is no such break, or not any more) */
  async run(actor: Actor, caseId: Id, wish: GapWish): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction(async (tx) => {
      const { found } = await lockCase(tx, actor, caseId, 'case.edit');
      requireOpen(found);
      const { occurrenceId, afterAssetId, beforeAssetId, text } = wish;
      const gaps = (await gapsOf(tx, caseId, gapLimitOf(this.#parts))).get(occurrenceId) ?? [];
      const gap = gaps.find((one) => one.afterAssetId === afterAssetId && one.beforeAssetId === beforeAssetId);
      if (!gap) throw new ArchiveError('gap-gone', 'no such break');
      const [startAt, endAt] = [new Date(gap.startMs), new Date(gap.endMs)];
      const id = newId(at.getTime());
      await gapRepository.add(tx, {
        ...{ id, caseId, occurrenceId, afterAssetId, beforeAssetId, startAt, endAt, text },
        ...{ explainedBy: actor.accountId, explainedAt: at },
      });
      await caseRepository.touch(tx, caseId, at);
      await refreshLines(tx, this.#rules, caseId, at);
      await appendEvents(tx, by(actor, at), [
        {
          type: 'case.gap_explained',
          chain: `case:${caseId}`,
          public: {
            ...{ explanation: id, occurrence: occurrenceId, after: afterAssetId, before: beforeAssetId },
            ...{ start_at: utc(startAt), end_at: utc(endAt) },
          },
          personal: { text },
        },
      ]);
    });
  }
}
