import { type Actor, ArchiveError, dueOf, findStep, type Id, neededBy, newId, stagesOf, utc } from '#domain';
import {
  caseRepository,
  findingRepository,
  type OccurrenceRecord,
  occurrenceRepository,
  type ReviewRecord,
  reviewRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { lockCase, requireOpen } from '../cases/case-access.js';
import { enqueuePrint } from '../forms/issue-form.js';
import { type CaseFile, readStanding } from '../law/read-standing.js';
import { refreshLines } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, by, type EventDraft } from '../ledger/append-events.js';
import type { ReviewForms } from './review-forms.js';
import { digestOfMaterials, materialsBefore } from './review-materials.js';
import { policyInForce } from './review-rules.js';

type Needs = Pick<ArchiveParts, 'database' | 'queue' | 'clock' | 'log'>;

export interface ReviewWish {
  /** The coming of a step of legal review. */
  readonly occurrenceId: Id;
  /** What the case unit wants the reviewer to know. */
  readonly note: string | null;
}

/**
 * Submits a case for legal review with its materials, once all that the steps before ask for is there. The step begins
 * with its first submission; after a return it is submitted again.
 */
export class SubmitReview {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;
  readonly #papers: ReviewForms;

  constructor(parts: Needs, rules: RuleShelf, papers: ReviewForms) {
    this.#parts = parts;
    this.#rules = rules;
    this.#papers = papers;
  }

  /**
   * @throws ArchiveError `not-found`, `case-closed`; `precondition-failed` (no such review is needed, it is done, or one is
   *   going on); `review-incomplete` with `details.owed`: what is missing, in words, with the rule
   */
  async run(actor: Actor, caseId: Id, wish: ReviewWish): Promise<Id> {
    const at = this.#parts.clock.now();
    const id = newId(at.getTime());
    const submissionFormId = newId(at.getTime());
    const template = await this.#papers.template('submission');
    await this.#parts.database.transaction(async (tx) => {
      const reached = await lockCase(tx, actor, caseId, 'case.edit');
      const { found } = reached;
      requireOpen(found);
      const file = await readStanding(tx, this.#rules, found);
      const occurrence = requireReviewStep(file, wish.occurrenceId);
      const n = await requireNoneGoingOn(tx, wish.occurrenceId, caseId);
      const materials = materialsBefore(file, occurrence.stepId);
      if (materials.owed.length > 0)
        throw new ArchiveError('review-incomplete', `${materials.owed.length} things are missing`, {
          details: {
            owed: materials.owed.map(({ stepId, paperId, words, rule }) => ({ stepId, paperId, words, rule })),
          },
        });
      const policy = await policyInForce(tx);
      const due = dueOf(at, policy.body.limit, file.reckoning.calendar);
      if (due.at === null) throw new ArchiveError('internal', 'a limit without pauses has an end');
      const review: ReviewRecord = {
        ...{ id, caseId, occurrenceId: wish.occurrenceId, n, state: 'open', policyVersion: policy.version },
        ...{ stages: stagesOf(policy.body), stage: 0, note: wish.note, materials: materials.held },
        ...{ findingId: (await findingRepository.newest(tx, caseId))?.id ?? null, submittedBy: actor.accountId },
        ...{ submittedAt: at, dueAt: due.at, lastDay: due.lastDay, takenBy: null, outcome: null },
        ...{ endedAt: null, submissionFormId, opinionFormId: null },
      };
      const begun = occurrence.state === 'waiting' ? [await beginStep(tx, caseId, occurrence, at)] : [];
      const paper = await this.#papers.issue(tx, template, submissionFormId, { review, reached, actor, at });
      await reviewRepository.add(tx, review);
      await caseRepository.touch(tx, caseId, at);
      await appendEvents(tx, by(actor, at), [...begun, submitted(review), ...paper]);
      await refreshLines(tx, this.#rules, caseId, at);
    });
    await enqueuePrint(this.#parts, submissionFormId);
    return id;
  }
}

function requireReviewStep({ procedure, standing, occurrences }: CaseFile, occurrenceId: Id): OccurrenceRecord {
  const occurrence = occurrences.find(({ id }) => id === occurrenceId);
  const step = occurrence && findStep(procedure, occurrence.stepId);
  if (!occurrence || step?.kind !== 'legal-review') throw new ArchiveError('not-found', 'no such review in the case');
  if (occurrence.state === 'done') throw new ArchiveError('precondition-failed', 'this review is done');
  if (neededBy(step.need, standing) === 'no')
    throw new ArchiveError('precondition-failed', 'by what was stated no review is needed here');
  return occurrence;
}

/** @returns which submission this is */
async function requireNoneGoingOn(tx: Tx, occurrenceId: Id, caseId: Id): Promise<number> {
  const before = (await reviewRepository.ofCase(tx, caseId)).filter((one) => one.occurrenceId === occurrenceId);
  if (before.some(({ state }) => state !== 'ended'))
    throw new ArchiveError('precondition-failed', 'it is being reviewed, or discussed');
  return before.length + 1;
}

async function beginStep(tx: Tx, caseId: Id, { id, address }: OccurrenceRecord, at: Date): Promise<EventDraft> {
  await occurrenceRepository.change(tx, id, { state: 'open', startedAt: at, endedAt: null });
  return {
    type: 'case.step_changed',
    chain: `case:${caseId}`,
    public: { occurrence: id, from_state: 'waiting', state: 'open', started_at: utc(at), ended_at: null },
    personal: address === null ? {} : { address },
  };
}

function submitted(review: ReviewRecord): EventDraft {
  return {
    type: 'case.review_submitted',
    chain: `case:${review.caseId}`,
    public: {
      ...{ review: review.id, occurrence: review.occurrenceId, n: review.n, policy_version: review.policyVersion },
      ...{ stages: review.stages.map(({ kind, level }) => ({ kind, level: level.id })), finding: review.findingId },
      ...{ due_at: utc(review.dueAt), materials: review.materials.length, form: review.submissionFormId },
      materials_digest: digestOfMaterials(review.materials),
    },
    personal: review.note === null ? {} : { note: review.note },
  };
}
