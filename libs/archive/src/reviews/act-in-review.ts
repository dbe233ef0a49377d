import {
  type Actor,
  ArchiveError,
  type FormTemplate,
  type Id,
  mistakesOfOpinion,
  newId,
  outcomeOf,
  type ReviewOpinion,
  type ReviewOutcome,
  type ReviewStage,
  type RuleMistake,
} from '#domain';
import { caseRepository, type OpinionRecord, type ReviewRecord, reviewRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { enqueuePrint } from '../forms/issue-form.js';
import { refreshLines } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, by, type EventDraft } from '../ledger/append-events.js';
import { endStep } from './end-review.js';
import { actionAtStage, fitnessOf, type LockedReview, lockReview, requireFit, stageOf } from './locked-review.js';
import type { ReviewForms } from './review-forms.js';

type Needs = Pick<ArchiveParts, 'database' | 'queue' | 'clock' | 'log'>;

/** Says that one is at a review; from another too, when he cannot go on. */
export class TakeReview {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found`, `case-closed`, `precondition-failed` (it has ended), `reviewer-unfit` */
  async run(actor: Actor, id: Id): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction(async (tx) => {
      const locked = await lockReview(tx, actor, id, actionAtStage);
      stageOf(locked);
      requireFit(await fitnessOf(tx, this.#rules, { actor, at }, locked));
      const { review } = locked;
      if (review.takenBy === actor.accountId) return;
      await reviewRepository.take(tx, id, actor.accountId);
      await appendEvents(tx, by(actor, at), [
        {
          type: 'case.review_taken',
          chain: `case:${review.caseId}`,
          public: { review: id, stage: review.stage, from: review.takenBy },
        },
      ]);
    });
  }
}

export interface StageOpinion extends ReviewOpinion {
  /** The stage that was seen: a review that went on meanwhile is not decided unseen. */
  readonly stage: number;
}

/** Gives the opinion of one stage: a reviewer under ten heads, or a head who signs or returns what was found. */
export class GiveOpinion {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;
  readonly #papers: ReviewForms;

  constructor(parts: Needs, rules: RuleShelf, papers: ReviewForms) {
    this.#parts = parts;
    this.#rules = rules;
    this.#papers = papers;
  }

  /**
   * @throws ArchiveError `not-found`, `case-closed`; `precondition-failed` (it has ended, or another has taken it);
   *   `conflict` (it went on meanwhile); `reviewer-unfit`; `invalid-input` with `details.problems: RuleMistake[]`
   */
  async run(actor: Actor, id: Id, given: StageOpinion): Promise<void> {
    const at = this.#parts.clock.now();
    const template = await this.#papers.template('opinion');
    const formId = await this.#parts.database.transaction(async (tx) => {
      const locked = await lockReview(tx, actor, id, actionAtStage);
      const stage = stageOf(locked);
      const { review } = locked;
      if (given.stage !== review.stage) throw new ArchiveError('conflict', `the review is at stage ${review.stage}`);
      if (review.takenBy !== null && review.takenBy !== actor.accountId)
        throw new ArchiveError('precondition-failed', 'another has taken it');
      const fitness = await fitnessOf(tx, this.#rules, { actor, at }, locked);
      requireFit(fitness);
      refuseMistakes(stage.kind === 'read' ? mistakesOfOpinion(given) : mistakesOfSignature(given));
      const opinion: OpinionRecord = {
        ...{ reviewId: id, stage: review.stage, outcome: given.outcome, answers: given.answers, text: given.text },
        ...{ changes: given.changes, givenBy: actor.accountId, givenAt: at },
        certified: stage.kind === 'read' ? fitness.certified : null,
      };
      await reviewRepository.addOpinion(tx, opinion);
      const opinions = [...locked.opinions, opinion];
      const outcome = outcomeOf(review.stages, opinions.map(resultOf(review)));
      const end = outcome && { outcome, opinions, at, actor, formId: newId(at.getTime()), template };
      const ended = end === null ? [] : await this.#end(tx, locked, end);
      if (outcome === null) await reviewRepository.advance(tx, id, review.stage + 1);
      await caseRepository.touch(tx, review.caseId, at);
      await appendEvents(tx, by(actor, at), [opinionEvent(review, stage, opinion), ...ended]);
      await refreshLines(tx, this.#rules, review.caseId, at);
      return end?.formId ?? null;
    });
    if (formId !== null) await enqueuePrint(this.#parts, formId);
  }

  async #end(tx: Tx, { review, reached }: LockedReview, end: ReviewEnd): Promise<EventDraft[]> {
    const { outcome, at, actor, formId, template } = end;
    const ended = { ...review, outcome, endedAt: at };
    const paper = await this.#papers.issue(tx, template, formId, { review: ended, reached, actor, at });
    await reviewRepository.end(tx, review.id, { outcome, opinionFormId: formId, at });
    return [
      {
        type: 'case.review_ended',
        chain: `case:${review.caseId}`,
        public: { review: review.id, occurrence: review.occurrenceId, outcome, form: formId },
      },
      ...(await endStep(tx, review, end)),
      ...paper,
    ];
  }
}

interface ReviewEnd {
  readonly outcome: ReviewOutcome;
  readonly opinions: readonly OpinionRecord[];
  readonly at: Date;
  readonly actor: Actor;
  /** Of the opinion as a paper. */
  readonly formId: Id;
  readonly template: FormTemplate;
}

function resultOf({ stages }: ReviewRecord) {
  return ({ stage, outcome }: OpinionRecord) => ({ kind: stages[stage]?.kind ?? ('read' as const), outcome });
}

/** A head agrees, or returns it and says why; he finds nothing of his own. */
function mistakesOfSignature({ outcome, answers, text, changes }: ReviewOpinion): RuleMistake[] {
  return [
    ...(outcome === 'passed-with-changes'
      ? [{ place: 'outcome', zh: '签批只能同意或者退回', en: 'a head agrees, or returns it' }]
      : []),
    ...(answers.length > 0 ? [{ place: 'answers', zh: '签批不填审核清单', en: 'a head fills in no checklist' }] : []),
    ...(changes !== null ? [{ place: 'changes', zh: '签批不另提修改要求', en: 'a head asks for no changes' }] : []),
    ...(text.trim() === '' ? [{ place: 'text', zh: '未写明签批意见', en: 'the opinion is missing' }] : []),
  ];
}

function refuseMistakes(problems: readonly RuleMistake[]): void {
  if (problems.length === 0) return;
  throw new ArchiveError('invalid-input', problems.map(({ place, en }) => `${place}: ${en}`).join('; '), {
    details: { problems },
  });
}

function opinionEvent(review: ReviewRecord, { kind, level }: ReviewStage, opinion: OpinionRecord): EventDraft {
  const { outcome, answers, text, changes, certified, stage } = opinion;
  return {
    type: 'case.review_opinion',
    chain: `case:${review.caseId}`,
    public: {
      ...{ review: review.id, stage, kind, level: level.id, outcome },
      certified: certified === null ? null : { from: certified.from, to: certified.to },
      findings: Object.fromEntries(answers.map(({ head, finding }) => [head, finding])),
    },
    personal: {
      text,
      ...(changes === null ? {} : { changes }),
      ...(answers.length === 0
        ? {}
        : { grounds: Object.fromEntries(answers.map(({ head, ground }) => [head, ground])) }),
    },
  };
}
