import type { Act } from './procedure.js';
import { isReviewSource, REVIEW_SOURCES } from './review-paper.js';
import type { Label } from './rule-mistakes.js';

/** `line` and `text` are free; `date` is `2026-11-22`, `time` is `2026-11-22T10:20` in the agency's time. */
export const FORM_FIELD_KINDS = ['line', 'text', 'date', 'time', 'choice'] as const;
export type FormFieldKind = (typeof FORM_FIELD_KINDS)[number];

/** What a field can be filled with from the case. `form:<template>:<field>` is that field of another form of the case. */
export const FORM_SOURCES = [
  'case.number',
  'case.title',
  'case.openedOn',
  'case.parties',
  'case.officers',
  'case.unit',
  'case.agency',
  'case.procedure',
  'step.startedAt',
  'step.endedAt',
  'step.startedOn',
  'step.address',
  'step.times',
  'today',
  'self',
  ...REVIEW_SOURCES,
] as const;
export type FormSource = (typeof FORM_SOURCES)[number] | `form:${string}:${string}`;

/** The number of a form, where fields are named; no field has this id. */
export const NUMBER_OF_FORM = 'number';

export interface FormField {
  readonly id: string;
  readonly title: Label;
  readonly kind: FormFieldKind;
  /** Where it is filled from; null: by hand. */
  readonly from: FormSource | null;
  readonly required: boolean;
  /** Goes into events as a salted commitment only. Free text always does: nobody knows what will be written there. */
  readonly personal: boolean;
  /** Whether a scanned copy is compared by it. */
  readonly compared: boolean;
  readonly choices: readonly Label[];
}

/**
 * What stands on the paper, from above: a table of fields; a paragraph with `{field}` in it; a field with room of its
 * own; lines for signatures.
 */
export type FormBlock =
  | { readonly grid: readonly (readonly string[])[] }
  | { readonly text: Label }
  | { readonly box: string }
  | { readonly signatures: readonly Label[] };

/** A paper of a step that a form is for; `*` stands for any procedure, step or paper. */
export interface FormUse {
  readonly procedure: string;
  readonly step: string;
  readonly paper: string;
}

export interface FormNumbering {
  /** `{word}`, `{year}` and `{n}` are put in: the agency's word, the year, the number in it. */
  readonly pattern: string;
  /** Forms of one series are counted together, each year from 1 and without gaps. */
  readonly series: string;
}

/** A template of a form (文书格式), versioned as procedures are. */
export interface FormTemplate {
  readonly id: string;
  readonly version: number;
  readonly title: Label;
  /** `any`: of no class of acts more than of another. */
  readonly act: Act | 'any';
  readonly uses: readonly FormUse[];
  readonly numbering: FormNumbering | null;
  readonly fields: readonly FormField[];
  readonly body: readonly FormBlock[];
  readonly source: string;
}

export type FormValues = Readonly<Record<string, string>>;

/** Whether a form of this template can be the paper asked for. */
export function isFormFor(template: FormTemplate, paper: FormUse): boolean {
  const fits = (asked: string, wished: string): boolean => asked === '*' || asked === wished;
  return template.uses.some(
    (use) => fits(use.procedure, paper.procedure) && fits(use.step, paper.step) && fits(use.paper, paper.paper),
  );
}

/** Whether a legal review fills it in and issues it; then nobody writes one by hand, or makes it void. */
export function isMadeByReview({ fields }: FormTemplate): boolean {
  return fields.some(({ from }) => isReviewSource(from));
}

export function findField(template: FormTemplate, fieldId: string): FormField | undefined {
  return template.fields.find(({ id }) => id === fieldId);
}

/** @returns `青市监罚〔2026〕12号` */
export function formNumber({ pattern }: FormNumbering, counted: { word: string; year: number; n: number }): string {
  return pattern
    .replaceAll('{word}', () => counted.word)
    .replaceAll('{year}', String(counted.year))
    .replaceAll('{n}', String(counted.n));
}

/** Ids of the fields a paragraph names, each as often as it does. */
export function fieldsNamedIn(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, id]) => id ?? '');
}

const PLACEHOLDER = /\{([^{}]*)\}/g;

export function fillText(text: string, shown: (fieldId: string) => string): string {
  return text.replace(PLACEHOLDER, (_, id: string) => shown(id));
}
