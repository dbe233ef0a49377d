import {
  decodeBase64,
  decodeHash,
  encodeBase64,
  isCount,
  parseDecimal,
  readText,
  type TextInput,
  within,
} from './encoding.js';
import { TlogError } from './errors.js';
import { MAX_NOTE_BYTES, parseNote } from './notes.js';
import type { Policy } from './policies.js';
import { MAX_PROOF_HASHES, verifyInclusion } from './proofs.js';
import { type Algorithms, openCheckpoint, type TrustedCheckpoint } from './trusted-checkpoints.js';

const MAGIC = 'c2sp.org/tlog-proof@v1';
/** A note, and as much again for hashes and extra data. */
const MAX_LOG_PROOF_BYTES = 2 * MAX_NOTE_BYTES;

/** Offline proof that an entry is in a log: C2SP tlog-proof (as of C2SP 5ba5ee8). */
export interface LogProof {
  readonly index: number;
  /** Inclusion proof, from the leaf's sibling upwards. */
  readonly proof: readonly Uint8Array[];
  /** Not authenticated by anything; null when there is no such line. */
  readonly extra: Uint8Array | null;
  /** The signed note, as it came. */
  readonly checkpoint: string;
}

/** @throws TlogError `malformed-proof`, `malformed-note`, `too-large`: nothing is written that could not be read */
export function formatLogProof({ index, proof, extra, checkpoint }: LogProof): string {
  if (!isCount(index)) throw new TlogError('malformed-proof', `${index} is no index`);
  const extraLine = extra === null ? [] : [`extra ${encodeBase64(extra)}`];
  const text = [MAGIC, ...extraLine, `index ${index}`, ...proof.map(encodeBase64), '', checkpoint].join('\n');
  parseLogProof(text);
  return text;
}

/**
 * Reads a proof; nothing is verified but the form, of the note too.
 * @throws TlogError `malformed-proof`, `malformed-note`, `too-large`
 */
export function parseLogProof(input: TextInput): LogProof {
  const text = readText(input, { code: 'malformed-proof', maxBytes: MAX_LOG_PROOF_BYTES });
  const end = text.indexOf('\n\n');
  if (end === -1) throw new TlogError('malformed-proof', 'no empty line before the checkpoint');
  const [magic, ...lines] = text.slice(0, end).split('\n');
  if (magic !== MAGIC) throw new TlogError('malformed-proof', `the first line is not ${MAGIC}`);
  const extra = lines[0]?.startsWith('extra ') ? (lines.shift() as string).slice('extra '.length) : null;
  const index = indexOf(lines.shift() ?? '');
  if (lines.length > MAX_PROOF_HASHES) throw new TlogError('malformed-proof', `${lines.length} hashes`);
  const checkpoint = text.slice(end + 2);
  parseNote(checkpoint);
  return within('malformed-proof', 'a hash or the extra data is not base64', () => ({
    index,
    proof: lines.map(decodeHash),
    extra: extra === null ? null : decodeBase64(extra),
    checkpoint,
  }));
}

function indexOf(line: string): number {
  const index = line.startsWith('index ') ? parseDecimal(line.slice('index '.length)) : null;
  if (index === null) throw new TlogError('malformed-proof', 'no index line');
  return index;
}

/**
 * Verifies that the entry with this leaf hash is in a log the policy accepts, at the index the proof names.
 * @returns the index, proved, and the checkpoint it is proved in
 * @throws TlogError whatever `parseLogProof`, `openCheckpoint` and `verifyInclusion` refuse
 */
export async function verifyLogProof(
  algorithms: Algorithms,
  policy: Policy,
  { leafHash, proof: input }: { readonly leafHash: Uint8Array; readonly proof: TextInput },
): Promise<TrustedCheckpoint & { readonly index: number }> {
  const { index, proof, checkpoint: note } = parseLogProof(input);
  const trusted = await openCheckpoint(algorithms, policy, note);
  const { size, root } = trusted.checkpoint;
  verifyInclusion(algorithms.hash, { leafHash, index, size, root, proof });
  return { ...trusted, index };
}
