import { z } from 'zod';
import { timeSchema } from './primitives.js';

const headSchema = z.object({ size: z.number().int(), at: timeSchema });

/** Verifier keys (C2SP signed-note); whoever checks us takes them from elsewhere too. */
export const ledgerKeysSchema = z.object({
  origin: z.string().describe('name of the log'),
  vkey: z.string().describe('checkpoints are signed with it'),
  receiptVkey: z.string().describe('receipts are signed with it'),
});
export type LedgerKeys = z.infer<typeof ledgerKeysSchema>;

/** How the Merkle log over all events is doing. */
export const ledgerSchema = z.object({
  size: z.number().int().describe('entries'),
  waiting: z.number().int().describe('events committed and not in the log yet'),
  frozen: z
    .object({
      reason: z.enum(['behind-signer', 'contradicts-signer', 'contradicts-itself', 'signer-refuses']),
      since: timeSchema,
    })
    .nullable(),
  signed: headSchema.nullable(),
  vaulted: z.object({ size: z.number().int(), at: timeSchema.nullable() }),
  witnesses: z.array(
    z.object({
      name: z.string(),
      vkey: z.string(),
      size: z.number().int().describe('last size cosigned'),
      answeredAt: timeSchema.nullable(),
      refusal: z.string().nullable(),
      refusedAt: timeSchema.nullable(),
    }),
  ),
  quorum: z
    .object({
      needed: z.number().int().describe('witnesses it takes at least; 0: none is asked for'),
      of: z.number().int(),
      rule: z.string().describe('group and quorum lines of the policy (C2SP tlog-policy)'),
    })
    .nullable()
    .describe('when a checkpoint is anchored; null before a log was kept'),
  anchored: headSchema.nullable().describe('newest checkpoint that a quorum of witnesses has cosigned'),
  hasAuthority: z.boolean().nullable().describe('whether a time-stamp authority is asked; null when not known yet'),
  timestamp: headSchema.extend({ authority: z.string() }).nullable(),
  watch: z
    .object({
      verifiedSize: z.number().int(),
      verifiedAt: timeSchema,
      findings: z.array(z.object({ what: z.string(), index: z.number().int().nullable(), foundAt: timeSchema })),
    })
    .nullable(),
  keys: ledgerKeysSchema.nullable().describe('null while the signer is away'),
});
export type Ledger = z.infer<typeof ledgerSchema>;
