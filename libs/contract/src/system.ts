import { z } from 'zod';
import { timeSchema } from './primitives.js';

const lockVerdictSchema = z.enum(['held', 'not-held', 'not-run']);
/** What was tried on a locked scratch object with the archive's own key, and whether the lock held. */
export const lockTestSchema = z.object({
  at: timeSchema,
  isHeld: z.boolean(),
  attempts: z.object({
    lock: lockVerdictSchema,
    'delete-version': lockVerdictSchema,
    'delete-batch': lockVerdictSchema,
    shorten: lockVerdictSchema,
    downgrade: lockVerdictSchema,
    overwrite: lockVerdictSchema,
  }),
});
export type LockTestView = z.infer<typeof lockTestSchema>;

const watchSchema = z.object({
  periodMs: z.number().describe('every copy is read and hashed again within this'),
  open: z.number().describe('findings that stand'),
  overdue: z.number().describe('whose turn was more than a day ago'),
  checkedLastDay: z.number(),
  oldestCheckedAt: timeSchema.nullable(),
});

export const systemSchema = z.object({
  version: z.string(),
  store: z.object({
    kind: z.enum(['filesystem', 's3']),
    locked: z.boolean().describe('proved by the last lock self-test'),
    freeBytes: z.number().nullable(),
    lockTest: lockTestSchema.nullable().describe('null before the first, and for a filesystem, which cannot lock'),
    unlockedAllowed: z.boolean().describe('originals are sealed even though the store does not hold its locks'),
    sealingRefused: z.boolean().describe('originals stay received: the store failed the lock self-test'),
  }),
  replica: z
    .object({
      kind: z.enum(['filesystem', 's3']),
      problem: z.string().nullable().describe('error code: why it cannot be used now'),
      locked: z.boolean().describe('proved by the last lock self-test'),
      lockTest: lockTestSchema.nullable(),
      freeBytes: z.number().nullable(),
      sealed: z.number().describe('originals that are to have a copy'),
      copied: z.number(),
      copiedBytes: z.number(),
      owedSince: timeSchema.nullable().describe('seal of the longest sealed original without a copy'),
      lastCopiedAt: timeSchema.nullable(),
      watch: watchSchema,
      healsAutomatically: z.boolean(),
    })
    .nullable()
    .describe('the store of second copies; null: there is no second copy of anything'),
  watch: watchSchema,
  queue: z.record(
    z.string(),
    z.object({ waiting: z.number(), active: z.number(), delayed: z.number(), failed: z.number() }),
  ),
  sandbox: z
    .object({
      mode: z.enum(['full', 'reduced', 'none']),
      promises: z
        .object({ runs: z.boolean(), networkAbsent: z.boolean(), otherFilesInvisible: z.boolean() })
        .nullable()
        .describe('what was tried with a real tool; null when none could be run'),
      versions: z.record(z.string(), z.string().nullable()),
      problem: z.string().nullable().describe('why there is no sandbox'),
    })
    .nullable()
    .describe('as the worker last found it'),
  counts: z.object({
    cases: z.number(),
    assets: z.number(),
    sealed: z.number(),
    quarantined: z.number(),
    owed: z.number(),
  }),
});
export type System = z.infer<typeof systemSchema>;

export const healthSchema = z.object({
  status: z.enum(['ok', 'failing']),
  checks: z.record(z.string(), z.string()).optional(),
});
