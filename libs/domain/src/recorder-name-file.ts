import type { AssetKind } from './asset.js';
import {
  isNamePart,
  NAME_CHARS,
  type NameChars,
  type NameExample,
  type NamePart,
  type NameRule,
  type NumberField,
  piecesOf,
  readByRule,
} from './recorder-names.js';
import { isRecord, RuleReader } from './rule-file.js';
import { MISTAKE } from './rule-mistakes.js';

const FIELDS = {
  rule: [
    ...(['id', 'version', 'title', 'source', 'pattern', 'device', 'officer', 'sequence', 'timeFormat'] as const),
    ...(['utcOffsetMinutes', 'marks', 'kinds', 'extensions', 'examples'] as const),
  ],
  number: ['chars', 'from', 'to'],
  sequence: ['from', 'to'],
  example: ['name', 'device', 'officer', 'time', 'sequence', 'isKeyMarked', 'kind'],
} as const;
const KINDS: readonly AssetKind[] = ['video', 'sound', 'photo', 'paper', 'other'];
/** Longer numbers than these are on no device; sequences stay far below 2^53. */
const MAX_LENGTH = { device: 40, officer: 40, sequence: 9 };
const EXTENSION = /^[a-z0-9]{1,8}$/;
const WORD = /^[^\p{Cc}/\\{}]{1,20}$/u;
const TIME_TOKENS = ['YYYY', 'MM', 'DD', 'hh', 'mm', 'ss', 'SSS'];

/**
 * Reads a file of how a maker names its files. Every mistake is named with its place, all of them together; examples
 * that the rule reads otherwise than they say are mistakes.
 * @throws ArchiveError `invalid-input` with `details.problems: RuleMistake[]`
 */
export function parseNameRule(value: unknown): NameRule {
  const reader = new RuleReader('recorder-name file');
  const file = reader.file(value, FIELDS.rule);
  const pattern = typeof file.pattern === 'string' ? file.pattern : '';
  const rule: NameRule = {
    id: reader.id(file.id, 'id'),
    version: reader.whole(file.version, 'version', 1),
    title: reader.label(file.title, 'title'),
    source: reader.source(file.source, 'source', MISTAKE.noNameSource),
    pattern,
    device: readNumber(file.device, 'device', reader),
    officer: readNumber(file.officer, 'officer', reader),
    sequence: readSequence(file.sequence, reader),
    timeFormat: readTimeFormat(file.timeFormat, reader),
    utcOffsetMinutes:
      file.utcOffsetMinutes === null ? null : reader.whole(file.utcOffsetMinutes, 'utcOffsetMinutes', -840, 840),
    marks: reader.each(file.marks, 'marks', (word, at) => readWord(word, at, reader)),
    kinds: readKinds(file.kinds, reader),
    extensions: reader.each(file.extensions, 'extensions', (ending, at) => {
      if (typeof ending !== 'string' || !EXTENSION.test(ending)) reader.add(at, MISTAKE.noExtension);
      return String(ending);
    }),
    examples: reader.each(file.examples, 'examples', (example, at) => readExample(example, at, reader)),
  };
  if (rule.extensions.length === 0) reader.add('extensions', MISTAKE.atLeastOne);
  if (rule.examples.length === 0) reader.add('examples', MISTAKE.atLeastOne);
  checkPattern(rule, reader);
  // Before anything is matched: a mistaken pattern has no expression.
  reader.end();
  for (const [i, example] of rule.examples.entries()) checkExample(rule, example, `examples[${i}]`, reader);
  reader.end();
  return rule;
}

function readNumber(value: unknown, place: 'device' | 'officer', reader: RuleReader): NumberField | null {
  if (value === null) return null;
  const { chars, from, to } = reader.fields(value, FIELDS.number, place);
  const field = {
    chars: reader.oneOf(chars, Object.keys(NAME_CHARS) as NameChars[], `${place}.chars`),
    from: reader.whole(from, `${place}.from`, 1, MAX_LENGTH[place]),
    to: reader.whole(to, `${place}.to`, 1, MAX_LENGTH[place]),
  };
  if (field.to < field.from) reader.add(`${place}.to`, MISTAKE.endsBefore);
  return field;
}

function readSequence(value: unknown, reader: RuleReader): NameRule['sequence'] {
  if (value === null) return null;
  const { from, to } = reader.fields(value, FIELDS.sequence, 'sequence');
  const field = {
    from: reader.whole(from, 'sequence.from', 1, MAX_LENGTH.sequence),
    to: reader.whole(to, 'sequence.to', 1, MAX_LENGTH.sequence),
  };
  if (field.to < field.from) reader.add('sequence.to', MISTAKE.endsBefore);
  return field;
}

function readTimeFormat(value: unknown, reader: RuleReader): string | null {
  if (value === null) return null;
  const format = typeof value === 'string' ? value : '';
  const rest = TIME_TOKENS.reduce((left, token) => left.replace(token, ''), format);
  const isWhole = ['YYYY', 'MM', 'DD'].every((token) => format.includes(token));
  if (!isWhole || /[A-Za-z0-9{}/\\]/.test(rest) || format.length > 40) reader.add('timeFormat', MISTAKE.noTimeFormat);
  return format;
}

function readKinds(value: unknown, reader: RuleReader): Record<string, AssetKind> {
  if (!isRecord(value)) {
    reader.add('kinds', MISTAKE.noObject);
    return {};
  }
  const words = Object.entries(value).map(
    ([word, kind]) => [readWord(word, `kinds.${word}`, reader), reader.oneOf(kind, KINDS, `kinds.${word}`)] as const,
  );
  return Object.fromEntries(words);
}

function readWord(value: unknown, place: string, reader: RuleReader): string {
  if (typeof value !== 'string' || !WORD.test(value)) reader.add(place, MISTAKE.noWord);
  return String(value);
}

function readExample(value: unknown, place: string, reader: RuleReader): NameExample {
  const { name, device, officer, time, sequence, isKeyMarked, kind } = reader.fields(value, FIELDS.example, place);
  const text = (field: unknown, at: string): string | null => {
    if (field !== null && typeof field !== 'string') reader.add(`${place}.${at}`, MISTAKE.noTextOrNull);
    return field === null ? null : String(field);
  };
  return {
    name: text(name, 'name') ?? '',
    device: text(device, 'device'),
    officer: text(officer, 'officer'),
    time: text(time, 'time'),
    sequence: sequence === null ? null : reader.whole(sequence, `${place}.sequence`, 0),
    isKeyMarked: reader.flag(isKeyMarked, `${place}.isKeyMarked`),
    kind: kind === null ? null : reader.oneOf(kind, KINDS, `${place}.kind`),
  };
}

/** Every part that is described stands in the pattern once, and no other. */
function checkPattern(rule: NameRule, reader: RuleReader): void {
  const pieces = piecesOf(rule.pattern);
  const named = pieces.filter(({ isPart }) => isPart).map(({ text }) => text);
  const described: Record<NamePart, boolean> = {
    device: rule.device !== null,
    officer: rule.officer !== null,
    time: rule.timeFormat !== null,
    sequence: rule.sequence !== null,
    mark: rule.marks.length > 0,
    kind: Object.keys(rule.kinds).length > 0,
  };
  if (pieces.length === 0) reader.add('pattern', MISTAKE.noPattern);
  for (const { text, isPart } of pieces) {
    if (!isPart && /[{}/\\\p{Cc}]/u.test(text)) reader.add('pattern', MISTAKE.noPattern);
    if (isPart && !(isNamePart(text) && described[text])) reader.add('pattern', MISTAKE.noNamePart(text));
  }
  for (const [part, isThere] of Object.entries(described))
    if (isThere && !named.includes(part)) reader.add('pattern', MISTAKE.partUnused(part));
  reader.refuseDoubles(named, 'pattern');
}

function checkExample(rule: NameRule, example: NameExample, place: string, reader: RuleReader): void {
  const { name, ...said } = example;
  const reading = readByRule(rule, name);
  if (reading === null) {
    reader.add(place, MISTAKE.exampleUnread);
    return;
  }
  for (const key of Object.keys(said) as (keyof typeof said)[])
    if (reading[key] !== said[key]) reader.add(`${place}.${key}`, MISTAKE.exampleOtherwise(String(reading[key])));
}
