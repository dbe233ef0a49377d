import { z } from 'zod';
import { digestSchema, idSchema, reasonSchema, timeSchema } from './primitives.js';

export const beginExportSchema = z.object({ reason: reasonSchema });

export const exportSchema = z.object({
  id: idSchema.describe('also of the dossier'),
  caseId: idSchema,
  state: z.enum(['waiting', 'checking', 'ready', 'failed']),
  askedAt: timeSchema,
  changedAt: timeSchema,
  doneBytes: z.number().int().describe('of originals, read and hashed again'),
  totalBytes: z.number().int(),
  sizeBytes: z.number().int().nullable().describe('of dossier.zip, once it is ready'),
  tagManifest: digestSchema.nullable().describe('SHA-256 of tagmanifest-sha256.txt, which vouches for all other files'),
  failure: z
    .object({
      assetId: idSchema,
      difference: z.string().describe('missing, size, block-root, sha256 or sm3'),
      block: z.number().int().nullable().describe('first block of 1 MiB that differs, from 0'),
    })
    .nullable()
    .describe('the original that is not as its events say: no dossier is made of it'),
});
export type ExportView = z.infer<typeof exportSchema>;
export const exportListSchema = z.object({ items: z.array(exportSchema) });
