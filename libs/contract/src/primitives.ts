import { z } from 'zod';

/** Shapes every endpoint shares. JSON is camelCase; times are RFC 3339 UTC with ms; sizes are bytes; durations ms. */
export const idSchema = z.uuid().describe('UUIDv7 made by the server');
export const timeSchema = z.iso.datetime({ offset: true }).describe('RFC 3339');
export const digestSchema = z
  .string()
  .regex(/^(sha256|sm3):[0-9a-f]{64}$/)
  .describe('`sha256:` or `sm3:` and lower-case hex');
export const labelSchema = z.object({ zh: z.string(), en: z.string() });
/** One line of text typed by a person. */
export const lineSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters');
export const reasonSchema = z.string().trim().min(2).max(500).describe('Why; kept with the event as a commitment');

/** A stretch of a recording, from its beginning. */
export const mediaRangeSchema = z.object({ startMs: z.number().int().min(0), endMs: z.number().int().min(1) });

export const pageQuerySchema = z.object({
  cursor: z.string().max(200).optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable().describe('null on the last page') });
}

/** RFC 9457. `title` and `detail` are Chinese; `titleEn` and `detailEn` the same in English. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  titleEn: z.string(),
  status: z.number().int(),
  code: z.string().describe('stable error code'),
  detail: z.string().optional(),
  requestId: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof problemSchema>;
