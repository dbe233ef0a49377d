/**
 * Reading rule files (procedures, calendars): strictly, and all mistakes at once, each with its place, since whoever
 * writes such a file is no programmer and mends it by what is said here.
 */

/** Words shown to people, in both languages. */
export interface Label {
  readonly zh: string;
  readonly en: string;
}

const ID = /^[a-z][a-z0-9-]{0,62}$/;
const LABEL = ['zh', 'en'] as const;

export function readLabel(value: unknown, place: string, problems: string[]): Label {
  const { zh, en } = readFields(value, LABEL, place, problems);
  if (typeof zh !== 'string' || zh === '') problems.push(`${place}.zh: Chinese text is missing`);
  if (typeof en !== 'string' || en === '') problems.push(`${place}.en: English text is missing`);
  return { zh: String(zh), en: String(en) };
}

export function readId(value: unknown, place: string, problems: string[]): string {
  if (typeof value !== 'string' || !ID.test(value))
    problems.push(`${place}: must be lower-case letters, digits and hyphens`);
  return String(value);
}

/** Never taken for false when absent: what a step asks for is said, not guessed. */
export function readFlag(value: unknown, place: string, problems: string[]): boolean {
  if (typeof value !== 'boolean') problems.push(`${place}: must be true or false`);
  return value === true;
}

export function readList(value: unknown, place: string, problems: string[]): unknown[] {
  if (Array.isArray(value)) return value;
  problems.push(`${place}: must be a list`);
  return [];
}

export function readFields(
  value: unknown,
  fields: readonly string[],
  place: string,
  problems: string[],
): Record<string, unknown> {
  if (!isRecord(value)) {
    problems.push(`${place}: must be an object`);
    return {};
  }
  refuseUnknown(value, fields, `${place}.`, problems);
  return value;
}

/** A misspelt field would otherwise be a duty that nobody asks for. */
export function refuseUnknown(
  value: Record<string, unknown>,
  fields: readonly string[],
  place: string,
  problems: string[],
): void {
  for (const key of Object.keys(value)) if (!fields.includes(key)) problems.push(`${place}${key}: no such field`);
}

export function refuseDoubles(ids: readonly string[], place: string, problems: string[]): void {
  const doubled = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (doubled.length > 0) problems.push(`${place}: id used twice: ${[...new Set(doubled)].join(', ')}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
