import { ArchiveError, type Id, MAJOR_CONDITION, type Review } from '#domain';
import { findingRepository, type OpinionRecord, type ReviewRecord, reviewRepository, type Tx } from '#persistence';
import { policyInForce } from './review-rules.js';

/**
 * Reviews of a case as the gate before a decision reads them, in the order of time: what the reviewers found and,
 * where it went up to a discussion, what that decided.
 */
export async function reviewsOf(tx: Tx, records: readonly ReviewRecord[]): Promise<Review[]> {
  const ended = records.filter(({ outcome }) => outcome !== null);
  if (ended.length === 0) return [];
  const ids = ended.map(({ id }) => id);
  const opinions = await reviewRepository.opinions(tx, ids);
  const disputes = await reviewRepository.disputes(tx, ids);
  return ended.flatMap(({ id, occurrenceId, outcome, endedAt }): Review[] => {
    if (outcome === null || endedAt === null) return [];
    const reviewers = opinions.filter(({ reviewId }) => reviewId === id).flatMap(readerOf);
    const discussion = disputes.find(({ reviewId }) => reviewId === id)?.discussion;
    return [
      { occurrenceId, outcome, at: endedAt, reviewers },
      ...(discussion ? [{ occurrenceId, outcome: discussion.result, at: discussion.recordedAt, reviewers }] : []),
    ];
  });
}

/** A head who only signed is no reviewer. */
function readerOf({ givenBy, certified }: OpinionRecord): Review['reviewers'] {
  return certified === null ? [] : [{ accountId: givenBy, role: 'reviewer', certified }];
}

/**
 * Nobody states a review away: where the catalogue has found the decision major, or every decision is reviewed, the
 * condition the review hangs on is not stated to be absent.
 * @throws ArchiveError `precondition-failed`
 */
export async function refuseWaiver(
  tx: Tx,
  caseId: Id,
  { conditionId, holds }: { readonly conditionId: string; readonly holds: boolean },
): Promise<void> {
  if (conditionId !== MAJOR_CONDITION || holds) return;
  const { body } = await policyInForce(tx);
  const finding = await findingRepository.newest(tx, caseId);
  if (body.everyDecision || finding?.isMajor)
    throw new ArchiveError('precondition-failed', 'the decision is in the catalogue, or every decision is reviewed', {
      details: { conditionId, entries: finding?.entries ?? [] },
    });
}
