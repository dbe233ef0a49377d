import type { FindingLine } from '#archive';
import type { CheckView, FindingView } from '#contract';

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
  };
}

export function toFinding({ check, line }: FindingLine): FindingView[] {
  const shown = toCheck(check);
  if (shown === null) return [];
  return [
    {
      ...shown,
      assetId: check.assetId,
      fileName: line?.asset.fileName ?? null,
      caseId: line?.link?.caseId ?? null,
      caseNumber: line?.link?.caseNumber ?? null,
    },
  ];
}
