import { z } from 'zod';
import { HEALING_REFUSALS } from '#domain';
import { idSchema, mediaRangeSchema, pageOf, reasonSchema, timeSchema } from './primitives.js';

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
  formerVersions: z.number().int().describe('damaged ones that were kept when it was healed'),
});
export type CheckView = z.infer<typeof checkSchema>;

const copySchema = z.enum(['original', 'replica']);

export const healingSchema = z.object({
  id: idSchema,
  assetId: idSchema,
  copy: copySchema.describe('which is damaged'),
  found: checkResultSchema.describe('what was found of it when it was asked for'),
  state: z.enum(['waiting', 'healing', 'healed', 'refused']),
  askedAt: timeSchema,
  endedAt: timeSchema.nullable(),
  refusal: z
    .enum(HEALING_REFUSALS)
    .nullable()
    .describe('why nothing was done; copy-…: what was found of the copy it was to be healed from'),
  doneBytes: z.number().int(),
  totalBytes: z.number().int(),
});
export type HealingView = z.infer<typeof healingSchema>;

export const askHealingSchema = z.object({
  copy: copySchema.default('original').describe('which is damaged'),
  reason: reasonSchema,
});
export type AskHealing = z.infer<typeof askHealingSchema>;

export const findingSchema = checkSchema.extend({
  copy: copySchema.describe('which was looked at: the original, or its copy in the second store'),
  assetId: idSchema,
  fileName: z.string().nullable().describe('null for who may not see the asset'),
  caseId: idSchema.nullable(),
  caseNumber: z.string().nullable(),
  other: z
    .object({ result: checkResultSchema.nullable(), checkedAt: timeSchema.nullable() })
    .nullable()
    .describe('what was last seen of the other copy; null where there is none'),
  healing: healingSchema.nullable().describe('the newest of this copy'),
  mayHeal: z.boolean().describe('damaged, with another copy not known to be damaged, and no healing under way'),
});
export type FindingView = z.infer<typeof findingSchema>;
export const findingPageSchema = pageOf(findingSchema);
