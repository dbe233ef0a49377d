import { ArchiveError, isArchiveError } from './errors.js';
import type { Procedure } from './procedure.js';
import { parseProcedure } from './procedure-file.js';
import type { RuleMistake } from './rule-mistakes.js';
import { type JsonValue, parseStrictJson } from './strict-json.js';

/**
 * Reads the bytes of a procedure file. What is no JSON, or says a field twice, is a mistake as any other, with line and
 * column for its place.
 * @throws ArchiveError `invalid-input` with `details.problems: RuleMistake[]`
 */
export function parseProcedureText(bytes: Uint8Array): Procedure {
  return parseProcedure(readJson(bytes));
}

/** The mistakes that reading a rule file threw. @throws whatever else it was */
export function mistakesOf(error: unknown): readonly RuleMistake[] {
  if (!isArchiveError(error, 'invalid-input') || !Array.isArray(error.details.problems)) throw error;
  return error.details.problems as readonly RuleMistake[];
}

function readJson(bytes: Uint8Array): JsonValue {
  try {
    return parseStrictJson(bytes);
  } catch (error) {
    if (!isArchiveError(error, 'invalid-input')) throw error;
    const { at } = error.details;
    const place = typeof at === 'number' ? lineOf(bytes, at) : '';
    const problems: RuleMistake[] = [{ place, zh: '不是规范的 JSON', en: error.message }];
    throw new ArchiveError('invalid-input', `procedure file: ${error.message}`, {
      cause: error,
      details: { problems },
    });
  }
}

/** @param at offset in UTF-16 units */
function lineOf(bytes: Uint8Array, at: number): string {
  const before = new TextDecoder().decode(bytes).slice(0, at).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
