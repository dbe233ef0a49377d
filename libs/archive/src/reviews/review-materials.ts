import { type Coming, type DutyStanding, dutiesOf, type Id, isOwed, orderOf } from '#domain';
import type { ReviewMaterial } from '#persistence';
import type { CaseFile } from '../law/read-standing.js';
import { digestText, sha256 } from '../ledger/canonical.js';

export interface ReviewMaterials {
  /** Papers and recordings of the steps before the review. */
  readonly held: readonly ReviewMaterial[];
  /** What those steps ask for and is not there: nothing is submitted without it. */
  readonly owed: readonly DutyStanding[];
}

/** What a review looks at: everything the procedure asks for before it comes. */
export function materialsBefore(
  { procedure, standing }: Pick<CaseFile, 'procedure' | 'standing'>,
  reviewStepId: string,
): ReviewMaterials {
  const before = orderOf(procedure).get(reviewStepId) ?? new Set<string>();
  const held = standing.comings
    .filter(({ stepId }) => before.has(stepId))
    .flatMap(({ id, stepId, papers, recordings }): ReviewMaterial[] => [
      ...papers.map(({ paperId, assetId }) => ({ stepId, occurrenceId: id, paperId, assetId })),
      ...recordings
        .filter(isNoneOf(papers))
        .map(({ assetId }) => ({ stepId, occurrenceId: id, paperId: null, assetId })),
    ]);
  const owed = dutiesOf(procedure, standing).filter((duty) => before.has(duty.stepId) && isOwed(duty));
  return { held, owed };
}

/** Of what went along, in the order of its ids, so that the same materials have the same digest. */
export function digestOfMaterials(materials: readonly ReviewMaterial[]): string {
  const lines = materials.map(({ assetId, occurrenceId, paperId }) => `${assetId} ${occurrenceId} ${paperId ?? '-'}\n`);
  return digestText(sha256(Buffer.from(lines.sort().join(''))));
}

/** A video that is a paper as well goes along once. */
function isNoneOf(papers: Coming['papers']) {
  return ({ assetId }: { readonly assetId: Id }) => !papers.some((paper) => paper.assetId === assetId);
}
