import type { AssetKind } from './asset.js';
import type { Label } from './rule-mistakes.js';
import { parseDeviceTime } from './time.js';

/** What a part of a file name may be made of. No more than these: a name is read in one pass, whatever it is. */
export const NAME_CHARS = {
  digits: '[0-9]',
  'letters-digits': '[0-9A-Za-z]',
  'letters-digits-hyphen': '[0-9A-Za-z-]',
} as const;
export type NameChars = keyof typeof NAME_CHARS;

export interface NumberField {
  readonly chars: NameChars;
  readonly from: number;
  readonly to: number;
}

/** How a maker names its files. Data, versioned: `recorder-names/<id>.json`. */
export interface NameRule {
  readonly id: string;
  readonly version: number;
  readonly title: Label;
  readonly source: string;
  /** `{device}_{officer}_{time}_{sequence}{mark}`, without the ending; what is not in braces stands there as it is. */
  readonly pattern: string;
  readonly device: NumberField | null;
  readonly officer: NumberField | null;
  readonly sequence: { readonly from: number; readonly to: number } | null;
  /** Of `YYYY MM DD hh mm ss SSS` and signs between them. */
  readonly timeFormat: string | null;
  /** Minutes east of UTC of that time; null: the wall clock of the agency. */
  readonly utcOffsetMinutes: number | null;
  /** Words that mark a key file (重点文件); the part may be absent. */
  readonly marks: readonly string[];
  /** Word → what it says the file is. */
  readonly kinds: Readonly<Record<string, AssetKind>>;
  /** Endings without the dot, lower case. */
  readonly extensions: readonly string[];
  readonly examples: readonly NameExample[];
}

/** A name as the maker writes it, and what must be read from it; a rule that reads its own examples otherwise is none. */
export interface NameExample extends Omit<NameReading, 'ruleId' | 'ruleVersion'> {
  readonly name: string;
}

export interface NameReading {
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly device: string | null;
  readonly officer: string | null;
  /** As `parseDeviceTime` reads it; with a zone only where the rule knows it. */
  readonly time: string | null;
  readonly sequence: number | null;
  readonly isKeyMarked: boolean;
  readonly kind: AssetKind | null;
}

/** A name that two rules read differently is not guessed at: somebody sorts it. */
export type NameState = 'read' | 'ambiguous' | 'unknown';
export type NameResult =
  | { readonly state: 'read'; readonly reading: NameReading }
  | { readonly state: 'ambiguous' | 'unknown' };

/** Longer names are no recorder's; file systems end at 255 bytes. */
const MAX_NAME = 255;
const PARTS = ['device', 'officer', 'time', 'sequence', 'mark', 'kind'] as const;
export type NamePart = (typeof PARTS)[number];
const TIME_PARTS: readonly (readonly [string, string])[] = [
  ['YYYY', '(?<year>\\d{4})'],
  ['MM', '(?<month>\\d{2})'],
  ['DD', '(?<day>\\d{2})'],
  ['hh', '(?<hour>\\d{2})'],
  ['mm', '(?<minute>\\d{2})'],
  ['ss', '(?<second>\\d{2})'],
  ['SSS', '(?<milli>\\d{3})'],
];

/** The pieces of a pattern in order: literal text, or the name of a part (also of none, which the reader of files refuses). */
export function piecesOf(pattern: string): { readonly text: string; readonly isPart: boolean }[] {
  return pattern
    .split(/(\{[^{}]*\})/)
    .filter((piece) => piece !== '')
    .map((piece) =>
      /^\{.*\}$/.test(piece) ? { text: piece.slice(1, -1), isPart: true } : { text: piece, isPart: false },
    );
}

export function isNamePart(text: string): text is NamePart {
  return (PARTS as readonly string[]).includes(text);
}

const compiled = new WeakMap<NameRule, RegExp>();

/** Every part has a class and a length of its own, and none is repeated: there is nothing to try again and again. */
function expressionOf(rule: NameRule): RegExp {
  const known = compiled.get(rule);
  if (known) return known;
  const body = piecesOf(rule.pattern).map(({ text, isPart }) => (isPart ? partOf(rule, text) : literal(text)));
  const ending = rule.extensions.map(literal).join('|');
  const made = new RegExp(`^${body.join('')}\\.(?:${ending})$`, 'i');
  compiled.set(rule, made);
  return made;
}

function partOf(rule: NameRule, part: string): string {
  const number = ({ chars, from, to }: NumberField): string => `${NAME_CHARS[chars]}{${from},${to}}`;
  if (part === 'device' && rule.device) return `(?<device>${number(rule.device)})`;
  if (part === 'officer' && rule.officer) return `(?<officer>${number(rule.officer)})`;
  if (part === 'sequence' && rule.sequence) return `(?<sequence>\\d{${rule.sequence.from},${rule.sequence.to}})`;
  if (part === 'time' && rule.timeFormat) return timeExpression(rule.timeFormat);
  if (part === 'mark') return `(?<mark>${alternatives(rule.marks)})?`;
  if (part === 'kind') return `(?<kind>${alternatives(Object.keys(rule.kinds))})`;
  // Nothing matches: the reader of rule files names the mistake.
  return '(?!)';
}

function timeExpression(format: string): string {
  let text = literal(format);
  for (const [token, part] of TIME_PARTS) text = text.replace(token, part);
  return text;
}

/** Longer words first: `IMP1` is not `IMP` and a rest. */
function alternatives(words: readonly string[]): string {
  return [...words]
    .sort((a, b) => b.length - a.length)
    .map(literal)
    .join('|');
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** What one rule reads; null when the name is not of its kind, or says a time that no clock shows. */
export function readByRule(rule: NameRule, fileName: string): NameReading | null {
  const name = baseName(fileName);
  if (name.length > MAX_NAME) return null;
  const found = expressionOf(rule).exec(name)?.groups;
  if (!found) return null;
  const time = rule.timeFormat === null ? null : timeOf(rule, found);
  if (time !== null && parseDeviceTime(time, 0) === null) return null;
  const kind = Object.entries(rule.kinds).find(([word]) => word.toLowerCase() === found.kind?.toLowerCase())?.[1];
  return {
    ruleId: rule.id,
    ruleVersion: rule.version,
    device: found.device ?? null,
    officer: found.officer ?? null,
    time,
    sequence: found.sequence === undefined ? null : Number(found.sequence),
    isKeyMarked: found.mark !== undefined,
    kind: kind ?? null,
  };
}

function timeOf(rule: NameRule, found: Record<string, string>): string {
  const { year, month, day, hour = '00', minute = '00', second = '00', milli } = found;
  const fraction = milli === undefined ? '' : `.${milli}`;
  const clock = `${year}-${month}-${day} ${hour}:${minute}:${second}${fraction}`;
  if (rule.utcOffsetMinutes === null) return clock;
  const off = Math.abs(rule.utcOffsetMinutes);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${clock}${rule.utcOffsetMinutes < 0 ? '-' : '+'}${two(Math.floor(off / 60))}:${two(off % 60)}`;
}

/** A sender may name a file with its folders, in the way of his system. */
export function baseName(fileName: string): string {
  return fileName.split(/[/\\]/).at(-1)?.trim() ?? '';
}

/** Every reading there is, the ones that say most first. */
export function readingsOf(rules: readonly NameRule[], fileName: string): NameReading[] {
  return rules
    .flatMap((rule) => readByRule(rule, fileName) ?? [])
    .sort((a, b) => saidBy(b) - saidBy(a) || (a.ruleId < b.ruleId ? -1 : 1));
}

/**
 * Of several readings that of a device in the register counts; else the one that says most. Two that say as much and
 * not the same are ambiguous.
 * @param isRegistered whether a device of this number is in the register
 */
export function chooseReading(
  readings: readonly NameReading[],
  isRegistered: (device: string) => boolean = () => false,
): NameResult {
  const registered = readings.filter(({ device }) => device !== null && isRegistered(device));
  const left = registered.length > 0 ? registered : readings;
  const [first] = left;
  if (first === undefined) return { state: 'unknown' };
  const isContested = left.some((other) => saidBy(other) === saidBy(first) && contentOf(other) !== contentOf(first));
  return isContested ? { state: 'ambiguous' } : { state: 'read', reading: first };
}

function saidBy({ device, officer, time, sequence, kind }: NameReading): number {
  return [device, officer, time, sequence, kind].filter((part) => part !== null).length;
}

function contentOf({ ruleId: _, ruleVersion: __, ...content }: NameReading): string {
  return JSON.stringify(content);
}
