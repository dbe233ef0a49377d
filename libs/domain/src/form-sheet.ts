import { shownValue } from './form-filling.js';
import { type FormTemplate, type FormValues, fillText, findField } from './form-template.js';
import type { Label } from './rule-mistakes.js';

/** A form as it is drawn: every word of it, nothing of how it looks. */
export interface FormSheet {
  readonly title: Label;
  readonly agencyName: string;
  readonly number: string | null;
  readonly blocks: readonly SheetBlock[];
  /** Under every page: which form this is. */
  readonly foot: string;
  readonly withEnglish: boolean;
  /** When it was issued. */
  readonly at: Date;
}

export type SheetBlock =
  | { readonly kind: 'grid'; readonly rows: readonly (readonly SheetCell[])[] }
  | { readonly kind: 'text'; readonly text: Label }
  | { readonly kind: 'box'; readonly name: Label; readonly value: string }
  | { readonly kind: 'signatures'; readonly lines: readonly Label[] };

export interface SheetCell {
  readonly name: Label;
  readonly value: string;
}

/** Left to be written by hand. */
const BLANK = '＿＿＿＿＿＿';

export interface IssuedForm {
  readonly id: string;
  readonly values: FormValues;
  readonly number: string | null;
  readonly issuedAt: Date;
  readonly agencyName: string;
  readonly withEnglish: boolean;
}

export function sheetOf(template: FormTemplate, form: IssuedForm): FormSheet {
  const { values } = form;
  const shown = (id: string): string => shownValue(findField(template, id) ?? { kind: 'line' }, values[id] ?? '');
  const cell = (id: string): SheetCell => ({
    name: findField(template, id)?.title ?? { zh: id, en: id },
    value: shown(id),
  });
  const inText = (text: string): string => fillText(text, (id) => shown(id) || BLANK);
  const blocks = template.body.map((block): SheetBlock => {
    if ('grid' in block) return { kind: 'grid', rows: block.grid.map((row) => row.map(cell)) };
    if ('box' in block) return { kind: 'box', ...cell(block.box) };
    if ('signatures' in block) return { kind: 'signatures', lines: block.signatures };
    return { kind: 'text', text: { zh: inText(block.text.zh), en: inText(block.text.en) } };
  });
  return {
    ...{ title: template.title, agencyName: form.agencyName, number: form.number, blocks },
    ...{ withEnglish: form.withEnglish, at: form.issuedAt },
    foot: `${template.id} 第${template.version}版　${form.id}`,
  };
}
