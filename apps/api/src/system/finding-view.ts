import type { FindingLine, HealingRecord } from '#archive';
import type { CheckView, FindingView, HealingView } from '#contract';

type Check = FindingLine['check'];

/** How the result of a look at an original is shown over HTTP; null for one that was never looked at. */
export function toCheck(check: Check | null): CheckView | null {
  if (check === null || check.result === null) return null;
  const { facts } = check;
  return {
    result: check.result,
    also: [...check.also],
    since: check.since.toISOString(),
    checkedAt: check.checkedAt?.toISOString() ?? null,
    firstBadBlock: facts.firstBadBlock ?? null,
    badBlocks: facts.badBlocks ?? null,
    blocks: facts.blocks ?? null,
    range: facts.range ?? null,
    rangeSource: facts.rangeSource ?? null,
    reason: facts.reason ?? null,
    formerVersions: facts.formerVersions ?? 0,
  };
}

export function toFinding({ check, line, other, healing, mayHeal }: FindingLine): FindingView[] {
  const shown = toCheck(check);
  if (shown === null) return [];
  return [
    {
      ...shown,
      copy: check.copy,
      assetId: check.assetId,
      fileName: line?.asset.fileName ?? null,
      caseId: line?.link?.caseId ?? null,
      caseNumber: line?.link?.caseNumber ?? null,
      other: other && { result: other.result, checkedAt: other.checkedAt?.toISOString() ?? null },
      healing: healing && toHealing(healing),
      mayHeal,
    },
  ];
}

const STATES = { asked: 'waiting', placing: 'healing', healed: 'healed', refused: 'refused' } as const;

export function toHealing(healing: HealingRecord): HealingView {
  const { id, assetId, copy, found, state, refusal, doneBytes, totalBytes } = healing;
  return {
    ...{ id, assetId, copy, found, refusal, doneBytes, totalBytes, state: STATES[state] },
    askedAt: healing.askedAt.toISOString(),
    endedAt: healing.endedAt?.toISOString() ?? null,
  };
}
