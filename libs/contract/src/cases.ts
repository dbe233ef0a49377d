import { z } from 'zod';
import { CASE_CHECK_CAUSES, CLOSING_MANNERS } from '#domain';
import { caseLawSchema, faultSchema } from './law.js';
import { idSchema, labelSchema, lineSchema, pageOf, pageQuerySchema, reasonSchema, timeSchema } from './primitives.js';
import { procedureSchema } from './procedures.js';

export const levelSchema = z.enum(['normal', 'sensitive', 'restricted']);
export const caseStateSchema = z.enum(['open', 'closed', 'archived']);
export const partySchema = z.object({ kind: z.enum(['person', 'organisation']), name: lineSchema });

export const openCaseSchema = z.object({
  procedureId: z.string().max(64),
  number: lineSchema.describe('case number as the agency writes it; unique in the unit'),
  title: lineSchema,
  level: levelSchema.default('normal'),
  officerIds: z.array(idSchema).max(20).default([]).describe('in charge beside the one who opens it'),
  parties: z.array(partySchema).max(100).default([]),
});
export type OpenCase = z.infer<typeof openCaseSchema>;
export type OpenCaseInput = z.input<typeof openCaseSchema>;

export const changeCaseSchema = z.object({
  title: lineSchema.optional(),
  officerIds: z.array(idSchema).min(1).max(20).optional(),
  parties: z.array(partySchema).max(100).optional(),
  reason: reasonSchema,
});
export type ChangeCase = z.infer<typeof changeCaseSchema>;

export const caseSummarySchema = z.object({
  id: idSchema,
  number: z.string(),
  title: z.string(),
  state: caseStateSchema,
  level: levelSchema,
  procedureId: z.string(),
  procedureTitle: labelSchema,
  unitName: z.string(),
  openedAt: timeSchema,
  changedAt: timeSchema,
  assetCount: z.number().int(),
});
export type CaseSummary = z.infer<typeof caseSummarySchema>;
export const casePageSchema = pageOf(caseSummarySchema);
export const caseQuerySchema = pageQuerySchema.extend({
  search: z.string().trim().max(100).optional().describe('any fragment of number or title, two characters or more'),
  state: caseStateSchema.optional(),
});
export type CaseQuery = z.infer<typeof caseQuerySchema>;

export const occurrenceSchema = z.object({
  id: idSchema,
  stepId: z.string(),
  n: z.number().int(),
  state: z.enum(['waiting', 'open', 'done']),
  startedAt: timeSchema.nullable(),
  endedAt: timeSchema.nullable(),
  address: z.string().nullable(),
});
export const closingMannerSchema = z.enum(CLOSING_MANNERS);

/** How a case was closed. */
export const closingSchema = z.object({
  at: timeSchema,
  by: z.string().nullable(),
  manner: closingMannerSchema,
  reason: z.string().nullable().describe('null when it has been forgotten'),
  quarantined: z.array(idSchema).describe('assets known to be quarantined when it was closed'),
  originals: z
    .object({ at: timeSchema, count: z.number().int(), intact: z.number().int() })
    .nullable()
    .describe('what was found when every original was read again; null while that goes on'),
  timestamp: z
    .object({ at: timeSchema, authority: z.string() })
    .nullable()
    .describe('the first time-stamp over the closing'),
  hasAuthority: z.boolean().nullable().describe('whether a time-stamp authority is asked; null when not known yet'),
});
export type ClosingView = z.infer<typeof closingSchema>;

export const closeCaseSchema = z.object({
  manner: closingMannerSchema,
  reason: reasonSchema,
  despite: z
    .array(idSchema)
    .max(1_000)
    .default([])
    .describe('assets known to be quarantined: they can never be settled, and stay in the case'),
});
export type CloseCase = z.infer<typeof closeCaseSchema>;
export type CloseCaseInput = z.input<typeof closeCaseSchema>;

/** What stands in the way of closing a case. */
export const closingObstacleListSchema = z.object({
  items: z.array(
    z.object({
      kind: z.enum(['unfinished-upload', 'unsealed', 'quarantined']),
      assetId: idSchema,
      fileName: z.string(),
      from: z.string().describe('who hands it in, or has'),
    }),
  ),
  faults: z.array(faultSchema).describe('what the procedure still asks for'),
});
export type ClosingObstacles = z.infer<typeof closingObstacleListSchema>;

export const askOriginalsCheckSchema = z.object({ reason: reasonSchema });
export type AskOriginalsCheck = z.infer<typeof askOriginalsCheckSchema>;

/** The newest look at all originals of a case: the one under way, or the last that was done. */
export const originalsCheckSchema = z.object({
  cause: z.enum(CASE_CHECK_CAUSES).describe('the case was closed, or somebody is about to show them'),
  askedAt: timeSchema,
  done: z.number().int().describe('looked at since'),
  total: z.number().int(),
  doneAt: timeSchema.nullable().describe('null while it is under way'),
  intact: z.number().int().describe('of those that were looked at'),
  notIntact: z
    .array(z.object({ assetId: idSchema, fileName: z.string() }))
    .describe('of those that were looked at and still are in the case'),
});
export type OriginalsCheckView = z.infer<typeof originalsCheckSchema>;

export const caseSchema = caseSummarySchema.extend({
  procedure: procedureSchema,
  occurrences: z.array(occurrenceSchema),
  officers: z.array(z.object({ id: idSchema, name: z.string() })),
  parties: z.array(partySchema),
  mayEdit: z.boolean(),
  mayUpload: z.boolean(),
  mayExport: z.boolean().describe('may ask for a dossier'),
  mayCheck: z.boolean().describe('may have all originals looked at again'),
  closing: closingSchema.nullable().describe('null while it is open'),
  originalsCheck: originalsCheckSchema.nullable().describe('null when it was never asked for'),
  law: caseLawSchema,
});
export type CaseView = z.infer<typeof caseSchema>;

export const addOccurrenceSchema = z.object({ stepId: z.string().max(64) });
export const changeOccurrenceSchema = z.object({
  state: z.enum(['waiting', 'open', 'done']).optional(),
  startedAt: timeSchema.nullable().optional(),
  endedAt: timeSchema.nullable().optional(),
  address: z.string().trim().max(300).nullable().optional(),
  reason: reasonSchema.optional().describe('needed to go back'),
});
export type ChangeOccurrence = z.infer<typeof changeOccurrenceSchema>;
