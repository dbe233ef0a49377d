import { z } from 'zod';

export const systemSchema = z.object({
  version: z.string(),
  store: z.object({ kind: z.enum(['filesystem', 's3']), locked: z.boolean(), freeBytes: z.number().nullable() }),
  queue: z.record(
    z.string(),
    z.object({ waiting: z.number(), active: z.number(), delayed: z.number(), failed: z.number() }),
  ),
  sandbox: z
    .object({ mode: z.enum(['full', 'reduced', 'none']), detail: z.string() })
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
