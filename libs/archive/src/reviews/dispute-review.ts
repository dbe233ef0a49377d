import { type Actor, ArchiveError, type Id, LEAST_DISCUSSING, type LocalDate, type ReviewOutcome } from '#domain';
import { caseRepository, type DiscussionRecord, reviewRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { refreshLines } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, by } from '../ledger/append-events.js';
import { endStep } from './end-review.js';
import { type LockedReview, lockReview, requireFit } from './locked-review.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

/** The case unit does not agree with a return: it goes up to collective discussion (国办发〔2018〕118号, 协调决策机制). */
export class DisputeReview {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found`, `case-closed`, `precondition-failed` (not returned, or submitted again since) */
  async run(actor: Actor, id: Id, reason: string): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction(async (tx) => {
      const { review } = await lockReview(tx, actor, id, () => 'case.edit');
      const rounds = (await reviewRepository.ofCase(tx, review.caseId)).filter(
        ({ occurrenceId }) => occurrenceId === review.occurrenceId,
      );
      const isLast = rounds.every(({ n }) => n <= review.n);
      const [dispute] = await reviewRepository.disputes(tx, [id]);
      if (review.state !== 'ended' || review.outcome !== 'returned' || !isLast || dispute !== undefined)
        throw new ArchiveError(
          'precondition-failed',
          'only what was returned last, and was not discussed, is disputed',
        );
      await reviewRepository.dispute(tx, { reviewId: id, reason, raisedBy: actor.accountId, raisedAt: at });
      await caseRepository.touch(tx, review.caseId, at);
      await appendEvents(tx, by(actor, at), [
        {
          type: 'case.review_disputed',
          chain: `case:${review.caseId}`,
          public: { review: id, occurrence: review.occurrenceId },
          personal: { reason },
        },
      ]);
    });
  }
}

export interface DiscussionWish {
  readonly heldOn: LocalDate;
  readonly participants: readonly { readonly name: string; readonly post: string }[];
  /** What was decided; `returned`: the reviewers were right. */
  readonly result: ReviewOutcome;
  readonly text: string;
}

/** Records what a collective discussion decided on a disputed review: who took part, the result, and why. */
export class RecordDiscussion {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /**
   * @throws ArchiveError `not-found`, `case-closed`, `precondition-failed` (not disputed), `reviewer-unfit` (an officer of
   *   the case), `invalid-input` (too few took part, or a day that cannot be)
   */
  async run(actor: Actor, id: Id, wish: DiscussionWish): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction(async (tx) => {
      const locked = await lockReview(tx, actor, id, () => 'case.approve');
      const { review, officerIds, opinions } = locked;
      if (review.state !== 'disputed') throw new ArchiveError('precondition-failed', 'nobody disputes this review');
      requireFit({ unfit: officerIds.includes(actor.accountId) ? ['officer-of-case'] : [] });
      await this.#refuseMistakes(tx, locked, wish, at);
      const discussion: DiscussionRecord = { ...wish, recordedBy: actor.accountId, recordedAt: at };
      await reviewRepository.discussed(tx, id, discussion);
      const { heldOn, participants, result, text } = wish;
      const drafts = result === 'returned' ? [] : await endStep(tx, review, { outcome: result, opinions, at });
      await caseRepository.touch(tx, review.caseId, at);
      await appendEvents(tx, by(actor, at), [
        {
          type: 'case.review_discussed',
          chain: `case:${review.caseId}`,
          public: { review: id, occurrence: review.occurrenceId, held_on: heldOn, result, count: participants.length },
          personal: { participants: participants.map(({ name, post }) => ({ name, post })), text },
        },
        ...drafts,
      ]);
      await refreshLines(tx, this.#rules, review.caseId, at);
    });
  }

  async #refuseMistakes(tx: Tx, { review }: LockedReview, wish: DiscussionWish, at: Date): Promise<void> {
    const { body: calendar } = await this.#rules.calendar(tx);
    const [dispute] = await reviewRepository.disputes(tx, [review.id]);
    const first = calendar.dateOf(dispute?.raisedAt ?? at);
    const names = new Set(wish.participants.map(({ name }) => name.trim()));
    const problems = [
      ...(names.size < LEAST_DISCUSSING
        ? [{ place: 'participants', zh: `至少 ${LEAST_DISCUSSING} 人`, en: `${LEAST_DISCUSSING} people at least` }]
        : []),
      ...(wish.heldOn < first || wish.heldOn > calendar.dateOf(at)
        ? [{ place: 'heldOn', zh: '须在提出异议之后、今日之前', en: 'must be between the dispute and today' }]
        : []),
    ];
    if (problems.length === 0) return;
    throw new ArchiveError('invalid-input', problems.map(({ en }) => en).join('; '), { details: { problems } });
  }
}
