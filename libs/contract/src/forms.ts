import { z } from 'zod';
import { FORM_FIELD_KINDS } from '#domain';
import { idSchema, labelSchema, lineSchema, reasonSchema, timeSchema } from './primitives.js';

export const formFieldSchema = z.object({
  id: z.string(),
  title: labelSchema,
  kind: z.enum(FORM_FIELD_KINDS),
  required: z.boolean(),
  isFilled: z.boolean().describe('filled from the case where it says it'),
  compared: z.boolean().describe('a scanned copy is compared by it'),
  choices: z.array(labelSchema),
});
export type FormFieldView = z.infer<typeof formFieldSchema>;

export const formTemplateSchema = z.object({
  id: z.string(),
  version: z.number().int(),
  title: labelSchema,
  isNumbered: z.boolean(),
  fields: z.array(formFieldSchema),
  source: z.string(),
});
export type FormTemplateView = z.infer<typeof formTemplateSchema>;
export const formTemplateListSchema = z.object({ items: z.array(formTemplateSchema) });
/** Templates for one paper of a step of the case. */
export const formTemplateQuerySchema = z.object({ occurrenceId: idSchema, paperId: z.string().max(64) });

const VALUES = 'by field; days as 2026-11-22, times as 2026-11-22T10:20 in the agency’s time, choices in Chinese';
export const formValuesSchema = z.record(z.string().max(64), z.string().max(8_000)).describe(VALUES);

export const fieldComparisonSchema = z.object({
  fieldId: z.string().describe('`number` is the number of the form'),
  electronic: z.string(),
  paper: z.string().nullable().describe('null: not found in the text of the file'),
  agrees: z.boolean(),
});
export const formComparisonSchema = z.object({
  id: idSchema,
  assetId: idSchema,
  fileName: z.string(),
  how: z.enum(['by-hand', 'pdf-text']).describe('read by a person, or searched in the text of the file'),
  by: z.string(),
  at: timeSchema,
  agrees: z.boolean(),
  fields: z.array(fieldComparisonSchema),
});
export type FormComparisonView = z.infer<typeof formComparisonSchema>;

export const formSummarySchema = z.object({
  id: idSchema,
  caseId: idSchema,
  occurrenceId: idSchema,
  paperId: z.string(),
  templateId: z.string(),
  title: labelSchema,
  state: z.enum(['draft', 'issued', 'voided']),
  number: z.string().nullable(),
  madeBy: z.string(),
  changedAt: timeSchema,
  issuedAt: timeSchema.nullable(),
  print: z.enum(['none', 'owed', 'printed', 'failed']),
  assetId: idSchema.nullable().describe('the printed PDF, tied to the step as its paper'),
  compared: z
    .enum(['agrees', 'differs', 'none'])
    .describe('how the newest comparison with a paper copy came out (纸质与电子一致)'),
});
export type FormSummary = z.infer<typeof formSummarySchema>;
export const formListSchema = z.object({ items: z.array(formSummarySchema) });

export const formSchema = formSummarySchema.extend({
  template: formTemplateSchema,
  revision: z.number().int(),
  values: z.record(z.string(), z.string()).describe(VALUES),
  comparisons: z.array(formComparisonSchema).describe('newest first'),
  mayEdit: z.boolean(),
});
export type FormView = z.infer<typeof formSchema>;

export const draftFormSchema = z.object({
  occurrenceId: idSchema,
  paperId: z.string().max(64),
  templateId: z.string().max(64),
});
export type DraftForm = z.infer<typeof draftFormSchema>;

export const saveFormSchema = z.object({
  values: formValuesSchema,
  revision: z.number().int().describe('the one these values were made from; another is a conflict'),
});
export type SaveForm = z.infer<typeof saveFormSchema>;

export const issueFormSchema = z.object({
  revision: z.number().int(),
  withEnglish: z.boolean().default(false).describe('print the English of headings below the Chinese'),
});
export type IssueForm = z.infer<typeof issueFormSchema>;
export type IssueFormInput = z.input<typeof issueFormSchema>;

export const voidFormSchema = z.object({ reason: reasonSchema });

export const compareFormSchema = z.object({
  assetId: idSchema.describe('the scanned copy, or any copy with text; tied to the case'),
  read: formValuesSchema
    .nullable()
    .default(null)
    .describe('what somebody read off it, by field; null: search the text of the file'),
});
export type CompareForm = z.infer<typeof compareFormSchema>;
export type CompareFormInput = z.input<typeof compareFormSchema>;

/** The word agencies put before their numbers (机关代字). Counted for the unit that has one, and those below it. */
export const agencyWordSchema = z.object({ unitId: idSchema, unitName: z.string(), word: z.string() });
export const agencyWordListSchema = z.object({ items: z.array(agencyWordSchema) });
export type AgencyWordList = z.infer<typeof agencyWordListSchema>;
export const setAgencyWordSchema = z.object({ word: lineSchema.max(20) });
