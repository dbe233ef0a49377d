import { z } from 'zod';
import {
  ACTING_ROLES,
  ACTS,
  EXCUSE_KINDS,
  LIMIT_UNITS,
  RECORDING_DUTIES,
  type RecordingDetail,
  STEP_KINDS,
} from '#domain';
import { labelSchema, timeSchema } from './primitives.js';

/** One thing wrong with a rule file or a sheet: a path like `steps[2].papers[0].id`, or a cell like `J7`. */
export const ruleMistakeSchema = z.object({
  place: z.string().describe('empty: the file as a whole'),
  zh: z.string(),
  en: z.string(),
});
export type RuleMistakeView = z.infer<typeof ruleMistakeSchema>;

const idsSchema = z.array(z.string());
const needSchema = z.union([
  z.enum(['always', 'may']),
  z.object({ when: idsSchema.exactOptional(), unless: idsSchema.exactOptional() }),
]);
const momentSchema = z.union([
  z.object({ step: z.string(), at: z.enum(['begins', 'ends']) }),
  z.object({ case: z.enum(['opened', 'closed']) }),
  z.object({ recordings: z.enum(['due', 'handed-in']) }),
]);
export const limitLengthSchema = z.object({
  count: z.number().int().min(1).max(10_000),
  unit: z.enum(LIMIT_UNITS),
  lastDayAtRest: z.enum(['moves', 'stays']),
});
export const recordingDutySchema = z.enum(RECORDING_DUTIES);
export const actingRoleSchema = z.enum(ACTING_ROLES);
export const excuseKindSchema = z.enum(EXCUSE_KINDS);
const excuseSchema = z.object({ kinds: z.array(excuseKindSchema), source: z.string() });

const detailSchema = z.string().exactOptional();
const detailsSchema = z
  .object({
    item: detailSchema,
    place: detailSchema,
    manner: detailSchema,
    department: detailSchema,
    recorder: detailSchema,
    content: detailSchema,
    timeLimit: detailSchema,
    storage: detailSchema,
    retention: detailSchema,
    class: detailSchema,
    remarks: detailSchema,
  } satisfies Record<RecordingDetail, z.ZodType>)
  .describe('further columns of 音像记录事项清单, as the agency filled them in');

const recordingSchema = z.object({
  duty: recordingDutySchema,
  from: labelSchema.nullable(),
  to: labelSchema.nullable(),
  raised: z.array(
    z.object({
      duty: recordingDutySchema,
      when: idsSchema,
      source: z.string(),
      details: detailsSchema.exactOptional(),
    }),
  ),
  details: detailsSchema.exactOptional(),
});

export const procedureStepSchema = z.object({
  id: z.string(),
  title: labelSchema,
  kind: z.enum(STEP_KINDS),
  repeatable: z.boolean(),
  need: needSchema,
  after: idsSchema,
  who: z.object({
    count: z.number().int(),
    roles: z.array(actingRoleSchema),
    independent: z.boolean(),
  }),
  recording: recordingSchema,
  papers: z.array(
    z.object({ id: z.string(), title: labelSchema, need: needSchema, numbered: z.boolean(), served: z.boolean() }),
  ),
  source: z.string(),
});

const limitSchema = z.object({
  id: z.string(),
  title: labelSchema,
  of: z.enum(['agency', 'party']),
  sense: z.enum(['within', 'not-before']),
  need: needSchema,
  from: momentSchema,
  until: momentSchema,
  limit: limitLengthSchema,
  agencyMaySet: z.boolean(),
  extension: z.object({ limit: limitLengthSchema, times: z.number().int(), approver: labelSchema }).nullable(),
  pauses: z.object({ steps: idsSchema, conditions: idsSchema }),
  source: z.string(),
});

/** A procedure with all its rules, exactly as its file has it. */
export const procedureSchema = z.object({
  id: z.string(),
  version: z.number().int(),
  title: labelSchema,
  act: z.enum(ACTS),
  legalReview: z.boolean(),
  excuses: z.object({ recordings: excuseSchema, papers: excuseSchema }),
  conditions: z.array(
    z.object({ id: z.string(), title: labelSchema, of: z.enum(['case', 'occurrence']), source: z.string() }),
  ),
  steps: z.array(procedureStepSchema),
  limits: z.array(limitSchema),
  source: z.string(),
});
export type ProcedureView = z.infer<typeof procedureSchema>;

/** The newest version of each. */
export const procedureListSchema = z.object({ items: z.array(procedureSchema) });

export const procedureVersionSchema = z.object({
  version: z.number().int(),
  sha256: z.string().describe('of the file; cases name it'),
  takenInAt: timeSchema.nullable().describe('null: came with the archive'),
  takenInBy: z.string().nullable().describe('name of the administrator; null: came with the archive'),
});
export type ProcedureVersion = z.infer<typeof procedureVersionSchema>;

/** `GET /procedures/:id`, of the newest version unless another is asked for. */
export const procedureDetailQuerySchema = z.object({ version: z.coerce.number().int().min(1).optional() });
export const procedureDetailSchema = z.object({
  procedure: procedureSchema,
  versions: z.array(procedureVersionSchema).describe('newest first'),
});
export type ProcedureDetail = z.infer<typeof procedureDetailSchema>;

/** `POST /procedures`: text of a rule file. A trial takes nothing in. */
export const takeInProcedureSchema = z.object({
  file: z.string().max(900_000).describe('the JSON text itself: it is hashed as it is'),
  isTrial: z.boolean().default(false),
});
export type TakeInProcedure = z.infer<typeof takeInProcedureSchema>;

/** `POST /procedures/:id/recording-list`: 音像记录事项清单 as XLSX; makes the next version. */
export const takeInRecordingListSchema = z.object({
  sheet: z.base64().max(900_000).describe('the XLSX file, base64'),
  isTrial: z.boolean().default(false),
});
export type TakeInRecordingList = z.infer<typeof takeInRecordingListSchema>;

/** What is wrong comes as an answer, not as a refusal: whoever writes rules mends them by it. */
export const takenInSchema = z.object({
  mistakes: z.array(ruleMistakeSchema).describe('all of them; when there are any nothing was taken in'),
  procedure: procedureSchema.nullable().describe('what was read; null when there are mistakes'),
  isTakenIn: z.boolean(),
});
export type TakenIn = z.infer<typeof takenInSchema>;
