import { ArchiveError } from './errors.js';
import { type Label, MISTAKE, type RuleMistake } from './rule-mistakes.js';

const ID = /^[a-z][a-z0-9-]{0,62}$/;
const LABEL = ['zh', 'en'] as const;

/**
 * Reads a rule file (procedure, calendar): strictly, and all mistakes at once, each with its place, since whoever writes
 * such a file is no programmer and mends it by what is said here. What a method returns after a mistake is of the right
 * type and of no use: `end` throws before anyone sees it.
 */
export class RuleReader {
  readonly mistakes: RuleMistake[] = [];
  readonly #kind: string;

  /** @param kind what is read, for the log: "procedure file" */
  constructor(kind: string) {
    this.#kind = kind;
  }

  add(place: string, words: Label): void {
    this.mistakes.push({ place, ...words });
  }

  /** @throws ArchiveError `invalid-input` with `details.problems: RuleMistake[]`, when there are any */
  end(): void {
    if (this.mistakes.length > 0) throw this.#refusal();
  }

  #refusal(): ArchiveError {
    const problems = this.mistakes;
    const said = problems.map(({ place, en }) => (place === '' ? en : `${place}: ${en}`));
    return new ArchiveError('invalid-input', `${this.#kind}: ${said.join('; ')}`, { details: { problems } });
  }

  /** @throws ArchiveError `invalid-input` at once: without an object there is nothing to read on */
  file(value: unknown, fields: readonly string[]): Record<string, unknown> {
    if (!isRecord(value)) {
      this.add('', MISTAKE.fileNoObject);
      throw this.#refusal();
    }
    this.#refuseUnknown(value, fields, '');
    return value;
  }

  fields(value: unknown, fields: readonly string[], place: string): Record<string, unknown> {
    if (!isRecord(value)) {
      this.add(place, MISTAKE.noObject);
      return {};
    }
    this.#refuseUnknown(value, fields, `${place}.`);
    return value;
  }

  /** A misspelt field would otherwise be a duty that nobody asks for. */
  #refuseUnknown(value: Record<string, unknown>, fields: readonly string[], place: string): void {
    for (const key of Object.keys(value)) if (!fields.includes(key)) this.add(`${place}${key}`, MISTAKE.unknownField);
  }

  list(value: unknown, place: string): unknown[] {
    if (Array.isArray(value)) return value;
    this.add(place, MISTAKE.noList);
    return [];
  }

  /** A list read item by item, each with its place. */
  each<T>(value: unknown, place: string, read: (item: unknown, place: string) => T): T[] {
    return this.list(value, place).map((item, i) => read(item, `${place}[${i}]`));
  }

  label(value: unknown, place: string): Label {
    const { zh, en } = this.fields(value, LABEL, place);
    if (typeof zh !== 'string' || zh === '') this.add(`${place}.zh`, MISTAKE.noChinese);
    if (typeof en !== 'string' || en === '') this.add(`${place}.en`, MISTAKE.noEnglish);
    return { zh: String(zh), en: String(en) };
  }

  id(value: unknown, place: string): string {
    if (typeof value !== 'string' || !ID.test(value)) this.add(place, MISTAKE.noId);
    return String(value);
  }

  ids(value: unknown, place: string): string[] {
    const ids = this.each(value, place, (id, at) => this.id(id, at));
    this.refuseDoubles(ids, place);
    return ids;
  }

  /** Never taken for false when absent: what a step asks for is said, not guessed. */
  flag(value: unknown, place: string): boolean {
    if (typeof value !== 'boolean') this.add(place, MISTAKE.noFlag);
    return value === true;
  }

  whole(value: unknown, place: string, from: number, to = Number.MAX_SAFE_INTEGER): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < from || value > to)
      this.add(place, MISTAKE.noWhole(from, to));
    return Number(value);
  }

  oneOf<T extends string>(value: unknown, allowed: readonly T[], place: string): T {
    if (!allowed.includes(value as T)) this.add(place, MISTAKE.notOneOf(allowed));
    return value as T;
  }

  /** The clause a rule follows; a rule without one is nobody's. */
  source(value: unknown, place: string, words: Label = MISTAKE.noClause): string {
    if (typeof value !== 'string' || value === '') this.add(place, words);
    return String(value);
  }

  refuseDoubles(ids: readonly string[], place: string): void {
    const doubled = ids.filter((id, i) => ids.indexOf(id) !== i);
    if (doubled.length > 0) this.add(place, MISTAKE.usedTwice([...new Set(doubled)]));
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
