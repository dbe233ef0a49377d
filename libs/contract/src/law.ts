import { z } from 'zod';
import { CERTIFICATE_KINDS, FAULT_CODES } from '#domain';
import { idSchema, labelSchema, lineSchema, pageOf, pageQuerySchema, reasonSchema, timeSchema } from './primitives.js';
import { actingRoleSchema, excuseKindSchema, limitLengthSchema, recordingDutySchema } from './procedures.js';

/** A civil day, `2026-11-22`. */
export const dateSchema = z.iso.date();

/** The rule an outcome follows: which version of which procedure, which part of it, and the clause. */
export const ruleSchema = z.object({
  procedureId: z.string(),
  version: z.number().int(),
  part: z.string().describe('`steps/decision`, `limits/service`, `steps/seizure/papers/decision`'),
  title: labelSchema,
  source: z.string(),
});
export type RuleView = z.infer<typeof ruleSchema>;

export const faultSchema = z.object({
  code: z.enum(FAULT_CODES),
  stepId: z.string(),
  occurrenceId: idSchema.nullable(),
  words: labelSchema,
  rule: ruleSchema,
});
export type FaultView = z.infer<typeof faultSchema>;

export const neededSchema = z
  .enum(['yes', 'no', 'may', 'unknown'])
  .describe('`no`: ruled out by what was stated; `unknown`: hangs on what was not');

export const dutySchema = z.object({
  about: z.enum(['step', 'paper', 'recording']),
  stepId: z.string(),
  occurrenceId: idSchema.nullable(),
  paperId: z.string().nullable(),
  status: z.enum(['held', 'missing', 'excused', 'optional', 'not-applicable', 'undetermined']),
  words: labelSchema,
  rule: ruleSchema,
});
export type DutyView = z.infer<typeof dutySchema>;

const personSchema = z.object({ id: idSchema, name: z.string() });

/** One fact that an officer states: of the case, or of one coming of a step. */
export const statedConditionSchema = z.object({
  conditionId: z.string(),
  occurrenceId: idSchema.nullable(),
  title: labelSchema,
  source: z.string(),
  holds: z.boolean().nullable().describe('as last stated; null: never stated'),
  isOwed: z.boolean().describe('something the case asks for hangs on it, and it was never stated'),
  statements: z
    .array(
      z.object({
        holds: z.boolean(),
        at: timeSchema.describe('since when it holds, or does not'),
        statedAt: timeSchema,
        by: personSchema,
      }),
    )
    .describe('in the order they were made'),
});
export type StatedCondition = z.infer<typeof statedConditionSchema>;

export const participantSchema = z.object({
  accountId: idSchema,
  name: z.string(),
  role: actingRoleSchema,
  isCertified: z.boolean().describe('on the day the step began, or today where it has not'),
});

/** One coming of a step as the procedure sees it. */
export const stepStandingSchema = z.object({
  occurrenceId: idSchema,
  stepId: z.string(),
  needed: neededSchema,
  recording: recordingDutySchema.nullable().describe('the duty in force; null while it hangs on what was not stated'),
  people: z.array(participantSchema),
  duties: z.array(dutySchema).describe('papers and recording; none before it begins'),
  papers: z.array(z.object({ paperId: z.string(), assetId: idSchema })).describe('what is there in good custody'),
  beginning: z.array(faultSchema).describe('what beginning it now would be against; empty once it has begun'),
  deciding: z.array(faultSchema).describe('why a decision that has begun cannot be recorded as done now'),
});
export type StepStanding = z.infer<typeof stepStandingSchema>;

export const clockSchema = z.object({
  limitId: z.string(),
  title: labelSchema,
  of: z.enum(['agency', 'party']).describe('whose time it is; of a party what is late has lapsed'),
  sense: z.enum(['within', 'not-before']),
  occurrenceId: idSchema.nullable().describe('the coming it runs from; null from the opening of the case'),
  state: z.enum(['running', 'soon', 'late', 'met', 'met-late', 'paused', 'waiting', 'over', 'too-early']),
  startedAt: timeSchema,
  metAt: timeSchema.nullable(),
  dueAt: timeSchema.nullable().describe('the last millisecond in time; null while paused'),
  lastDay: dateSchema.nullable().describe('null for hours and while paused'),
  warnings: z.array(z.enum(['calendar-provisional', 'calendar-ends'])),
  extensions: z.number().int(),
  refusedExtensions: z.number().int().describe('approved too late, or one too many'),
  extension: z
    .object({ limit: limitLengthSchema, times: z.number().int(), approver: labelSchema })
    .nullable()
    .describe('what the law allows'),
  rule: ruleSchema,
});
export type ClockView = z.infer<typeof clockSchema>;

const decisionSchema = z
  .object({ isApproved: z.boolean(), by: personSchema, at: timeSchema, reason: z.string() })
  .nullable()
  .describe('null while nobody has decided');

export const excuseSchema = z.object({
  id: idSchema,
  occurrenceId: idSchema,
  paperId: z.string().nullable().describe('null: the recording of the step'),
  kind: excuseKindSchema,
  reason: z.string(),
  askedBy: personSchema,
  askedAt: timeSchema,
  decision: decisionSchema,
  mayDecide: z.boolean(),
});

export const extensionSchema = z.object({
  id: idSchema,
  limitId: z.string(),
  occurrenceId: idSchema.nullable(),
  reason: z.string(),
  askedBy: personSchema,
  askedAt: timeSchema,
  decision: decisionSchema,
  mayDecide: z.boolean(),
});

/** How a case stands by its procedure, now. Of a closed case the clocks stand as they did when it was closed. */
export const caseLawSchema = z.object({
  at: timeSchema,
  conditions: z.array(statedConditionSchema),
  steps: z.array(stepStandingSchema).describe('one for each occurrence, in the order of the procedure'),
  stepDuties: z.array(dutySchema).describe('one for each step: whether it is done'),
  clocks: z.array(clockSchema),
  breaches: z.array(faultSchema),
  closing: z.array(faultSchema).describe('why it cannot be closed now; empty once it is'),
  excuses: z.array(excuseSchema),
  extensions: z.array(extensionSchema),
  newestVersion: z.number().int().describe('of the procedure; above the version of the case it may be adopted'),
});
export type CaseLaw = z.infer<typeof caseLawSchema>;

export const stateConditionSchema = z.object({
  conditionId: z.string().max(64),
  occurrenceId: idSchema.nullable().default(null),
  holds: z.boolean(),
  at: timeSchema.optional().describe('since when, where it is not now; clocks that it stops stand from then on'),
});
export type StateCondition = z.infer<typeof stateConditionSchema>;

export const setPeopleSchema = z.object({
  people: z.array(z.object({ accountId: idSchema, role: actingRoleSchema })).max(50),
  reason: reasonSchema.optional().describe('needed once the step has begun'),
});
export type SetPeople = z.infer<typeof setPeopleSchema>;

export const askExcuseSchema = z.object({
  occurrenceId: idSchema,
  paperId: z.string().max(64).nullable().default(null).describe('null: the recording of the step'),
  kind: excuseKindSchema,
  reason: reasonSchema,
});
export type AskExcuse = z.infer<typeof askExcuseSchema>;

export const askExtensionSchema = z.object({
  limitId: z.string().max(64),
  occurrenceId: idSchema.nullable().default(null).describe('the coming the limit runs from'),
  reason: reasonSchema,
});
export type AskExtension = z.infer<typeof askExtensionSchema>;

/** Decides an excuse or an extension. */
export const decideSchema = z.object({ approve: z.boolean(), reason: reasonSchema });
export type Decide = z.infer<typeof decideSchema>;

export const adoptProcedureSchema = z.object({ version: z.number().int().min(1), reason: reasonSchema });
export type AdoptProcedure = z.infer<typeof adoptProcedureSchema>;

export const certificateKindSchema = z.enum(CERTIFICATE_KINDS);
export const certificateSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  accountName: z.string(),
  unitName: z.string(),
  kind: certificateKindSchema,
  number: z.string(),
  validFrom: dateSchema,
  validTo: dateSchema.describe('both days count'),
  withdrawnAt: timeSchema.nullable(),
});
export type Certificate = z.infer<typeof certificateSchema>;
export const certificateListSchema = z.object({ items: z.array(certificateSchema) });
export const certificateQuerySchema = z.object({ accountId: idSchema.optional() });
export type CertificateQuery = z.infer<typeof certificateQuerySchema>;
export const keepCertificateSchema = z.object({
  accountId: idSchema,
  kind: certificateKindSchema,
  number: lineSchema,
  validFrom: dateSchema,
  validTo: dateSchema,
});
export type KeepCertificate = z.infer<typeof keepCertificateSchema>;
export const withdrawCertificateSchema = z.object({ reason: reasonSchema });

/** An open clock, an owed duty, a fact to be stated, or a breach of an open case. */
export const lineKindSchema = z.enum(['clock', 'duty', 'statement', 'breach']);
export const caseLineSchema = z.object({
  id: idSchema,
  caseId: idSchema,
  caseNumber: z.string(),
  caseTitle: z.string(),
  unitName: z.string(),
  officers: z.array(z.string()),
  kind: lineKindSchema,
  ref: z.string().describe('id of the limit, the step or the condition'),
  of: z.enum(['agency', 'party']),
  occurrenceId: idSchema.nullable(),
  startedAt: timeSchema.nullable(),
  dueAt: timeSchema.nullable().describe('null: as soon as can be, or paused'),
  isLate: z.boolean(),
  words: labelSchema,
  rule: ruleSchema,
});
export type CaseLineView = z.infer<typeof caseLineSchema>;
export const caseLinePageSchema = pageOf(caseLineSchema);
export const dueQuerySchema = pageQuerySchema.extend({ kind: lineKindSchema.optional() });
export type DueQuery = z.infer<typeof dueQuerySchema>;
export const lateQuerySchema = dueQuerySchema.extend({ unitId: idSchema.optional(), officerId: idSchema.optional() });
export type LateQuery = z.infer<typeof lateQuerySchema>;

export const calendarSchema = z.object({
  id: z.string(),
  sha256: z.string(),
  utcOffsetMinutes: z.number().int(),
  years: z.array(
    z.object({
      year: z.number().int(),
      source: z.string(),
      published: z.boolean().describe('false while only the festivals the law names are known'),
      holidays: z.array(z.object({ title: labelSchema, from: dateSchema, to: dateSchema })),
      makeUpDays: z.array(dateSchema),
    }),
  ),
  publishedTo: dateSchema.nullable().describe('the last day that is sure'),
  endsSoon: z.boolean().describe('less than a year ahead is sure'),
});
export type CalendarView = z.infer<typeof calendarSchema>;

/** Lengths that the law leaves to the agency. */
export const agencyLimitSchema = z.object({
  procedureId: z.string(),
  limitId: z.string(),
  title: labelSchema,
  source: z.string(),
  byLaw: limitLengthSchema.describe('what holds where nothing is set'),
  set: limitLengthSchema.nullable(),
});
export const agencyLimitListSchema = z.object({ items: z.array(agencyLimitSchema) });
export type AgencyLimitList = z.infer<typeof agencyLimitListSchema>;
export const setAgencyLimitSchema = z.object({
  procedureId: z.string().max(64),
  limitId: z.string().max(64),
  limit: limitLengthSchema.nullable().describe('null: what holds by law'),
  reason: reasonSchema,
});
export type SetAgencyLimit = z.infer<typeof setAgencyLimitSchema>;
