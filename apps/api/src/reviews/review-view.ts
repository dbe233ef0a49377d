import type { CaseReviews, PolicyInForce, ReviewDetail, ReviewFinding, ReviewLine, Staffing } from '#archive';
import type {
  CaseReviewsView,
  DecisionFinding,
  ReviewPolicyView,
  ReviewRules,
  ReviewStaffingView,
  ReviewSummary,
  ReviewView,
} from '#contract';
import { type CatalogueEntry, type DecisionCatalogue, findStep, type Id, UNFITNESS_TEXT } from '#domain';

type Names = ReadonlyMap<Id, string>;
const person = (names: Names, id: Id) => ({ id, name: names.get(id) ?? '' });

export function toReviewSummary({
  review,
  found,
  unitName,
  step,
  clock,
  dispute,
  papers,
  names,
}: ReviewLine): ReviewSummary {
  return {
    ...{ id: review.id, occurrenceId: review.occurrenceId, step, n: review.n, state: review.state, clock },
    case: { id: found.id, number: found.number, title: found.title, unitName },
    stages: review.stages.map(({ kind, level: { id, title } }) => ({ kind, level: { id, title } })),
    ...{ stage: review.stage, submittedBy: person(names, review.submittedBy) },
    submittedAt: review.submittedAt.toISOString(),
    ...{ dueAt: review.dueAt.toISOString(), lastDay: review.lastDay },
    takenBy: review.takenBy === null ? null : person(names, review.takenBy),
    ...{ outcome: review.outcome, number: papers.number, endedAt: review.endedAt?.toISOString() ?? null },
    dispute: dispute && toDispute(dispute, names),
  };
}

function toDispute(dispute: NonNullable<ReviewLine['dispute']>, names: Names): NonNullable<ReviewSummary['dispute']> {
  const { reason, raisedBy, raisedAt, discussion } = dispute;
  return {
    ...{ reason, raisedBy: person(names, raisedBy), raisedAt: raisedAt.toISOString() },
    discussion: discussion && {
      ...discussion,
      participants: [...discussion.participants],
      recordedBy: person(names, discussion.recordedBy),
      recordedAt: discussion.recordedAt.toISOString(),
    },
  };
}

export function toReview(detail: ReviewDetail): ReviewView {
  const { review, procedure, opinions, finding, fileNames, papers, unfit, mayDispute, mayDiscuss, names } = detail;
  return {
    ...toReviewSummary(detail),
    ...{ note: review.note, finding: finding && toFinding(finding) },
    materials: review.materials.map(({ stepId, occurrenceId, paperId, assetId }) => {
      const step = findStep(procedure, stepId);
      return {
        ...{ step: step?.title ?? { zh: stepId, en: stepId }, occurrenceId, assetId },
        paper: step?.papers.find(({ id }) => id === paperId)?.title ?? null,
        fileName: fileNames.get(assetId) ?? '',
      };
    }),
    opinions: opinions.map(({ stage, outcome, answers, text, changes, givenBy, givenAt, certified }) => ({
      ...{ stage, outcome, answers: [...answers], text, changes, certified },
      ...{ by: person(names, givenBy), at: givenAt.toISOString() },
    })),
    papers: { submission: papers.submissionAssetId, opinion: papers.opinionAssetId },
    mayAct: unfit !== null && unfit.length === 0,
    unfit: (unfit ?? []).map((code) => UNFITNESS_TEXT[code]),
    ...{ mayDispute, mayDiscuss },
  };
}

export function toFinding({ record, entries }: ReviewFinding): DecisionFinding {
  const { id, description, catalogueId, catalogueVersion, isEvery, isMajor, judgedAt } = record;
  return {
    ...{ id, isEvery, isMajor, at: judgedAt.toISOString(), entries: entries.map(toEntry) },
    decision: { ...description, kinds: [...description.kinds], effects: [...description.effects] },
    catalogue: { id: catalogueId, version: catalogueVersion },
  };
}

function toEntry(entry: CatalogueEntry): DecisionFinding['entries'][number] {
  return { ...entry, acts: [...entry.acts], kinds: [...entry.kinds], effects: [...entry.effects] };
}

export function toPolicy({ version, body, setAt }: PolicyInForce): {
  version: number;
  policy: ReviewPolicyView;
  setAt: string | null;
} {
  const policy = { ...body, levels: body.levels.map((level) => ({ ...level })), limit: { ...body.limit } };
  return { version, policy, setAt: setAt?.toISOString() ?? null };
}

export function toRules(policy: PolicyInForce, catalogue: DecisionCatalogue): ReviewRules {
  return { ...toPolicy(policy), catalogue: { ...catalogue, entries: catalogue.entries.map(toEntry) } };
}

export function toCaseReviews({ policy, finding, steps, reviews, mayJudge }: CaseReviews): CaseReviewsView {
  return {
    ...{ ...toPolicy(policy), finding: finding && toFinding(finding), mayJudge },
    steps: steps.map(({ occurrence, title, needed, held, owed, maySubmit }) => ({
      ...{ occurrenceId: occurrence.id, title, n: occurrence.n, needed, held: held.length, maySubmit },
      owed: owed.map(({ stepId, paperId, words, rule }) => ({ stepId, paperId, words, rule })),
    })),
    reviews: reviews.map(toReviewSummary),
  };
}

export function toStaffing({ units, all }: Staffing): ReviewStaffingView {
  return { units: units.map((unit) => ({ ...unit })), all };
}
