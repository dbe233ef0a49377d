import { type Checkpoint, decodeHash, encodeBase64, formatCheckpoint, MAX_PROOF_HASHES, parseCheckpoint } from '#tlog';
import { SigningError } from './signing-error.js';

/** Bodies of the signer's requests are far below this. */
export const MAX_SIGNER_BODY_BYTES = 16 * 1_024;
export const MAX_RECEIPT_BYTES = 4 * 1_024;
/** First line of a receipt; the second is the origin of the log. */
export const RECEIPT_MAGIC = 'liuhen-receipt/v1';

/** Asks for the log's signature under a checkpoint: C2SP's add-checkpoint with the text alone, not yet signed. */
export interface CheckpointRequest {
  readonly oldSize: number;
  /** Consistency proof from `oldSize` to the size of the checkpoint. */
  readonly proof: readonly Uint8Array[];
  /** The checkpoint: origin, size, root; no extension lines, so that a head has one text and one signature. */
  readonly text: string;
}

export interface ReadCheckpointRequest {
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly text: string;
  readonly checkpoint: Checkpoint;
}

/** `GET /state`. */
export interface SignerState {
  /** Name of the log. */
  readonly origin: string;
  /** The log's key. */
  readonly vkey: string;
  /** The key receipts are signed with, `<origin>/receipts`. */
  readonly receiptVkey: string;
  /** Of the last head signed; 0 when none was. */
  readonly size: number;
  readonly root: Uint8Array;
  /** RFC 3339; null when nothing was signed yet. */
  readonly signedAt: string | null;
}

export function receiptKeyName(origin: string): string {
  return `${origin}/receipts`;
}

export function formatCheckpointRequest({ oldSize, proof, text }: CheckpointRequest): string {
  return [`old ${oldSize}`, ...proof.map(encodeBase64), '', text].join('\n');
}

/** @throws SigningError `malformed-request` */
export function parseCheckpointRequest(body: string): ReadCheckpointRequest {
  const end = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, Math.max(end, 0)).split('\n');
  const size = /^old (0|[1-9][0-9]{0,15})$/.exec(first)?.[1];
  if (size === undefined || !Number.isSafeInteger(Number(size)) || lines.length > MAX_PROOF_HASHES) {
    throw malformed('the first lines are not the old size and a proof');
  }
  const text = body.slice(end + 2);
  return { oldSize: Number(size), proof: read(() => lines.map(decodeHash)), text, checkpoint: readCheckpoint(text) };
}

function readCheckpoint(text: string): Checkpoint {
  const checkpoint = read(() => parseCheckpoint(text));
  if (checkpoint.extensions.length > 0 || formatCheckpoint(checkpoint) !== text) {
    throw malformed('a checkpoint to sign has three lines');
  }
  return checkpoint;
}

/** @throws SigningError `malformed-request` when it is not a receipt of this log */
export function assertReceipt(text: string, origin: string): void {
  if (Buffer.byteLength(text) > MAX_RECEIPT_BYTES) throw malformed(`a receipt has at most ${MAX_RECEIPT_BYTES} bytes`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: signed-note forbids exactly these
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw malformed('a control character in the receipt');
  const [magic, name, ...rest] = text.split('\n');
  if (magic !== RECEIPT_MAGIC || name !== origin)
    throw malformed('the first two lines are not those of a receipt here');
  if (rest.length < 2 || rest.at(-1) !== '' || rest.at(-2) === '') throw malformed('a receipt ends in one newline');
}

/** JSON: the root in base64. */
export function formatSignerState(state: SignerState): string {
  return `${JSON.stringify({ ...state, root: encodeBase64(state.root) })}\n`;
}

/** @throws SigningError `malformed-request` */
export function parseSignerState(text: string): SignerState {
  const { origin, vkey, receiptVkey, size, root, signedAt } = read(() => JSON.parse(text) as Record<string, unknown>);
  if (typeof origin !== 'string' || typeof vkey !== 'string' || typeof receiptVkey !== 'string') {
    throw malformed('no state of a signer');
  }
  if (!Number.isSafeInteger(size) || typeof root !== 'string' || !(signedAt === null || typeof signedAt === 'string')) {
    throw malformed('no state of a signer');
  }
  return { origin, vkey, receiptVkey, size: size as number, root: read(() => decodeHash(root)), signedAt };
}

function read<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error));
  }
}

function malformed(why: string): SigningError {
  return new SigningError('malformed-request', { zh: `请求不合规定：${why}`, en: `Malformed: ${why}` });
}
