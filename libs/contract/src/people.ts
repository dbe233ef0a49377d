import { z } from 'zod';
import { ROLES } from '#domain';
import { idSchema, lineSchema, timeSchema } from './primitives.js';

export const roleSchema = z.enum(ROLES);
export const loginSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{1,63}$/, 'letters, digits, dot, hyphen, underscore');
export const passwordSchema = z.string().min(10).max(200);

export const accountSchema = z.object({
  id: idSchema,
  login: z.string(),
  name: z.string(),
  roles: z.array(roleSchema),
  unitId: idSchema,
  unitName: z.string(),
  disabled: z.boolean(),
  mustChangePassword: z.boolean(),
});
export type Account = z.infer<typeof accountSchema>;

export const signInSchema = z.object({ login: z.string().max(100), password: z.string().max(200) });
export type SignIn = z.infer<typeof signInSchema>;
export const sessionSchema = z.object({
  account: accountSchema,
  expiresAt: timeSchema,
  zoneMinutes: z.number().int().describe('the wall clock of the agency, in minutes east of UTC'),
  token: z.string().optional().describe('bearer token for curl and the command line; in the browser the cookie serves'),
});
export type Session = z.infer<typeof sessionSchema>;
export const changePasswordSchema = z.object({ current: z.string().max(200), next: passwordSchema });

export const createAccountSchema = z.object({
  login: loginSchema,
  name: lineSchema,
  roles: z.array(roleSchema).min(1),
  unitId: idSchema,
  password: passwordSchema.optional().describe('a one-time password is made and returned when absent'),
});
export type CreateAccount = z.infer<typeof createAccountSchema>;
export const createdAccountSchema = z.object({
  account: accountSchema,
  oneTimePassword: z.string().nullable().describe('of a person; shown this once'),
  stationToken: z
    .object({ token: z.string(), expiresAt: timeSchema })
    .nullable()
    .describe('of a station, which has no password; shown this once'),
});
export const changeAccountSchema = z.object({
  name: lineSchema.optional(),
  roles: z.array(roleSchema).min(1).optional(),
  unitId: idSchema.optional(),
  disabled: z.boolean().optional(),
  resetPassword: z.literal(true).optional(),
});
export type ChangeAccount = z.infer<typeof changeAccountSchema>;

export const unitSchema = z.object({
  id: idSchema,
  name: z.string(),
  parentId: idSchema.nullable(),
  validFrom: timeSchema,
  validUntil: timeSchema.nullable(),
});
export type Unit = z.infer<typeof unitSchema>;
export const createUnitSchema = z.object({ name: lineSchema, parentId: idSchema });
export const unitListSchema = z.object({ items: z.array(unitSchema) });
export const accountListSchema = z.object({ items: z.array(accountSchema) });
