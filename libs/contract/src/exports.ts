import { z } from 'zod';
import { RENDITION_KINDS } from '#domain';
import { digestSchema, idSchema, reasonSchema, timeSchema } from './primitives.js';

export const beginExportSchema = z.object({
  reason: reasonSchema,
  renditions: z
    .array(z.enum(RENDITION_KINDS))
    .max(RENDITION_KINDS.length)
    .default([])
    .describe('kinds of renditions to put in beside the originals; none unless said'),
});
export type BeginExportInput = z.input<typeof beginExportSchema>;

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
  renditions: z.array(z.enum(RENDITION_KINDS)).describe('kinds of renditions that were chosen'),
  hasLists: z
    .boolean()
    .nullable()
    .describe('whether 卷内目录 and 录音录像清单 are in it; false: the worker has no Chinese font'),
  failure: z
    .object({
      assetId: idSchema,
      difference: z
        .string()
        .describe('missing, size, block-root, sha256 or sm3; rendition: one of its chosen renditions'),
      block: z.number().int().nullable().describe('first block of 1 MiB that differs, from 0'),
    })
    .nullable()
    .describe('the original that is not as its events say: no dossier is made of it'),
});
export type ExportView = z.infer<typeof exportSchema>;
export const exportListSchema = z.object({ items: z.array(exportSchema) });
