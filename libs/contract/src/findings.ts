import { z } from 'zod';
import { idSchema, mediaRangeSchema, pageOf, timeSchema } from './primitives.js';

export const checkResultSchema = z.enum([
  'missing',
  'altered',
  'unreadable',
  'lock-weaker',
  'extra-version',
  'not-run',
  'intact',
]);

/** What was found when a stored original was last looked at again. */
export const checkSchema = z.object({
  result: checkResultSchema.describe('the worst of what was found'),
  also: z.array(checkResultSchema).describe('what was found besides'),
  since: timeSchema,
  checkedAt: timeSchema.nullable().describe('last look that could be had'),
  firstBadBlock: z.number().int().nullable().describe('counted from 0; a block is 1 MiB'),
  badBlocks: z.number().int().nullable(),
  blocks: z.number().int().nullable().describe('as received'),
  range: mediaRangeSchema.nullable().describe('about which part of the recording the bad blocks hold'),
  rangeSource: z.enum(['proportional', 'key-frames']).nullable(),
  reason: z.string().nullable().describe('error code, when an error is what was found'),
});
export type CheckView = z.infer<typeof checkSchema>;

export const findingSchema = checkSchema.extend({
  assetId: idSchema,
  fileName: z.string().nullable().describe('null for who may not see the asset'),
  caseId: idSchema.nullable(),
  caseNumber: z.string().nullable(),
});
export type FindingView = z.infer<typeof findingSchema>;
export const findingPageSchema = pageOf(findingSchema);
