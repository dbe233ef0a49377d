import {
  type Checkpoint,
  encodeBase64,
  parseCheckpoint,
  parseNote,
  type ReadTile,
  readTreeRoot,
  tileNodeReader,
  type VerifierKey,
  verifyNote,
} from '#tlog';
import { sha256, verifyEd25519 } from './log-crypto.js';
import { asBad, Bad, readKey } from './verdicts.js';

/** What two checkpoints, both signed by the log, say of the log. */
export type ForkVerdict =
  /** They cannot both be of one log that only grows: the key has signed two histories. */
  | { readonly kind: 'fork'; readonly size: number; readonly roots: readonly [string, string]; readonly why: ForkWhy }
  /** The same head, or one that begins with the other. */
  | { readonly kind: 'one-log' }
  /** Sizes differ, and the tiles that were given do not lead to the larger one. */
  | { readonly kind: 'unknown' };

/** `two-roots` proves itself; `no-prefix` together with the tiles of the larger one. */
export type ForkWhy = 'two-roots' | 'no-prefix';

/**
 * @param vkey the log's key
 * @param readTile tiles of the log the larger checkpoint is of; null for none at hand
 * @throws Bad when one is no checkpoint signed by this key; TlogError for a key that cannot be used
 */
export async function checkForFork(
  notes: readonly [string | Uint8Array, string | Uint8Array],
  vkey: string,
  readTile: ReadTile | null,
): Promise<ForkVerdict> {
  const key = readKey(vkey);
  const [one, other] = [await signedCheckpoint(notes[0], key), await signedCheckpoint(notes[1], key)];
  if (one.origin !== other.origin) throw new Bad(`two logs: ${one.origin} and ${other.origin}`);
  const [smaller, larger] = one.size <= other.size ? [one, other] : [other, one];
  if (smaller.size === larger.size) return compareRoots(smaller, larger.root, 'two-roots');
  if (smaller.size === 0) return { kind: 'one-log' };
  if (readTile === null) return { kind: 'unknown' };
  const rootAt = (size: number) => readTreeRoot(sha256, size, tileNodeReader(sha256, larger.size, readTile));
  if (!isSame(await rootAt(larger.size), larger.root)) return { kind: 'unknown' };
  return compareRoots(smaller, await rootAt(smaller.size), 'no-prefix');
}

function compareRoots({ size, root }: Checkpoint, other: Uint8Array, why: ForkWhy): ForkVerdict {
  if (isSame(root, other)) return { kind: 'one-log' };
  return { kind: 'fork', size, roots: [encodeBase64(root), encodeBase64(other)], why };
}

async function signedCheckpoint(note: string | Uint8Array, key: VerifierKey): Promise<Checkpoint> {
  try {
    const signed = parseNote(note);
    await verifyNote(verifyEd25519, signed, [key]);
    return parseCheckpoint(signed.text);
  } catch (error) {
    throw asBad(error);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one).equals(other);
}
