import { shownValue } from './form-filling.js';
import { type FormField, type FormTemplate, type FormValues, NUMBER_OF_FORM } from './form-template.js';

/** What a field of a paper copy was found to be, against the electronic form. */
export interface FieldComparison {
  readonly fieldId: string;
  /** As the electronic form has it. */
  readonly electronic: string;
  /** As it was read off the paper; null where the text of a file was searched and does not have it. */
  readonly paper: string | null;
  readonly agrees: boolean;
}

/** A number is compared as the fields are, under `NUMBER_OF_FORM`. */
export interface ComparedForm {
  readonly values: FormValues;
  readonly number: string | null;
}

/**
 * Holds what somebody read off a scanned copy against the form (纸质与电子一致). Spaces, widths of letters and ways of
 * writing a date are no difference; a word is.
 * @param read by field; what is not in it was not read, and does not agree when the form has something there
 */
export function compareReading(template: FormTemplate, form: ComparedForm, read: FormValues): FieldComparison[] {
  return compared(template, form).map(({ field, fieldId, value }) => {
    const paper = read[fieldId] ?? '';
    const wanted = new Set([plain(value), plain(shownValue(field, value))]);
    return { fieldId, electronic: value, paper, agrees: wanted.has(plain(paper)) };
  });
}

/** Looks for every field of the form in the text of a file. */
export function compareText(template: FormTemplate, form: ComparedForm, text: string): FieldComparison[] {
  const all = plain(text);
  return compared(template, form)
    .filter(({ value }) => value !== '')
    .map(({ field, fieldId, value }) => {
      const agrees = all.includes(plain(shownValue(field, value))) || all.includes(plain(value));
      return { fieldId, electronic: value, paper: agrees ? value : null, agrees };
    });
}

/** Fields that somebody reading the copy is asked for. */
export function comparedFields(template: FormTemplate): FormField[] {
  return template.fields.filter((field) => field.compared);
}

function compared(
  template: FormTemplate,
  { values, number }: ComparedForm,
): { field: Pick<FormField, 'kind'>; fieldId: string; value: string }[] {
  const fields = comparedFields(template).map((field) => ({ field, fieldId: field.id, value: values[field.id] ?? '' }));
  return number === null ? fields : [{ field: { kind: 'line' }, fieldId: NUMBER_OF_FORM, value: number }, ...fields];
}

/** Compatible forms of letters are one, case and white space are none; what is drawn for blanks is none either. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_＿]/gu, '');
}
