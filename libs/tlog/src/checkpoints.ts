import { decodeHash, encodeBase64, equalBytes, isCount, parseDecimal, within } from './encoding.js';
import { TlogError } from './errors.js';
import { emptyRoot, HASH_BYTES, type Hash } from './merkle.js';

const THREE_LINES = /^[^\n]*\n[^\n]*\n[^\n]*\n(?:.*\n)?$/s;

/** The head of a log: C2SP tlog-checkpoint v1.0.0. */
export interface Checkpoint {
  /** Names the log. */
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  readonly root: Uint8Array;
  /** Lines after the third; not recommended by the specification, and opaque. */
  readonly extensions: readonly string[];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a note, which a checkpoint is, cannot hold them
const CONTROLS = /[\u0000-\u001f]/;

/**
 * Reads the text of a note as a checkpoint. Whether a tree of size 0 has the right root is not looked at here:
 * `assertEmptyRoot` needs the hash.
 * @throws TlogError `malformed-checkpoint`
 */
export function parseCheckpoint(text: string): Checkpoint {
  if (!THREE_LINES.test(text)) throw new TlogError('malformed-checkpoint', 'fewer than three lines');
  const [origin, sizeLine, rootLine, ...rest] = text.slice(0, -1).split('\n') as [string, string, string, ...string[]];
  const size = parseDecimal(sizeLine);
  if (![origin, ...rest].every(isLine)) throw new TlogError('malformed-checkpoint', 'an empty line, or a control');
  if (size === null) throw new TlogError('malformed-checkpoint', 'the size is not a decimal below 2^53');
  const root = within('malformed-checkpoint', 'the root is not a hash in base64', () => decodeHash(rootLine));
  return { origin, size, root, extensions: rest };
}

/**
 * The text to sign.
 * @throws TlogError `malformed-checkpoint`
 */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  if (!isCount(size) || root.length !== HASH_BYTES || ![origin, ...extensions].every(isLine)) {
    throw new TlogError('malformed-checkpoint', 'a checkpoint cannot hold these values');
  }
  return [origin, size, encodeBase64(root), ...extensions, ''].join('\n');
}

function isLine(line: string): boolean {
  return line !== '' && line.isWellFormed() && !CONTROLS.test(line);
}

/**
 * The root of a tree of size 0 is the hash of nothing (RFC 6962 §2.1, C2SP tlog-witness).
 * @throws TlogError `root-mismatch`
 */
export function assertEmptyRoot(hash: Hash, { size, root }: Pick<Checkpoint, 'size' | 'root'>): void {
  if (size > 0 || equalBytes(root, emptyRoot(hash))) return;
  throw new TlogError('root-mismatch', 'the tree of size 0 has not the root of the empty tree');
}
