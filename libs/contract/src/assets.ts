import { z } from 'zod';
import { levelSchema } from './cases.js';
import { checkSchema } from './findings.js';
import {
  digestSchema,
  idSchema,
  mediaRangeSchema,
  pageOf,
  pageQuerySchema,
  reasonSchema,
  timeSchema,
} from './primitives.js';

export const custodySchema = z.enum(['receiving', 'received', 'sealed', 'quarantined', 'disposed']);
export const assetKindSchema = z.enum(['video', 'sound', 'photo', 'paper', 'other', 'unknown']);
export const playModeSchema = z.enum(['native', 'native-hevc', 'remux', 'proxy', 'none']);
export const unviewableReasonSchema = z.enum([
  'empty',
  'truncated',
  'corrupt',
  'encrypted',
  'unknown-format',
  'refused',
  'too-large',
  'timeout',
  'no-tool',
]);
export const viewingSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('pending') }),
  z.object({ state: z.literal('viewable') }),
  z.object({ state: z.literal('unviewable'), reason: unviewableReasonSchema }),
]);

export const linkSchema = z.object({
  caseId: idSchema,
  caseNumber: z.string(),
  occurrenceId: idSchema,
  stepId: z.string(),
  range: mediaRangeSchema.nullable(),
  paperId: z.string().nullable().describe('which paper of the step it is; null: none of them'),
  purpose: z.string().nullable(),
});

export const assetSummarySchema = z.object({
  id: idSchema,
  fileName: z.string(),
  sizeBytes: z.number().int().nullable(),
  receivedBytes: z.number().int().describe('durable so far'),
  custody: custodySchema,
  quarantineReason: z.string().nullable(),
  viewing: viewingSchema,
  kind: assetKindSchema,
  mime: z.string().nullable(),
  durationMs: z.number().int().nullable(),
  pageCount: z.number().int().nullable(),
  /** Device time corrected by the measured offset; else the time of receipt. */
  at: timeSchema,
  atSource: z.enum(['device', 'received', 'begun']),
  level: levelSchema,
  thumbnailUrl: z.string().nullable(),
  link: linkSchema.nullable(),
  receivedFromName: z.string(),
});
export type AssetSummary = z.infer<typeof assetSummarySchema>;
export const assetPageSchema = pageOf(assetSummarySchema);
export const assetQuerySchema = pageQuerySchema.extend({
  search: z.string().trim().max(100).optional().describe('any fragment of file name, case number or title'),
  caseId: idSchema.optional(),
  linked: z.enum(['yes', 'no']).optional(),
  mine: z.enum(['yes']).optional().describe('handed in by me'),
  kind: assetKindSchema.optional(),
  custody: custodySchema.optional(),
});
export type AssetQuery = z.infer<typeof assetQuerySchema>;

export const renditionSchema = z.object({
  id: idSchema,
  kind: z.enum(['poster', 'thumbnail', 'preview', 'storyboard', 'peaks', 'segment-index', 'pages', 'text', 'proxy']),
  files: z.array(z.object({ name: z.string(), mime: z.string(), sizeBytes: z.number().int(), url: z.string() })),
  tool: z.string(),
  toolVersion: z.string(),
  args: z.array(z.string()),
  fromDigest: digestSchema.nullable().describe('original it was made from; null until sealed'),
  madeAt: timeSchema,
});
export type RenditionView = z.infer<typeof renditionSchema>;

/** What the player is to load. `hls` is absent until it can be played, `original` when no browser plays it. */
export const playSchema = z.object({
  mode: playModeSchema,
  original: z.object({ url: z.string(), mime: z.string() }).nullable(),
  hls: z.object({ url: z.string(), from: z.enum(['original', 'proxy']) }).nullable(),
  copy: z
    .object({ url: z.string(), mime: z.string() })
    .nullable()
    .describe('a proxy that plays over byte ranges (sound)'),
  proxyState: z.enum(['none', 'owed', 'making', 'ready', 'failed']),
  proxyProgress: z.number().int().min(0).max(100).nullable(),
  posterUrl: z.string().nullable(),
  storyboardVttUrl: z.string().nullable(),
  peaksUrl: z.string().nullable(),
  pages: z.array(z.object({ url: z.string() })).describe('page pictures, or the preview of a photograph'),
  textUrl: z.string().nullable().describe('text of the pages: pageTextSchema'),
});
export type Play = z.infer<typeof playSchema>;

/** What `textUrl` gives: one text a page, in order. */
export const pageTextSchema = z.object({ version: z.literal(1), pages: z.array(z.string()) });
export type PageText = z.infer<typeof pageTextSchema>;

export const assetSchema = assetSummarySchema.extend({
  digests: z.object({
    sha256: digestSchema.nullable(),
    sm3: digestSchema.nullable(),
    blockRoot: digestSchema.nullable(),
    declaredSha256: digestSchema.nullable(),
  }),
  clocks: z.object({
    deviceRaw: z.string().nullable(),
    deviceSource: z.enum(['container', 'exif', 'sender']).nullable(),
    zoneKnown: z.boolean(),
    receivedAt: timeSchema.nullable(),
    offsetMs: z.number().int().nullable(),
    offsetSource: z.string().nullable(),
  }),
  place: z
    .object({ latitude: z.number(), longitude: z.number(), source: z.enum(['exif', 'container', 'track', 'typed']) })
    .nullable(),
  sealedAt: timeSchema.nullable(),
  retainUntil: timeSchema.nullable(),
  lockMode: z.enum(['COMPLIANCE', 'GOVERNANCE', 'none']).nullable(),
  waitsFor: z.enum(['lock-not-held']).nullable().describe('why a received original is not sealed'),
  check: checkSchema.nullable().describe('as last looked at; null before the seal'),
  replica: z
    .object({ replicatedAt: timeSchema, check: checkSchema.nullable() })
    .nullable()
    .describe('the copy in the second store; null where there is none'),
  facts: z.record(z.string(), z.unknown()).describe('raw facts read from the file, as the tools gave them'),
  play: playSchema,
  renditions: z.array(renditionSchema),
  mayLink: z.boolean(),
  mayDownload: z.boolean(),
  downloadUrl: z.string().nullable(),
});
export type AssetView = z.infer<typeof assetSchema>;

export const linkAssetSchema = z.object({
  caseId: idSchema,
  occurrenceId: idSchema,
  range: mediaRangeSchema.nullable().default(null),
  paperId: z
    .string()
    .max(64)
    .nullable()
    .optional()
    .describe('which paper of the step it is; where it is not said, its title in the file name tells'),
  purpose: z.string().trim().max(300).nullable().default(null),
  reason: reasonSchema.optional().describe('needed to move an asset that is linked already'),
});
export type LinkAsset = z.infer<typeof linkAssetSchema>;

/** Kept keys of `Upload-Metadata`; others are stored as sent. */
export const uploadMetadataSchema = z.object({
  filename: z.string().min(1).max(1000),
  filetype: z.string().max(200).optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe('declared digest of the whole file, hex'),
  caseId: idSchema.optional(),
  occurrenceId: idSchema.optional(),
  paperId: z.string().max(64).optional().describe('which paper of the step it is'),
  recordedAt: z.string().max(64).optional().describe('device time as the sender knows it'),
  lastModified: z.string().max(64).optional(),
});
export type UploadMetadata = z.infer<typeof uploadMetadataSchema>;

/** An upload of mine that is not finished: what a browser needs to go on after it was closed. */
export const unfinishedUploadSchema = z.object({
  assetId: idSchema,
  uploadUrl: z.string(),
  fileName: z.string(),
  sizeBytes: z.number().int().nullable(),
  receivedBytes: z.number().int(),
  caseId: idSchema.nullable(),
  occurrenceId: idSchema.nullable(),
  expiresAt: timeSchema,
});
export const unfinishedUploadListSchema = z.object({ items: z.array(unfinishedUploadSchema) });

export const receiptSchema = z.object({
  kind: z.enum(['received', 'sealed']),
  assetId: idSchema,
  fileName: z.string(),
  sizeBytes: z.number().int(),
  blockRoot: digestSchema,
  receivedAt: timeSchema,
  event: z.object({ id: idSchema, chain: z.string(), chainSeq: z.number().int(), leaf: digestSchema }),
  promise: z.string().describe('what the archive promises by this receipt'),
  note: z
    .string()
    .nullable()
    .describe('the receipt as a signed note (C2SP signed-note), to be kept; null while the signer is away'),
  sealed: z
    .object({
      at: timeSchema,
      sha256: digestSchema,
      sm3: digestSchema,
      versionId: z.string().nullable(),
      retainUntil: timeSchema.nullable(),
      event: z.object({ id: idSchema, chain: z.string(), chainSeq: z.number().int(), leaf: digestSchema }),
    })
    .nullable(),
});
export type Receipt = z.infer<typeof receiptSchema>;

export const viewReportSchema = z.object({ ranges: z.array(mediaRangeSchema).max(500) });

export const eventSchema = z.object({
  id: idSchema,
  type: z.string(),
  chain: z.string(),
  chainSeq: z.number().int(),
  at: timeSchema,
  actor: z.string(),
  actorName: z.string().nullable(),
  leaf: digestSchema,
  body: z.record(z.string(), z.unknown()).describe('the event as logged'),
  opened: z.record(z.string(), z.unknown()).describe('personal fields opened for those entitled'),
});
export type EventView = z.infer<typeof eventSchema>;
export const eventPageSchema = pageOf(eventSchema);
