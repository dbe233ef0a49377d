import {
  type Action,
  type Actor,
  ArchiveError,
  certifiedFor,
  type Id,
  type Participant,
  type ReviewStage,
  UNFITNESS_TEXT,
  type Unfitness,
  unfitnessOf,
} from '#domain';
import { certificateRepository, type OpinionRecord, type ReviewRecord, reviewRepository, type Tx } from '#persistence';
import { lockCase, type ReachedCase, requireOpen } from '../cases/case-access.js';
import type { RuleShelf } from '../law/rule-shelf.js';

export interface LockedReview {
  readonly review: ReviewRecord;
  readonly reached: ReachedCase;
  readonly officerIds: readonly Id[];
  readonly opinions: readonly OpinionRecord[];
}

/**
 * A review whose case is open, held until the transaction ends. Not allowed looks like not existing.
 * @throws ArchiveError `not-found`, `case-closed`
 */
export async function lockReview(
  tx: Tx,
  actor: Actor,
  id: Id,
  actionFor: (review: ReviewRecord) => Action,
): Promise<LockedReview> {
  const seen = await reviewRepository.find(tx, id);
  if (!seen) throw new ArchiveError('not-found', `no review ${id}`);
  const reached = await lockCase(tx, actor, seen.caseId, actionFor(seen));
  // As it is now that nobody else changes it.
  const review = await reviewRepository.find(tx, id);
  if (!review) throw new ArchiveError('internal', `review ${id} is gone`);
  if (actionFor(review) !== actionFor(seen)) throw new ArchiveError('conflict', 'the review went on meanwhile');
  requireOpen(reached.found);
  const opinions = await reviewRepository.opinions(tx, [id]);
  return { review, reached, officerIds: reached.officers.map((officer) => officer.id), opinions };
}

/** Who may act at the stage that is next: a reviewer reads, a head signs. */
export function actionAtStage(review: Pick<ReviewRecord, 'stages' | 'stage'>): Action {
  return review.stages[review.stage]?.kind === 'sign' ? 'case.approve' : 'case.review';
}

/** @throws ArchiveError `precondition-failed` when it has ended */
export function stageOf({ review }: Pick<LockedReview, 'review'>): ReviewStage {
  const stage = review.stages[review.stage];
  if (review.state !== 'open' || !stage) throw new ArchiveError('precondition-failed', 'the review has ended');
  return stage;
}

export interface Fitness {
  readonly unfit: readonly Unfitness[];
  readonly certified: Participant['certified'];
}

export async function fitnessOf(
  tx: Tx,
  rules: RuleShelf,
  { actor, at }: { readonly actor: Actor; readonly at: Date },
  { review, officerIds, opinions }: Pick<LockedReview, 'review' | 'officerIds' | 'opinions'>,
): Promise<Fitness> {
  const stage = review.stages[review.stage];
  if (!stage) return { unfit: [], certified: null };
  const { body: calendar } = await rules.calendar(tx);
  const certificates = await certificateRepository.list(tx, actor.accountId);
  const { accountId, unitId } = actor;
  const certified = certifiedFor('reviewer', certificates, at, calendar);
  const actedIds = opinions.map(({ givenBy }) => givenBy);
  const people = { officerIds, submittedBy: review.submittedBy, actedIds };
  return { unfit: unfitnessOf(stage, { accountId, unitId, certified }, people, calendar.dateOf(at)), certified };
}

/** @throws ArchiveError `reviewer-unfit` with `details.reasons`: each with its code and words */
export function requireFit({ unfit }: Pick<Fitness, 'unfit'>): void {
  if (unfit.length === 0) return;
  throw new ArchiveError('reviewer-unfit', unfit.join(', '), {
    details: { reasons: unfit.map((code) => ({ code, ...UNFITNESS_TEXT[code] })) },
  });
}
