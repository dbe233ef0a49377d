import { z } from 'zod';
import { ACTING_ROLES, ACTS, EXCUSE_KINDS, RECORDING_DUTIES, STEP_KINDS } from '#domain';
import { labelSchema } from './primitives.js';

/** A procedure as its file has it: domain `Procedure`, field by field, so that its readers work on both. */
export const recordingDutySchema = z.enum(RECORDING_DUTIES);
export const actingRoleSchema = z.enum(ACTING_ROLES);
export const excuseKindSchema = z.enum(EXCUSE_KINDS);

export const needSchema = z
  .union([
    z.enum(['always', 'may']),
    z.object({ when: z.array(z.string()).exactOptional(), unless: z.array(z.string()).exactOptional() }),
  ])
  .describe('`may`: left to the case; an object: when any of `when` holds and none of `unless` does');

export const limitLengthSchema = z.object({
  count: z.number().int().min(1).max(10_000),
  unit: z.enum(['hours', 'days', 'working-days', 'months']),
  lastDayAtRest: z.enum(['moves', 'stays']),
});

export const procedureStepSchema = z.object({
  id: z.string(),
  title: labelSchema,
  kind: z.enum(STEP_KINDS),
  repeatable: z.boolean(),
  need: needSchema,
  after: z.array(z.string()),
  who: z.object({ count: z.number().int(), roles: z.array(actingRoleSchema), independent: z.boolean() }),
  recording: z.object({
    duty: recordingDutySchema,
    from: labelSchema.nullable(),
    to: labelSchema.nullable(),
    raised: z.array(z.object({ duty: recordingDutySchema, when: z.array(z.string()), source: z.string() })),
  }),
  papers: z.array(
    z.object({ id: z.string(), title: labelSchema, need: needSchema, numbered: z.boolean(), served: z.boolean() }),
  ),
  source: z.string(),
});

const momentSchema = z.union([
  z.object({ step: z.string(), at: z.enum(['begins', 'ends']) }),
  z.object({ case: z.enum(['opened', 'closed']) }),
  z.object({ recordings: z.enum(['due', 'handed-in']) }),
]);

export const procedureLimitSchema = z.object({
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
  pauses: z.object({ steps: z.array(z.string()), conditions: z.array(z.string()) }),
  source: z.string(),
});

const excuseRuleSchema = z.object({ kinds: z.array(excuseKindSchema), source: z.string() });

export const procedureSchema = z.object({
  id: z.string(),
  version: z.number().int(),
  title: labelSchema,
  act: z.enum(ACTS),
  legalReview: z.boolean(),
  excuses: z.object({ recordings: excuseRuleSchema, papers: excuseRuleSchema }),
  conditions: z.array(
    z.object({ id: z.string(), title: labelSchema, of: z.enum(['case', 'occurrence']), source: z.string() }),
  ),
  steps: z.array(procedureStepSchema),
  limits: z.array(procedureLimitSchema),
  source: z.string(),
});
export type ProcedureView = z.infer<typeof procedureSchema>;
/** The newest version of each. */
export const procedureListSchema = z.object({ items: z.array(procedureSchema) });
