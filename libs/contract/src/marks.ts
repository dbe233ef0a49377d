import { z } from 'zod';
import { INTERRUPTION_REASONS, MARK_KINDS } from '#domain';
import { assetKindSchema } from './assets.js';
import { idSchema, labelSchema, lineSchema, mediaRangeSchema, timeSchema } from './primitives.js';

const personSchema = z.object({ id: idSchema, name: z.string() });

/** A mark stands on a stretch of a recording, or on a page. */
export const markPlaceSchema = z.union([
  z.strictObject({ range: mediaRangeSchema }),
  z.strictObject({ page: z.number().int().min(1).max(100_000) }),
]);

export const putMarkSchema = z.object({
  kind: z.enum(MARK_KINDS),
  place: markPlaceSchema,
  text: z.string().trim().min(1).max(2_000),
  reason: z.enum(INTERRUPTION_REASONS).nullable().default(null).describe('of an interruption; null of all else'),
});
export type PutMarkInput = z.input<typeof putMarkSchema>;

export const reviseMarkSchema = z.object({
  version: z.number().int().min(1).describe('the one that was seen'),
  content: putMarkSchema.nullable().describe('null withdraws it'),
});
export type ReviseMarkInput = z.input<typeof reviseMarkSchema>;

export const markVersionSchema = putMarkSchema.extend({
  version: z.number().int(),
  isWithdrawn: z.boolean(),
  author: personSchema,
  at: timeSchema,
});

export const markSchema = markVersionSchema.extend({
  id: idSchema,
  earlier: z.array(markVersionSchema).describe('oldest first'),
});
export type MarkView = z.infer<typeof markSchema>;

export const noteDemandSchema = z.object({
  what: z.enum(['key-content', 'transcript']),
  words: labelSchema,
  source: z.string(),
});

export const transcriptSchema = z.object({
  id: idSchema,
  text: z.string().nullable(),
  textAssetId: idSchema.nullable(),
  madeBy: z.enum(['hand', 'machine']),
  maker: z.string(),
  attachedBy: personSchema,
  attachedAt: timeSchema,
});

export const assetMarksSchema = z.object({
  marks: z.array(markSchema).describe('in the order of place; those that were withdrawn too'),
  transcripts: z.array(transcriptSchema).describe('newest first'),
  missing: z.array(noteDemandSchema),
  mayMark: z.boolean(),
});
export type AssetMarksView = z.infer<typeof assetMarksSchema>;

export const attachTranscriptSchema = z
  .object({
    text: z.string().trim().min(1).max(200_000).nullable().default(null),
    textAssetId: idSchema.nullable().default(null),
    madeBy: z.enum(['hand', 'machine']),
    maker: lineSchema.describe('who wrote it down, or which program'),
  })
  .refine(({ text, textAssetId }) => (text === null) !== (textAssetId === null), 'a text, or the asset that has it');
export type AttachTranscriptInput = z.input<typeof attachTranscriptSchema>;

export const missingNotesSchema = z.object({
  items: z.array(
    z.object({
      assetId: idSchema,
      fileName: z.string(),
      kind: assetKindSchema,
      occurrenceId: idSchema.nullable(),
      missing: z.array(noteDemandSchema),
    }),
  ),
});
export type MissingNotesView = z.infer<typeof missingNotesSchema>;
