import { z } from 'zod';
import {
  ACTS,
  DECISION_EFFECTS,
  DECISION_KINDS,
  HEAD_FINDINGS,
  LEAST_DISCUSSING,
  REVIEW_HEADS,
  REVIEW_OUTCOMES,
} from '#domain';
import { dateSchema, neededSchema, ruleSchema } from './law.js';
import { idSchema, labelSchema, lineSchema, pageOf, pageQuerySchema, reasonSchema, timeSchema } from './primitives.js';
import { limitLengthSchema } from './procedures.js';

const textSchema = z.string().trim().min(1).max(4_000);
const personSchema = z.object({ id: idSchema, name: z.string() });
export const reviewOutcomeSchema = z.enum(REVIEW_OUTCOMES);

const partyKindSchema = z.enum(['person', 'organisation']);

/** What is about to be decided, for the catalogue of major decisions. */
export const describeDecisionSchema = z.object({
  kinds: z.array(z.enum(DECISION_KINDS)).min(1).max(DECISION_KINDS.length),
  amountFen: z.number().int().min(0).nullable().default(null).describe('null: not about money, or not known'),
  party: partyKindSchema,
  effects: z.array(z.enum(DECISION_EFFECTS)).max(DECISION_EFFECTS.length).default([]),
});
export type DescribeDecision = z.infer<typeof describeDecisionSchema>;
export type DescribeDecisionInput = z.input<typeof describeDecisionSchema>;

export const catalogueEntrySchema = z.object({
  id: z.string(),
  title: labelSchema,
  acts: z.array(z.enum(ACTS)),
  kinds: z.array(z.enum(DECISION_KINDS)).describe('any of these; empty: whatever it orders'),
  atLeastYuan: z.object({ person: z.number().int(), organisation: z.number().int() }).nullable(),
  effects: z.array(z.enum(DECISION_EFFECTS)).describe('any of these; empty: whatever its effect'),
  source: z.string(),
});

export const decisionFindingSchema = z.object({
  id: idSchema,
  decision: z.object({
    act: z.enum(ACTS),
    kinds: z.array(z.enum(DECISION_KINDS)),
    amountFen: z.number().int().nullable(),
    party: partyKindSchema,
    effects: z.array(z.enum(DECISION_EFFECTS)),
  }),
  catalogue: z.object({ id: z.string(), version: z.number().int() }),
  entries: z.array(catalogueEntrySchema).describe('those the decision falls under'),
  isEvery: z.boolean().describe('the agency reviews every decision'),
  isMajor: z.boolean(),
  at: timeSchema,
});
export type DecisionFinding = z.infer<typeof decisionFindingSchema>;

export const reviewLevelSchema = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  title: z.object({ zh: lineSchema, en: lineSchema }),
  unitId: idSchema.nullable().describe('its reviewers are of this unit; null: any whose rights reach the case'),
  signOff: z.boolean().describe('its head signs what the reviewer found'),
});

/** How the agency reviews. */
export const reviewPolicySchema = z.object({
  everyDecision: z.boolean().describe('whatever the catalogue says of it'),
  levels: z.array(reviewLevelSchema).min(1).max(5).describe('lowest first'),
  limit: limitLengthSchema.describe('from submission to the end of the review'),
});
export type ReviewPolicyView = z.infer<typeof reviewPolicySchema>;

export const setReviewPolicySchema = reviewPolicySchema.extend({
  version: z.number().int().min(0).describe('of the one it replaces, as it was seen'),
  reason: reasonSchema,
});
export type SetReviewPolicy = z.infer<typeof setReviewPolicySchema>;

export const policyInForceSchema = z.object({
  version: z.number().int().describe('0 until the agency has set any'),
  policy: reviewPolicySchema,
  setAt: timeSchema.nullable(),
});
export const reviewRulesSchema = policyInForceSchema.extend({
  catalogue: z.object({
    id: z.string(),
    version: z.number().int(),
    title: labelSchema,
    entries: z.array(catalogueEntrySchema),
    source: z.string(),
  }),
});
export type ReviewRules = z.infer<typeof reviewRulesSchema>;

export const reviewStageSchema = z.object({
  kind: z.enum(['read', 'sign']).describe('a reviewer reads and finds; a head signs or returns'),
  level: z.object({ id: z.string(), title: labelSchema }),
});

const discussionSchema = z.object({
  heldOn: dateSchema,
  participants: z.array(z.object({ name: z.string(), post: z.string() })),
  result: reviewOutcomeSchema,
  text: z.string(),
  recordedBy: personSchema,
  recordedAt: timeSchema,
});

export const reviewSummarySchema = z.object({
  id: idSchema,
  case: z.object({ id: idSchema, number: z.string(), title: z.string(), unitName: z.string() }),
  occurrenceId: idSchema,
  step: z.object({ title: labelSchema, n: z.number().int() }),
  n: z.number().int().describe('which submission, from 1'),
  state: z.enum(['open', 'ended', 'disputed']),
  stages: z.array(reviewStageSchema),
  stage: z.number().int().describe('the next, from 0; the last once it has ended'),
  submittedBy: personSchema,
  submittedAt: timeSchema,
  dueAt: timeSchema,
  lastDay: dateSchema.nullable(),
  clock: z.enum(['running', 'soon', 'late', 'met', 'met-late', 'paused']),
  takenBy: personSchema.nullable(),
  outcome: reviewOutcomeSchema.nullable().describe('what the reviewers found'),
  number: z.string().nullable().describe('of the opinion'),
  endedAt: timeSchema.nullable(),
  dispute: z
    .object({
      reason: z.string(),
      raisedBy: personSchema,
      raisedAt: timeSchema,
      discussion: discussionSchema.nullable(),
    })
    .nullable(),
});
export type ReviewSummary = z.infer<typeof reviewSummarySchema>;
export const reviewPageSchema = pageOf(reviewSummarySchema);
export const reviewQuerySchema = pageQuerySchema.extend({
  list: z
    .enum(['waiting', 'mine', 'returned', 'late', 'passed'])
    .default('waiting')
    .describe('waiting: nobody has taken it; mine: I am at it; returned: to be mended, or disputed'),
});
export type ReviewQuery = z.infer<typeof reviewQuerySchema>;

const headAnswerSchema = z.object({
  head: z.enum(REVIEW_HEADS),
  finding: z.enum(HEAD_FINDINGS),
  ground: z.string().trim().max(2_000),
});

export const reviewSchema = reviewSummarySchema.extend({
  note: z.string().nullable(),
  finding: decisionFindingSchema.nullable(),
  materials: z
    .array(
      z.object({
        step: labelSchema,
        occurrenceId: idSchema,
        paper: labelSchema.nullable().describe('null: a recording'),
        assetId: idSchema,
        fileName: z.string(),
      }),
    )
    .describe('as they were when it was submitted'),
  opinions: z.array(
    z.object({
      stage: z.number().int(),
      outcome: reviewOutcomeSchema,
      answers: z.array(headAnswerSchema),
      text: z.string(),
      changes: z.string().nullable(),
      by: personSchema,
      at: timeSchema,
      certified: z.object({ from: dateSchema, to: dateSchema }).nullable(),
    }),
  ),
  papers: z.object({ submission: idSchema.nullable(), opinion: idSchema.nullable() }).describe('as assets'),
  mayAct: z.boolean().describe('at the stage that is next'),
  unfit: z.array(labelSchema).describe('why who has the right to act may not act in this one'),
  mayDispute: z.boolean(),
  mayDiscuss: z.boolean(),
});
export type ReviewView = z.infer<typeof reviewSchema>;

/** What stands in the way of a submission, with the rule that asks for it. */
const owedSchema = z.object({
  stepId: z.string(),
  paperId: z.string().nullable(),
  words: labelSchema,
  rule: ruleSchema,
});

export const caseReviewsSchema = policyInForceSchema.extend({
  finding: decisionFindingSchema.nullable().describe('the last; null where nobody has looked the decision up'),
  steps: z.array(
    z.object({
      occurrenceId: idSchema,
      title: labelSchema,
      n: z.number().int(),
      needed: neededSchema,
      held: z.number().int().describe('papers and recordings that go along'),
      owed: z.array(owedSchema),
      maySubmit: z.boolean(),
    }),
  ),
  reviews: z.array(reviewSummarySchema).describe('in the order they were submitted'),
  mayJudge: z.boolean(),
});
export type CaseReviewsView = z.infer<typeof caseReviewsSchema>;

export const submitReviewSchema = z.object({
  occurrenceId: idSchema,
  note: z.string().trim().max(2_000).nullable().default(null),
});
export type SubmitReviewInput = z.input<typeof submitReviewSchema>;

export const giveOpinionSchema = z.object({
  stage: z.number().int().min(0).describe('the one that was seen'),
  outcome: reviewOutcomeSchema,
  answers: z.array(headAnswerSchema).max(20).default([]).describe('all ten heads; none where a head signs'),
  text: z.string().trim().max(4_000),
  changes: z.string().trim().max(4_000).nullable().default(null),
});
export type GiveOpinionInput = z.input<typeof giveOpinionSchema>;

export const disputeReviewSchema = z.object({ reason: reasonSchema });
export const recordDiscussionSchema = z.object({
  heldOn: dateSchema,
  participants: z
    .array(z.object({ name: lineSchema, post: lineSchema }))
    .min(LEAST_DISCUSSING)
    .max(50),
  result: reviewOutcomeSchema,
  text: textSchema,
});
export type RecordDiscussion = z.infer<typeof recordDiscussionSchema>;

const staffingSchema = z.object({
  officers: z.number().int().describe('with enforcement certificates that hold today'),
  reviewers: z.number().int().describe('with certificates of legal review that hold today'),
  needed: z.number().int().describe('5 in 100 of the officers'),
  isMet: z.boolean(),
});
export const reviewStaffingSchema = z.object({
  units: z
    .array(staffingSchema.extend({ unitId: idSchema, unitName: z.string() }))
    .describe('each with those below it'),
  all: staffingSchema,
});
export type ReviewStaffingView = z.infer<typeof reviewStaffingSchema>;
