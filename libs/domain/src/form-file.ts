import { FORM_MISTAKE } from './form-mistakes.js';
import {
  FORM_FIELD_KINDS,
  FORM_SOURCES,
  type FormBlock,
  type FormField,
  type FormNumbering,
  type FormSource,
  type FormTemplate,
  type FormUse,
  fieldsNamedIn,
  NUMBER_OF_FORM,
} from './form-template.js';
import { ACTS } from './procedure.js';
import { isRecord, RuleReader } from './rule-file.js';
import { MISTAKE } from './rule-mistakes.js';

const FIELDS = {
  template: ['id', 'version', 'title', 'act', 'uses', 'numbering', 'fields', 'body', 'source'],
  use: ['procedure', 'step', 'paper'],
  numbering: ['pattern', 'series'],
  field: ['id', 'title', 'kind', 'from', 'required', 'personal', 'compared', 'choices'],
  block: ['grid', 'text', 'box', 'signatures'],
} as const;
const OTHER_FORM = /^form:[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/;
const WIDEST_ROW = 3;

/**
 * Reads a template of a form, as strictly as a procedure.
 * @throws ArchiveError `invalid-input` with `details.problems: RuleMistake[]`
 */
export function parseFormTemplate(value: unknown): FormTemplate {
  const reader = new RuleReader('form template');
  const template = readTemplate(reader.file(value, FIELDS.template), reader);
  if (reader.mistakes.length === 0) checkNames(template, reader);
  reader.end();
  return template;
}

function readTemplate(file: Record<string, unknown>, reader: RuleReader): FormTemplate {
  const fields = reader.each(file.fields, 'fields', (item, at) => readField(item, at, reader));
  reader.refuseDoubles(
    fields.map(({ id }) => id),
    'fields',
  );
  const uses = reader.each(file.uses, 'uses', (item, at) => readUse(item, at, reader));
  if (Array.isArray(file.uses) && uses.length === 0) reader.add('uses', MISTAKE.atLeastOne);
  return {
    id: reader.id(file.id, 'id'),
    version: reader.whole(file.version, 'version', 1),
    title: reader.label(file.title, 'title'),
    act: reader.oneOf(file.act, [...ACTS, 'any'], 'act'),
    uses,
    numbering: file.numbering === null ? null : readNumbering(file.numbering, reader),
    fields,
    body: reader.each(file.body, 'body', (item, at) => readBlock(item, at, reader)),
    source: reader.source(file.source, 'source'),
  };
}

function readUse(value: unknown, place: string, reader: RuleReader): FormUse {
  const use = reader.fields(value, FIELDS.use, place);
  const read = (name: keyof FormUse): string => (use[name] === '*' ? '*' : reader.id(use[name], `${place}.${name}`));
  return { procedure: read('procedure'), step: read('step'), paper: read('paper') };
}

function readNumbering(value: unknown, reader: RuleReader): FormNumbering {
  const { pattern, series } = reader.fields(value, FIELDS.numbering, 'numbering');
  const text = typeof pattern === 'string' ? pattern : '';
  for (const part of ['{word}', '{year}', '{n}'])
    if (text.split(part).length !== 2) reader.add('numbering.pattern', FORM_MISTAKE.numberWithout(part));
  return { pattern: text, series: reader.id(series, 'numbering.series') };
}

function readField(value: unknown, place: string, reader: RuleReader): FormField {
  const field = reader.fields(value, FIELDS.field, place);
  const kind = reader.oneOf(field.kind, FORM_FIELD_KINDS, `${place}.kind`);
  const personal = reader.flag(field.personal, `${place}.personal`);
  if (!personal && (kind === 'line' || kind === 'text'))
    reader.add(`${place}.personal`, FORM_MISTAKE.freeTextIsPersonal);
  const choices = reader.each(field.choices, `${place}.choices`, (item, at) => reader.label(item, at));
  if (Array.isArray(field.choices) && (kind === 'choice') !== choices.length > 0)
    reader.add(`${place}.choices`, FORM_MISTAKE.choicesOfChoice);
  if (field.id === NUMBER_OF_FORM) reader.add(`${place}.id`, FORM_MISTAKE.idTaken);
  return {
    id: reader.id(field.id, `${place}.id`),
    title: reader.label(field.title, `${place}.title`),
    kind,
    from: field.from === null ? null : readSource(field.from, `${place}.from`, reader),
    required: reader.flag(field.required, `${place}.required`),
    personal,
    compared: reader.flag(field.compared, `${place}.compared`),
    choices,
  };
}

function readSource(value: unknown, place: string, reader: RuleReader): FormSource | null {
  if (typeof value === 'string' && OTHER_FORM.test(value)) return value as FormSource;
  return reader.oneOf(value, FORM_SOURCES, place);
}

function readBlock(value: unknown, place: string, reader: RuleReader): FormBlock {
  const block = reader.fields(value, FIELDS.block, place);
  if (Object.keys(block).length !== 1 || !isRecord(value)) {
    reader.add(place, FORM_MISTAKE.noBlock);
    return { grid: [] };
  }
  if ('grid' in block) return { grid: reader.each(block.grid, `${place}.grid`, (row, at) => readRow(row, at, reader)) };
  if ('box' in block) return { box: reader.id(block.box, `${place}.box`) };
  if ('text' in block) return { text: reader.label(block.text, `${place}.text`) };
  const at = `${place}.signatures`;
  return { signatures: reader.each(block.signatures, at, (line, where) => reader.label(line, where)) };
}

function readRow(value: unknown, place: string, reader: RuleReader): string[] {
  const row = reader.each(value, place, (id, at) => reader.id(id, at));
  if (Array.isArray(value) && (row.length === 0 || row.length > WIDEST_ROW))
    reader.add(place, FORM_MISTAKE.rowOfFields(WIDEST_ROW));
  return row;
}

/** What a block names is a field, and every field stands on the paper: what is not printed cannot be signed. */
function checkNames({ fields, body }: FormTemplate, reader: RuleReader): void {
  const known = new Set(fields.map(({ id }) => id));
  const named = new Set<string>();
  const use = (id: string, place: string): void => {
    named.add(id);
    if (!known.has(id)) reader.add(place, FORM_MISTAKE.noField(id));
  };
  for (const [i, block] of body.entries()) {
    const place = `body[${i}]`;
    if ('grid' in block) for (const id of block.grid.flat()) use(id, `${place}.grid`);
    if ('box' in block) use(block.box, `${place}.box`);
    if ('text' in block) {
      const [zh, en] = [fieldsNamedIn(block.text.zh), fieldsNamedIn(block.text.en)];
      for (const id of zh) use(id, `${place}.text.zh`);
      for (const id of en) use(id, `${place}.text.en`);
      if ([...zh].sort().join() !== [...en].sort().join())
        reader.add(`${place}.text`, FORM_MISTAKE.otherFieldsInEnglish);
    }
  }
  for (const [i, { id }] of fields.entries()) if (!named.has(id)) reader.add(`fields[${i}]`, FORM_MISTAKE.notOnPaper);
}
