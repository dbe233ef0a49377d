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

export const replaySchema = z.object({
  case: caseSummarySchema,
  chapters: z.array(
    z.object({
      step: procedureStepSchema,
      occurrence: occurrenceSchema,
      items: z.array(z.object({ asset: assetSummarySchema, play: playSchema })),
      gaps: z.array(timeFindingSchema),
      overlaps: z.array(timeFindingSchema),
    }),
  ),
});
export type Replay = z.infer<typeof replaySchema>;
