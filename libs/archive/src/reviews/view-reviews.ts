import {
  type Actor,
  ArchiveError,
  type CatalogueEntry,
  type ClockState,
  type DutyStanding,
  findStep,
  type Id,
  type Label,
  may,
  type Needed,
  neededBy,
  type Procedure,
  stateOfClock,
  type Unfitness,
} from '#domain';
import {
  accountRepository,
  assetRepository,
  type CaseRecord,
  type Cursor,
  caseRepository,
  catalogueRepository,
  type DisputeRecord,
  type FindingRecord,
  findingRepository,
  type OccurrenceRecord,
  type OpinionRecord,
  occurrenceRepository,
  type ReviewList,
  type ReviewMaterial,
  type ReviewPapers,
  type ReviewRecord,
  reviewRepository,
  type Tx,
  unitRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { listScope, requireCase } from '../cases/case-access.js';
import { readStanding } from '../law/read-standing.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { actionAtStage, fitnessOf } from './locked-review.js';
import { materialsBefore } from './review-materials.js';
import { type PolicyInForce, policyInForce } from './review-rules.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

/** A review as lists show it. */
export interface ReviewLine {
  readonly review: ReviewRecord;
  readonly found: CaseRecord;
  readonly unitName: string;
  readonly step: { readonly title: Label; readonly n: number };
  readonly clock: ClockState;
  readonly dispute: DisputeRecord | null;
  readonly papers: ReviewPapers;
  readonly names: ReadonlyMap<Id, string>;
}

export interface ReviewFinding {
  readonly record: FindingRecord;
  readonly entries: readonly CatalogueEntry[];
}

export interface ReviewDetail extends ReviewLine {
  readonly procedure: Procedure;
  readonly opinions: readonly OpinionRecord[];
  readonly finding: ReviewFinding | null;
  readonly fileNames: ReadonlyMap<Id, string>;
  /** Why the one who asks may not act at the stage that is next; null where it is not his to act at all. */
  readonly unfit: readonly Unfitness[] | null;
  readonly mayDispute: boolean;
  readonly mayDiscuss: boolean;
}

export interface ReviewStep {
  readonly occurrence: OccurrenceRecord;
  readonly title: Label;
  readonly needed: Needed;
  readonly held: readonly ReviewMaterial[];
  readonly owed: readonly DutyStanding[];
  readonly maySubmit: boolean;
}

export interface CaseReviews {
  readonly policy: PolicyInForce;
  readonly finding: ReviewFinding | null;
  readonly steps: readonly ReviewStep[];
  readonly reviews: readonly ReviewLine[];
  readonly mayJudge: boolean;
}

/** Reviews the actor may see, first due first: the desk of a reviewer, and what a head has to sign. */
export class ListReviews {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `forbidden` */
  async run(
    actor: Actor,
    query: { readonly list: ReviewList; readonly cursor: Cursor | null; readonly limit: number },
  ): Promise<{ items: ReviewLine[]; next: Cursor | null }> {
    if (!may(actor, 'reviews.list')) throw new ArchiveError('forbidden', 'may not list reviews');
    const { reader } = this.#parts.database;
    const now = this.#parts.clock.now();
    const scope = await listScope(reader, actor);
    if (scope === null) return { items: [], next: null };
    const { list, cursor, limit } = query;
    const wanted = { list, scope, accountId: actor.accountId, now, cursor, limit: limit + 1 };
    const records = await reviewRepository.list(reader, wanted);
    const items = await describeReviews(reader, this.#rules, records.slice(0, limit), now);
    const last = items.at(-1)?.review;
    return { items, next: records.length > limit && last ? { at: last.dueAt, id: last.id } : null };
  }
}

export class ViewReview {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found` */
  async run(actor: Actor, id: Id): Promise<ReviewDetail> {
    const { reader } = this.#parts.database;
    const at = this.#parts.clock.now();
    const review = await reviewRepository.find(reader, id);
    if (!review) throw new ArchiveError('not-found', `no review ${id}`);
    const { found, officers, subject } = await requireCase(reader, actor, review.caseId, 'case.read');
    const [line] = await describeReviews(reader, this.#rules, [review], at);
    if (!line) throw new ArchiveError('internal', 'one review gives one line');
    const opinions = await reviewRepository.opinions(reader, [id]);
    const officerIds = officers.map((officer) => officer.id);
    const isActive = review.state === 'open' && found.state === 'open';
    const acts = isActive && may(actor, actionAtStage(review), subject);
    const fitness = acts && (await fitnessOf(reader, this.#rules, { actor, at }, { review, officerIds, opinions }));
    const assets = await assetRepository.findMany(
      reader,
      review.materials.map(({ assetId }) => assetId),
    );
    const isLast = (await reviewRepository.ofCase(reader, review.caseId)).every(
      ({ occurrenceId, n }) => occurrenceId !== review.occurrenceId || n <= review.n,
    );
    const isOpenCase = found.state === 'open';
    return {
      ...line,
      procedure: await this.#rules.procedure(found.procedureId, found.procedureVersion),
      ...{ opinions, finding: await findingOf(reader, review.findingId) },
      fileNames: new Map(assets.map((asset) => [asset.id, asset.fileName])),
      unfit: fitness ? fitness.unfit : null,
      mayDispute:
        isOpenCase &&
        isLast &&
        line.dispute === null &&
        review.outcome === 'returned' &&
        may(actor, 'case.edit', subject),
      mayDiscuss:
        isOpenCase &&
        review.state === 'disputed' &&
        may(actor, 'case.approve', subject) &&
        !officerIds.includes(actor.accountId),
    };
  }
}

/** What the page of a case shows of its reviews: whether one is needed, whether it can be submitted, how it stands. */
export class ViewCaseReviews {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found` */
  async run(actor: Actor, caseId: Id): Promise<CaseReviews> {
    const { reader } = this.#parts.database;
    const { found, subject } = await requireCase(reader, actor, caseId, 'case.read');
    const { procedure, standing, occurrences } = await readStanding(reader, this.#rules, found);
    const records = await reviewRepository.ofCase(reader, caseId);
    const mayEdit = found.state === 'open' && may(actor, 'case.edit', subject);
    const newest = await findingRepository.newest(reader, caseId);
    const steps = occurrences.flatMap((occurrence): ReviewStep[] => {
      const step = findStep(procedure, occurrence.stepId);
      if (step?.kind !== 'legal-review') return [];
      const { held, owed } = materialsBefore({ procedure, standing }, step.id);
      const needed = neededBy(step.need, standing);
      const isGoingOn = records.some((one) => one.occurrenceId === occurrence.id && one.state !== 'ended');
      const isOpen = mayEdit && occurrence.state !== 'done' && needed !== 'no' && !isGoingOn;
      return [{ occurrence, title: step.title, needed, held, owed, maySubmit: isOpen && owed.length === 0 }];
    });
    return {
      policy: await policyInForce(reader),
      finding: await findingOf(reader, newest?.id ?? null),
      ...{ steps, mayJudge: mayEdit },
      reviews: await describeReviews(reader, this.#rules, records, this.#parts.clock.now()),
    };
  }
}

async function findingOf(tx: Tx, id: Id | null): Promise<ReviewFinding | null> {
  const record = id === null ? null : await findingRepository.find(tx, id);
  if (record === null) return null;
  const catalogue = await catalogueRepository.find(tx, record.catalogueId, record.catalogueVersion);
  return { record, entries: catalogue?.entries.filter((entry) => record.entries.includes(entry.id)) ?? [] };
}

async function describeReviews(
  tx: Tx,
  rules: RuleShelf,
  records: readonly ReviewRecord[],
  now: Date,
): Promise<ReviewLine[]> {
  const cases = await caseRepository.findMany(tx, [...new Set(records.map(({ caseId }) => caseId))]);
  const units = await unitRepository.namesOf(tx, [...new Set(cases.map(({ unitId }) => unitId))]);
  const occurrences = await occurrenceRepository.findMany(
    tx,
    records.map(({ occurrenceId }) => occurrenceId),
  );
  const ids = records.map(({ id }) => id);
  const opinions = await reviewRepository.opinions(tx, ids);
  const disputes = await reviewRepository.disputes(tx, ids);
  const papers = await reviewRepository.papers(tx, ids);
  const people = [
    ...records.flatMap(({ submittedBy, takenBy }) => [submittedBy, takenBy]),
    ...opinions.map(({ givenBy }) => givenBy),
    ...disputes.flatMap(({ raisedBy, discussion }) => [raisedBy, discussion?.recordedBy ?? null]),
  ].filter((id) => id !== null);
  const names = await accountRepository.namesOf(tx, [...new Set(people)]);
  const lines: ReviewLine[] = [];
  for (const review of records) {
    const found = cases.find(({ id }) => id === review.caseId);
    const occurrence = occurrences.find(({ id }) => id === review.occurrenceId);
    const ofReview = papers.find(({ reviewId }) => reviewId === review.id);
    if (!found || !occurrence || !ofReview)
      throw new ArchiveError('internal', `the case of review ${review.id} is gone`);
    const procedure = await rules.procedure(found.procedureId, found.procedureVersion);
    const due = { at: review.dueAt, lastDay: review.lastDay, warnings: [] };
    lines.push({
      ...{ review, found, unitName: units.get(found.unitId) ?? '', names, papers: ofReview },
      step: { title: findStep(procedure, occurrence.stepId)?.title ?? procedure.title, n: occurrence.n },
      clock: stateOfClock(review.submittedAt, due, { now, metAt: review.endedAt }),
      dispute: disputes.find(({ reviewId }) => reviewId === review.id) ?? null,
    });
  }
  return lines;
}
