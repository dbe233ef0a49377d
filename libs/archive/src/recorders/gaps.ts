import {
  type Actor,
  ArchiveError,
  findGapsAndOverlaps,
  GAP_TOLERANCE_MS,
  type GapExplanation,
  type Id,
  isExplained,
  newId,
  type TimeFinding,
  utc,
} from '#domain';
import { accountRepository, caseRepository, type GapExplanationRecord, gapRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { lockCase, requireOpen } from '../cases/case-access.js';
import { refreshLines } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, by } from '../ledger/append-events.js';
import { grouped } from './grouped.js';

/** Breaks longer than this ask for an explanation, where the agency has not set another limit. */
export function gapLimitOf({ settings }: Pick<ArchiveParts, 'settings'>): number {
  return settings.gapLimitMs ?? GAP_TOLERANCE_MS;
}

/**
 * For every coming of a step: how many breaks in its recordings, taken together on one clock, nobody has explained in
 * writing. Whether the step had to be recorded in full is the procedure's to say. Comings without any are left out.
 */
export async function unexplainedGapsOf(tx: Tx, caseId: Id, limitMs = GAP_TOLERANCE_MS): Promise<Map<Id, number>> {
  const explained = (await gapRepository.ofCase(tx, caseId)).map(toExplanation);
  const counts = new Map<Id, number>();
  for (const [occurrenceId, gaps] of await gapsOf(tx, caseId, limitMs)) {
    const left = gaps.filter((gap) => !isExplained(gap, explained, limitMs)).length;
    if (left > 0) counts.set(occurrenceId, left);
  }
  return counts;
}

async function gapsOf(tx: Tx, caseId: Id, limitMs: number): Promise<Map<Id, TimeFinding[]>> {
  const recordings = await gapRepository.recordingsOf(tx, caseId);
  const byStep = grouped(recordings, ({ occurrenceId }) => occurrenceId);
  return new Map([...byStep].map(([id, inside]) => [id, findGapsAndOverlaps(inside, limitMs).gaps]));
}

function toExplanation(record: GapExplanationRecord): GapExplanation {
  const { afterAssetId, beforeAssetId, startAt, endAt } = record;
  return { afterAssetId, beforeAssetId, startMs: startAt.getTime(), endMs: endAt.getTime() };
}

export interface ShownExplanation {
  readonly text: string;
  readonly by: string;
  readonly at: Date;
}

/** The explanation that holds for each break of a case; null where there is none. */
export async function explainerOf(
  tx: Tx,
  caseId: Id,
  limitMs: number,
): Promise<(gap: TimeFinding) => ShownExplanation | null> {
  const explanations = await gapRepository.ofCase(tx, caseId);
  const names = await accountRepository.namesOf(tx, [...new Set(explanations.map(({ explainedBy }) => explainedBy))]);
  return (gap) => {
    const found = explanations.find((one) => isExplained(gap, [toExplanation(one)], limitMs));
    return found ? { text: found.text, by: names.get(found.explainedBy) ?? '', at: found.explainedAt } : null;
  };
}

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
