import { isLocalDate } from './calendar.js';
import { FORM_MISTAKE } from './form-mistakes.js';
import { type FormField, type FormTemplate, type FormValues, NUMBER_OF_FORM } from './form-template.js';
import { isReviewSource, type ReviewFacts, saidByReview } from './review-paper.js';
import { type Label, MISTAKE, type RuleMistake } from './rule-mistakes.js';
import { localDay, localTime } from './time.js';

/** What the case says of itself to a form. Times in the agency's own zone. */
export interface FormFacts {
  readonly case: {
    readonly number: string;
    readonly title: string;
    readonly openedAt: Date;
    readonly unitName: string;
    readonly agencyName: string;
    readonly procedure: Label;
    readonly parties: readonly string[];
    readonly officers: readonly string[];
  };
  readonly step: {
    readonly startedAt: Date | null;
    readonly endedAt: Date | null;
    readonly address: string | null;
    readonly n: number;
  };
  /** Other forms of the case that were issued, newest first. */
  readonly forms: readonly {
    readonly templateId: string;
    readonly number: string | null;
    readonly values: FormValues;
  }[];
  /** Of the legal review whose paper it is; null for every other paper. */
  readonly review: ReviewFacts | null;
  readonly now: Date;
  /** Name of whoever fills it in. */
  readonly self: string;
  readonly zoneMinutes: number;
}

const LONGEST = { line: 300, text: 8_000, date: 10, time: 16, choice: 300 } as const;
const LOCAL_TIME = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d$/;
// What is typed by people may have line ends; nothing else that cannot be seen.
const UNSEEN = /[^\P{Cc}\n]/u;
const EVERY_UNSEEN = new RegExp(UNSEEN, 'gu');
const CONTROLS = /\p{Cc}/gu;

/** Every field of the template, filled from the case where it can be, else empty. */
export function fillForm(template: FormTemplate, facts: FormFacts): FormValues {
  return Object.fromEntries(template.fields.map((field) => [field.id, clipped(field, valueFrom(field, facts))]));
}

/** What is wrong with values, by field. A draft may be incomplete; what is issued may not. */
export function faultsOfForm(template: FormTemplate, values: FormValues, isDraft: boolean): RuleMistake[] {
  const unknown = Object.keys(values)
    .filter((id) => !template.fields.some((field) => field.id === id))
    .map((place) => ({ place, ...MISTAKE.unknownField }));
  const faults = template.fields.flatMap((field): RuleMistake[] => {
    const words = faultOfValue(field, values[field.id] ?? '', isDraft);
    return words === null ? [] : [{ place: field.id, ...words }];
  });
  return [...unknown, ...faults];
}

function faultOfValue({ kind, required, choices, from }: FormField, value: string, isDraft: boolean): Label | null {
  if (value === '') return required && !isDraft ? FORM_MISTAKE.notFilledIn : null;
  if (value.length > LONGEST[kind] && !isReviewSource(from)) return FORM_MISTAKE.tooLong(LONGEST[kind]);
  if (UNSEEN.test(value) || !value.isWellFormed() || (kind === 'line' && value.includes('\n')))
    return FORM_MISTAKE.noLine;
  if (kind === 'date' && !isLocalDate(value)) return MISTAKE.noDay;
  if (kind === 'time' && !isLocalDate(LOCAL_TIME.exec(value)?.[1])) return FORM_MISTAKE.noLocalTime;
  if (kind === 'choice' && !choices.some(({ zh }) => zh === value))
    return MISTAKE.notOneOf(choices.map(({ zh }) => zh));
  return null;
}

/** A value as it is read on paper: dates in words. */
export function shownValue({ kind }: Pick<FormField, 'kind'>, value: string): string {
  if (value === '') return '';
  if (kind === 'date') return dayInWords(value);
  if (kind !== 'time') return value;
  const [day = '', clock = ''] = value.split('T');
  const [hour, minute] = clock.split(':');
  return `${dayInWords(day)}${Number(hour)}时${minute}分`;
}

function dayInWords(day: string): string {
  const [year, month, date] = day.split('-');
  return `${year}年${Number(month)}月${Number(date)}日`;
}

function valueFrom({ from, kind }: FormField, facts: FormFacts): string {
  if (from === null) return '';
  if (from.startsWith('form:')) return fromOtherForm(from, facts);
  const { zoneMinutes, step, review } = facts;
  const moment = (at: Date | null): string => {
    if (at === null) return '';
    return kind === 'date' ? localDay(at, zoneMinutes) : localTime(at, zoneMinutes);
  };
  if (isReviewSource(from)) {
    const said = review && saidByReview(from, review, zoneMinutes);
    return said instanceof Date ? moment(said) : (said ?? '');
  }
  const found: Record<string, string> = {
    'case.number': facts.case.number,
    'case.title': facts.case.title,
    'case.openedOn': localDay(facts.case.openedAt, zoneMinutes),
    'case.parties': facts.case.parties.join('、'),
    'case.officers': facts.case.officers.join('、'),
    'case.unit': facts.case.unitName,
    'case.agency': facts.case.agencyName,
    'case.procedure': facts.case.procedure.zh,
    'step.startedAt': moment(step.startedAt),
    'step.endedAt': moment(step.endedAt),
    'step.startedOn': step.startedAt === null ? '' : localDay(step.startedAt, zoneMinutes),
    'step.address': step.address ?? '',
    'step.times': String(step.n),
    today: localDay(facts.now, zoneMinutes),
    self: facts.self,
  };
  return found[from] ?? '';
}

function fromOtherForm(from: string, { forms }: FormFacts): string {
  const [, templateId, fieldId = ''] = from.split(':');
  const other = forms.find((form) => form.templateId === templateId);
  return (fieldId === NUMBER_OF_FORM ? other?.number : other?.values[fieldId]) ?? '';
}

/**
 * A long list of parties must not make a form that cannot be saved. What a review said is never cut: nobody saves it, and
 * who signs it must find all of it.
 */
function clipped({ kind, from }: FormField, value: string): string {
  const seen = value.replace(kind === 'text' ? EVERY_UNSEEN : CONTROLS, ' ').toWellFormed();
  return isReviewSource(from)
    ? seen
    : [...seen].slice(0, LONGEST[kind]).join('').slice(0, LONGEST[kind]).toWellFormed();
}
