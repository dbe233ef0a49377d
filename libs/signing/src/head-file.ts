import { createHash } from 'node:crypto';
import { decodeHash, encodeBase64 } from '#tlog';

/** The last head of one log that was signed, or cosigned. */
export interface RememberedHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** POSIX milliseconds, by our own clock. */
  readonly atMs: number;
  /** The note as the log signed it, for whoever has to show it later; null where we are the log. */
  readonly note: string | null;
}

/** What a file of heads holds. */
export interface HeadBook {
  /** Whose memory this is: the origin of a log, or the name of a witness. */
  readonly name: string;
  readonly heads: readonly RememberedHead[];
}

const FORMAT = 'liuhen-heads/v1';

/** One line of JSON, one with its digest: a file cut or changed by accident is not taken for a memory. */
export function formatHeads({ name, heads }: HeadBook): string {
  const rows = heads.map((head) => ({ ...head, root: encodeBase64(head.root) }));
  const line = `${JSON.stringify({ format: FORMAT, name, heads: rows })}\n`;
  return `${line}${digestOf(line)}\n`;
}

/** @returns null when it is not a whole file of heads */
export function parseHeads(text: string): HeadBook | null {
  const end = text.indexOf('\n') + 1;
  if (end === 0 || text.slice(end) !== `${digestOf(text.slice(0, end))}\n`) return null;
  try {
    const { format, name, heads } = JSON.parse(text.slice(0, end));
    if (format !== FORMAT || typeof name !== 'string') return null;
    return { name, heads: (heads as Row[]).map(readRow) };
  } catch {
    return null;
  }
}

interface Row extends Omit<RememberedHead, 'root'> {
  readonly root: string;
}

function readRow({ origin, size, root, atMs, note }: Row): RememberedHead {
  const isWhole = Number.isSafeInteger(size) && size >= 0 && Number.isSafeInteger(atMs);
  if (!isWhole || typeof origin !== 'string') throw new TypeError('no head');
  return { origin, size, root: decodeHash(root), atMs, note };
}

function digestOf(line: string): string {
  return `sha256:${createHash('sha256').update(line).digest('hex')}`;
}
