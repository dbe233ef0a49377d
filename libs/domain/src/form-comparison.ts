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

/** What is broken after fewer letters was hardly broken by the edge of a cell. */
const SHORTEST_PIECE = 2;

/** Looks for every field of the form in the text of a file. */
export function compareText(template: FormTemplate, form: ComparedForm, text: string): FieldComparison[] {
  const lines = text
    .split('\n')
    .map(plain)
    .filter((line) => line !== '');
  return compared(template, form)
    .filter(({ value }) => value !== '')
    .map(({ field, fieldId, value }) => {
      const agrees = [shownValue(field, value), value].some((one) => isWritten(plain(one), lines));
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

/**
 * Whether it stands in these lines: in one piece, or broken where one line ends and a later one begins, since what stands
 * in a narrow cell is read line by line between the lines of its neighbours. A letter more or less is a difference.
 */
function isWritten(value: string, lines: readonly string[]): boolean {
  return lines.join('').includes(value) || lines.some((line, i) => goesOn(value, line, lines.slice(i + 1)));
}

/** A beginning of it ends the line, and the rest begins a later one. */
function goesOn(value: string, line: string, later: readonly string[]): boolean {
  for (let length = Math.min(value.length - 1, line.length); length >= SHORTEST_PIECE; length--)
    if (line.endsWith(value.slice(0, length)) && begins(value.slice(length), later)) return true;
  return false;
}

function begins(rest: string, lines: readonly string[]): boolean {
  return lines.some(
    (line, i) =>
      line.startsWith(rest) || (rest.startsWith(line) && begins(rest.slice(line.length), lines.slice(i + 1))),
  );
}

/** Compatible forms of letters are one, case and white space are none; what is drawn for blanks is none either. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_＿]/gu, '');
}
