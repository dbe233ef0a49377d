import { ArchiveError } from './errors.js';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Deeper values are refused, before the stack ends. */
export const MAX_JSON_DEPTH = 500;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 §7 forbids exactly these
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const WORD = /true|false|null/y;

/**
 * RFC 8259 text that means the same to every reader (I-JSON, RFC 7493, which RFC 8785 §3.1 asks for): UTF-8, no byte
 * order mark, no key twice in an object, no lone surrogates, no number beyond the range of doubles. `JSON.parse` keeps
 * the last of two equal keys and says nothing.
 * @throws ArchiveError `invalid-input`; `details.at` is the offset in UTF-16 units
 */
export function parseStrictJson(input: Uint8Array | string): JsonValue {
  const text = typeof input === 'string' ? input : decode(input);
  const reader = new StrictJsonReader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ArchiveError('invalid-input', 'JSON is not UTF-8', { cause });
  }
}

class StrictJsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonValue {
    if (depth > MAX_JSON_DEPTH) this.#fail(`nested deeper than ${MAX_JSON_DEPTH}`);
    this.#take(SPACE);
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string();
    const word = WORDS.get(this.#take(WORD));
    return word === undefined ? this.#number() : word;
  }

  end(): void {
    this.#take(SPACE);
    if (this.#at < this.#text.length) this.#fail('more after the value');
  }

  #object(depth: number): JsonValue {
    const members = new Map<string, JsonValue>();
    this.#list('{', '}', () => {
      this.#take(SPACE);
      const key = this.#string();
      if (members.has(key)) this.#fail(`the key ${JSON.stringify(key)} comes twice`);
      this.#take(SPACE);
      this.#expect(':');
      members.set(key, this.value(depth + 1));
    });
    // fromEntries defines members: `__proto__` is a key like any other.
    return Object.fromEntries(members);
  }

  #array(depth: number): JsonValue {
    const items: JsonValue[] = [];
    this.#list('[', ']', () => items.push(this.value(depth + 1)));
    return items;
  }

  #list(open: string, close: string, readItem: () => void): void {
    this.#expect(open);
    this.#take(SPACE);
    if (this.#text[this.#at] !== close) {
      readItem();
      this.#take(SPACE);
      while (this.#text[this.#at] === ',') {
        this.#at += 1;
        readItem();
        this.#take(SPACE);
      }
    }
    this.#expect(close);
  }

  #string(): string {
    const quoted = this.#take(STRING);
    if (quoted === '') this.#fail('not a string');
    const text = JSON.parse(quoted) as string;
    if (!text.isWellFormed()) this.#fail('a string has a lone surrogate');
    return text;
  }

  #number(): number {
    const digits = this.#take(NUMBER);
    if (digits === '') this.#fail('not a value');
    const number = Number(digits);
    if (!Number.isFinite(number)) this.#fail('the number is beyond the range of doubles');
    return number;
  }

  #expect(char: string): void {
    if (this.#text[this.#at] !== char) this.#fail(`"${char}" is missing`);
    this.#at += 1;
  }

  /** What the pattern matches here, or nothing. */
  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [''];
    this.#at += found.length;
    return found;
  }

  #fail(why: string): never {
    throw new ArchiveError('invalid-input', `JSON: ${why}`, { details: { at: this.#at } });
  }
}
