import { isArchiveError, type JsonValue, parseStrictJson } from '#domain';
import type { BagFile, BagFiles } from '../bag/bag-files.js';
import { DossierError, isDossierError } from '../dossier-error.js';
import type { ItemFindings } from './dossier-report.js';

/** Disclosures of a very large case; proofs of it are read line by line. */
export const MAX_PART_BYTES = 268_435_456;
/** A leaf has at most 65 535 bytes, in base64. */
const MAX_LINE_BYTES = 131_072;
const LF = 0x0a;

/** What the caller's `read` has thrown: nothing is known of the file then, which is no fault of the dossier. */
class Unreadable extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Reads files of a dossier beside the bag's own check. What is listed is known from there. */
export class Parts implements BagFiles {
  readonly #files: BagFiles;
  readonly #listed = new Map<string, BagFile>();

  constructor(files: BagFiles) {
    this.#files = files;
  }

  get listed(): ReadonlyMap<string, BagFile> {
    return this.#listed;
  }

  async *list(): AsyncGenerator<BagFile> {
    for await (const file of this.#files.list()) {
      this.#listed.set(file.path, file);
      yield file;
    }
  }

  read(path: string): AsyncIterable<Uint8Array> {
    return this.#files.read(path);
  }

  has(path: string): boolean {
    return this.#listed.get(path)?.kind === 'file';
  }

  /** A whole file; null, with a finding, when it cannot be had. */
  async whole(path: string, findings: ItemFindings, maxBytes: number = MAX_PART_BYTES): Promise<Uint8Array | null> {
    return await this.attempt(path, findings, async () => {
      const chunks: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of this.#chunks(path)) {
        length += chunk.length;
        if (length > maxBytes) throw new DossierError('zip-limit', `more than ${maxBytes} bytes`);
        chunks.push(chunk);
      }
      return joined(chunks, length);
    });
  }

  /** Runs what reads a part, and turns what goes wrong into a finding. */
  async attempt<T>(path: string, findings: ItemFindings, read: () => Promise<T>): Promise<T | null> {
    if (!this.has(path)) {
      findings.fail('part-missing', `${path} is not there`);
      return null;
    }
    try {
      return await read();
    } catch (error) {
      if (error instanceof Unreadable) findings.notChecked('part-unreadable', `${path}: ${error.message}`);
      else if (isDossierError(error, 'zip-limit')) findings.notChecked('part-too-large', `${path}: ${error.message}`);
      else if (isDossierError(error)) findings.fail('line-malformed', `${path}: ${error.message}`);
      else throw error;
      return null;
    }
  }

  /**
   * Lines, each ended by LF and by nothing else, as bytes; memory is one line and one chunk.
   * @throws DossierError `text-invalid` for a last line without its end, and for one that is too long
   */
  async *lines(path: string): AsyncGenerator<Uint8Array> {
    let rest: Uint8Array = new Uint8Array(0);
    for await (const chunk of this.#chunks(path)) {
      let from = 0;
      for (let to = chunk.indexOf(LF); to !== -1; to = chunk.indexOf(LF, from)) {
        const piece = chunk.subarray(from, to);
        yield withinLimit(rest.length === 0 ? piece : joined([rest, piece], rest.length + piece.length));
        [rest, from] = [new Uint8Array(0), to + 1];
      }
      const left = chunk.subarray(from);
      if (left.length > 0) rest = withinLimit(joined([rest, left], rest.length + left.length));
    }
    if (rest.length > 0) throw new DossierError('text-invalid', 'the last line has no end');
  }

  async *#chunks(path: string): AsyncGenerator<Uint8Array> {
    const chunks = opened(() => this.#files.read(path)[Symbol.asyncIterator]());
    try {
      for (;;) {
        const { done, value } = await nextOf(chunks);
        if (done === true) return;
        yield value;
      }
    } finally {
      await chunks.return?.();
    }
  }
}

function opened<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw isDossierError(error) ? error : new Unreadable(error);
  }
}

async function nextOf(chunks: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  try {
    return await chunks.next();
  } catch (error) {
    throw isDossierError(error) ? error : new Unreadable(error);
  }
}

function withinLimit(line: Uint8Array): Uint8Array {
  if (line.length > MAX_LINE_BYTES) throw new DossierError('text-invalid', `a line exceeds ${MAX_LINE_BYTES} bytes`);
  return line;
}

export function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only, ...more] = parts;
  if (only !== undefined && more.length === 0) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** JSON that means the same to every reader; the reason when it is none. */
export function readJson(bytes: Uint8Array): { readonly value: JsonValue } | { readonly problem: string } {
  try {
    return { value: parseStrictJson(bytes) };
  } catch (error) {
    if (!isArchiveError(error, 'invalid-input')) throw error;
    return { problem: error.message };
  }
}

export type JsonObject = { readonly [key: string]: JsonValue };

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with exactly these keys. */
export function hasKeys<K extends string>(
  value: JsonValue | undefined,
  keys: readonly K[],
): value is { readonly [key in K]: JsonValue } {
  return isObject(value) && Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
