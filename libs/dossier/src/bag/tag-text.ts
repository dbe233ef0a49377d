import { DossierError } from '../dossier-error.js';
import { decodePath, pathProblem } from './bag-path.js';

/** A path in a manifest is at most 4,096 characters, each of which may be written as three. */
const MAX_LINE_LENGTH = 16_384;

/**
 * Lines of a tag file: UTF-8, ended by LF, CR or CRLF (RFC 8493 §2.1.3). A byte-order mark stays in the text, where it
 * is a mistake. Never holds more than one line and one chunk.
 * @throws DossierError `text-invalid` for bytes that are not UTF-8 and for a line without end
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  for await (const chunk of chunks) {
    rest += decode(decoder, chunk);
    // A CR at the very end may be half of a CRLF: it waits for what follows.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines.filter(withinLimit);
    withinLimit(rest);
  }
  rest += decode(decoder, null);
  if (rest !== '') yield rest.replace(/\r$/, '');
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array | null): string {
  try {
    return chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new DossierError('text-invalid', 'is not UTF-8', { cause });
  }
}

function withinLimit(line: string): boolean {
  if (line.length > MAX_LINE_LENGTH)
    throw new DossierError('text-invalid', `a line exceeds ${MAX_LINE_LENGTH} characters`);
  return true;
}

export type ManifestLine = { readonly path: string; readonly digestHex: string } | { readonly problem: string };

/** One line of a manifest: digest in hex, spaces or tabs, path (RFC 8493 §2.1.3). */
export function parseManifestLine(line: string): ManifestLine {
  const match = /^([0-9A-Fa-f]+)[ \t]+(\S.*)$/s.exec(line);
  if (match?.[1] === undefined || match[2] === undefined) return { problem: 'is not a digest and a path' };
  const path = decodePath(match[2]);
  if (path === null) return { problem: 'holds a percent sign that is not %0A, %0D or %25' };
  const problem = pathProblem(path);
  if (problem !== null) return { problem: `names a path that ${problem}` };
  return { path, digestHex: match[1].toLowerCase() };
}

/**
 * Elements of `bag-info.txt` in order, folded lines joined (RFC 8493 §2.2.2).
 * @throws DossierError `text-invalid` for a line that is no element
 */
export function parseBagInfo(lines: Iterable<string>): [label: string, value: string][] {
  const elements: [string, string][] = [];
  for (const line of lines) {
    const last = elements.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) {
      last[1] = `${last[1]} ${line.trim()}`.trim();
      continue;
    }
    const match = /^([^\s:][^:]*):[ \t]*(.*)$/s.exec(line);
    if (match?.[1] === undefined || match[2] === undefined)
      throw new DossierError('text-invalid', `not an element: ${JSON.stringify(line.slice(0, 80))}`);
    elements.push([match[1].trimEnd(), match[2].trimEnd()]);
  }
  return elements;
}
