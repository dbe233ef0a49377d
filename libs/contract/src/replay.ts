import { z } from 'zod';
import { assetSummarySchema, playSchema } from './assets.js';
import { caseSummarySchema, occurrenceSchema } from './cases.js';
import { idSchema, timeSchema } from './primitives.js';
import { procedureStepSchema } from './procedures.js';

export const timeFindingSchema = z.object({
  afterAssetId: idSchema,
  beforeAssetId: idSchema,
  startAt: timeSchema,
  endAt: timeSchema,
  durationMs: z.number().int(),
});

/** A break, and why, where somebody said so in writing. */
export const gapSchema = timeFindingSchema.extend({
  explanation: z.object({ text: z.string(), by: z.string(), at: timeSchema }).nullable(),
});
export type Gap = z.infer<typeof gapSchema>;

export const explainGapSchema = z.object({
  occurrenceId: idSchema,
  afterAssetId: idSchema,
  beforeAssetId: idSchema,
  text: z
    .string()
    .trim()
    .min(2)
    .max(2_000)
    .describe('why the recording breaks off; kept with the event as a commitment'),
});
export type ExplainGap = z.infer<typeof explainGapSchema>;

export const replaySchema = z.object({
  case: caseSummarySchema,
  mayExplain: z.boolean().describe('may explain breaks of recordings'),
  chapters: z.array(
    z.object({
      step: procedureStepSchema,
      occurrence: occurrenceSchema,
      items: z.array(z.object({ asset: assetSummarySchema, play: playSchema })),
      gaps: z.array(gapSchema),
      overlaps: z.array(timeFindingSchema),
    }),
  ),
});
export type Replay = z.infer<typeof replaySchema>;
