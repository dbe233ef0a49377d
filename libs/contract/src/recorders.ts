import { z } from 'zod';
import { CLOCK_SOURCES } from '#domain';
import { assetSummarySchema } from './assets.js';
import { idSchema, labelSchema, lineSchema, pageOf, reasonSchema, timeSchema } from './primitives.js';
import { timeFindingSchema } from './replay.js';

/** Recorders and docks: the register, their clocks, what they listed; and material that waits to be sorted. */
export const recorderKindSchema = z.enum(['recorder', 'dock']);
export const recorderStateSchema = z.enum(['in-use', 'faulty', 'retired']);
/** As it stands on the device, and in the names of its files. */
export const serialSchema = z
  .string()
  .trim()
  .min(2)
  .max(40)
  .regex(/^[^\s\p{Cc}]*$/u, 'no blanks');
const noteSchema = z.string().trim().min(2).max(500);

export const recorderSchema = z.object({
  id: idSchema,
  kind: recorderKindSchema,
  serial: z.string(),
  maker: z.string(),
  model: z.string(),
  state: recorderStateSchema,
  unitId: idSchema,
  unitName: z.string(),
  addedAt: timeSchema,
  holder: z.object({ id: idSchema, name: z.string(), since: timeSchema }).nullable().describe('who has it'),
  clock: z
    .object({ errorMs: z.number().int().describe('shown minus true'), at: timeSchema, wasSet: z.boolean() })
    .nullable()
    .describe('as last measured'),
  drift: z.object({ msPerDay: z.number().int(), isTooMuch: z.boolean().describe('more than 3 s a day') }).nullable(),
});
export type RecorderView = z.infer<typeof recorderSchema>;

export const recorderListSchema = z.object({
  items: z.array(recorderSchema),
  ratios: z
    .array(
      z.object({ unitId: idSchema, unitName: z.string(), officers: z.number().int(), recorders: z.number().int() }),
    )
    .describe('配备率: recorders in use for officers, by unit'),
  mayKeep: z.boolean(),
});
export type RecorderList = z.infer<typeof recorderListSchema>;

export const recorderDetailSchema = recorderSchema.extend({
  mayKeep: z.boolean(),
  issues: z.array(
    z.object({
      id: idSchema,
      accountId: idSchema,
      name: z.string(),
      officerNumber: z.string().nullable(),
      issuedAt: timeSchema,
      returnedAt: timeSchema.nullable(),
      note: z.string().nullable(),
    }),
  ),
  checks: z.array(
    z.object({
      id: idSchema,
      kind: z.enum(['check', 'fault', 'repair']),
      passed: z.boolean(),
      findings: z.string().nullable(),
      at: timeSchema,
      by: z.string(),
    }),
  ),
  clocks: z.array(
    z.object({
      id: idSchema,
      source: z.enum(CLOCK_SOURCES),
      at: timeSchema,
      deviceAt: timeSchema,
      errorMs: z.number().int(),
      wasSet: z.boolean(),
      assetId: idSchema.nullable().describe('the recording of a reference clock'),
      by: z.string(),
    }),
  ),
  lists: z.array(
    z.object({
      id: idSchema,
      fileName: z.string(),
      entryCount: z.number().int(),
      encoding: z.string(),
      format: z.enum(['csv', 'json']),
      at: timeSchema,
      by: z.string(),
    }),
  ),
});
export type RecorderDetail = z.infer<typeof recorderDetailSchema>;

export const addRecorderSchema = z.object({
  kind: recorderKindSchema,
  unitId: idSchema,
  serial: serialSchema,
  maker: lineSchema,
  model: lineSchema,
});
export type AddRecorder = z.infer<typeof addRecorderSchema>;

export const changeRecorderSchema = z.object({
  maker: lineSchema.optional(),
  model: lineSchema.optional(),
  state: recorderStateSchema.optional(),
  reason: reasonSchema,
});
export type ChangeRecorder = z.infer<typeof changeRecorderSchema>;

export const issueRecorderSchema = z.object({
  accountId: idSchema,
  officerNumber: serialSchema.nullable().default(null).describe('the number the recorder is set to write for him'),
  at: timeSchema.nullable().default(null).describe('null: now'),
});
export type IssueRecorder = z.infer<typeof issueRecorderSchema>;

export const returnRecorderSchema = z.object({
  at: timeSchema.nullable().default(null).describe('null: now'),
  note: noteSchema.nullable().default(null),
});
export type ReturnRecorder = z.infer<typeof returnRecorderSchema>;

export const checkRecorderSchema = z.object({
  kind: z.enum(['check', 'fault', 'repair']),
  passed: z.boolean(),
  findings: noteSchema.nullable().default(null).describe('needed for a fault'),
});
export type CheckRecorder = z.infer<typeof checkRecorderSchema>;

export const measureClockSchema = z.object({
  source: z.enum(CLOCK_SOURCES),
  at: timeSchema.nullable().default(null).describe('when it really was; null: now'),
  deviceTime: z
    .string()
    .trim()
    .max(40)
    .nullable()
    .default(null)
    .describe('what the recorder showed, `2026-11-22 08:00:03`'),
  reference: z
    .object({ assetId: idSchema, positionMs: z.number().int().min(0) })
    .nullable()
    .default(null)
    .describe('the recording of a reference clock, and where in it that clock was read'),
  wasSet: z.boolean().describe('the clock was put right afterwards'),
});
export type MeasureClock = z.infer<typeof measureClockSchema>;
export const measuredClockSchema = z.object({
  errorMs: z.number().int(),
  corrected: z.number().int().describe('assets this put in another place in time'),
  recorder: recorderDetailSchema,
});
export type MeasuredClock = z.infer<typeof measuredClockSchema>;

export const importListSchema = z.object({
  fileName: lineSchema,
  content: z.base64().max(900_000).describe('the list as it came: CSV or JSON, UTF-8 or GBK; at most 640 KiB'),
});
export type ImportList = z.infer<typeof importListSchema>;

export const arrivalQuerySchema = z.object({
  recorderId: idSchema.optional(),
  since: z.iso.date().optional().describe('day from which on'),
});
export const arrivalsSchema = z.object({
  days: z.array(
    z.object({
      day: z.iso.date().nullable(),
      recorderId: idSchema.nullable(),
      serial: z.string().nullable().describe('of a device that is not in the register too'),
      listed: z.number().int(),
      came: z.number().int(),
      different: z.number().int().describe('came under that name, and not as long as listed'),
    }),
  ),
  notCome: z.array(
    z.object({
      day: z.iso.date().nullable(),
      recorderId: idSchema.nullable(),
      serial: z.string().nullable(),
      fileName: z.string(),
      recordedAt: timeSchema.nullable(),
      sizeBytes: z.number().int().nullable(),
      isKeyMarked: z.boolean(),
      arrival: z.enum(['different', 'never-came']),
      assetId: idSchema.nullable(),
    }),
  ),
});
export type Arrivals = z.infer<typeof arrivalsSchema>;

export const nameRuleListSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      version: z.number().int(),
      title: labelSchema,
      source: z.string(),
      example: z.string(),
    }),
  ),
});
export type NameRuleList = z.infer<typeof nameRuleListSchema>;

/** What is known of what took an asset, and what is not right with its time. */
export const assetSourceSchema = z.object({
  isKnown: z.boolean().describe('a rule read the name, or somebody said what it is'),
  recorder: z.object({ id: idSchema, serial: z.string(), model: z.string() }).nullable(),
  device: z.string().nullable().describe('as the name has it'),
  officer: z.object({ id: idSchema, name: z.string() }).nullable().describe('who carried the recorder then'),
  officerNumber: z.string().nullable(),
  sequence: z.number().int().nullable(),
  isKeyMarked: z.boolean(),
  rule: z.object({ id: z.string(), version: z.number().int() }).nullable(),
  statedBy: z.string().nullable(),
  flags: z.array(
    z.object({
      code: z.enum(['clock-lost', 'after-receipt', 'hours-off', 'outside-case', 'outside-step', 'drift']),
      words: labelSchema,
    }),
  ),
});
export type AssetSource = z.infer<typeof assetSourceSchema>;

export const stateSourceSchema = z.object({
  recorderId: idSchema.nullable().default(null),
  officerId: idSchema.nullable().default(null).describe('null: whoever the register says'),
});
export type StateSource = z.infer<typeof stateSourceSchema>;

export const proposalSchema = z.object({
  caseId: idSchema,
  caseNumber: z.string(),
  occurrenceId: idSchema,
  step: labelSchema,
  reasons: z.array(labelSchema),
  isClear: z.boolean().describe('nothing else fits as well'),
});
export type ProposalView = z.infer<typeof proposalSchema>;

export const unsortedSchema = z.object({
  asset: assetSummarySchema,
  source: assetSourceSchema,
  proposals: z.array(proposalSchema),
  mayLink: z.boolean(),
});
export type Unsorted = z.infer<typeof unsortedSchema>;
export const unsortedPageSchema = pageOf(unsortedSchema);

export const acceptProposalsSchema = z.object({
  items: z
    .array(z.object({ assetId: idSchema, occurrenceId: idSchema }))
    .min(1)
    .max(200),
});
export type AcceptProposals = z.infer<typeof acceptProposalsSchema>;
export const acceptedSchema = z.object({
  items: z.array(
    z.object({
      assetId: idSchema,
      error: z.object({ code: z.string(), zh: z.string(), en: z.string() }).nullable().describe('null: tied'),
    }),
  ),
});
export type Accepted = z.infer<typeof acceptedSchema>;

export const namesReadSchema = z.object({ looked: z.number().int(), read: z.number().int() });
export type NamesRead = z.infer<typeof namesReadSchema>;

/** The recording an asset is part of. */
export const assetRecordingSchema = z.object({
  source: assetSourceSchema,
  mayState: z.boolean().describe('may say of which recorder and whose it is'),
  recording: z
    .object({
      startAt: timeSchema,
      endAt: timeSchema,
      items: z.array(
        z.object({ asset: assetSummarySchema, sequence: z.number().int().nullable(), isKeyMarked: z.boolean() }),
      ),
      gaps: z.array(timeFindingSchema),
      overlaps: z.array(timeFindingSchema),
      missingSequences: z.array(z.number().int()),
    })
    .nullable(),
});
export type AssetRecording = z.infer<typeof assetRecordingSchema>;
