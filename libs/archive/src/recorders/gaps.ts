import {
  findGapsAndOverlaps,
  GAP_TOLERANCE_MS,
  type GapExplanation,
  type Id,
  isExplained,
  type TimeFinding,
} from '#domain';
import { accountRepository, type GapExplanationRecord, gapRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
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

/** The breaks of every coming of a step that has recordings, explained or not. */
export async function gapsOf(tx: Tx, caseId: Id, limitMs: number): Promise<Map<Id, TimeFinding[]>> {
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
