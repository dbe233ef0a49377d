import { createHash, type Hash, timingSafeEqual } from 'node:crypto';
import type { Readable } from 'node:stream';
import { ArchiveError, isArchiveError } from '#domain';

/** Pieces with a checksum count only whole and matching; they are kept this small so that little is ever sent twice. */
export const MAX_CHECKED_PIECE_BYTES = 64 * 1_048_576;

/** The bytes of one request, and what it says of them. */
export interface UploadPiece {
  readonly offsetBytes: number;
  readonly body: Readable;
  /** Bytes announced for this piece, or null when the request does not say. */
  readonly pieceBytes: number | null;
  /** Total length, when this request is the one that says it (tus creation-defer-length). */
  readonly lengthBytes: number | null;
  readonly checksum: { readonly algorithm: 'sha1' | 'sha256'; readonly digest: Buffer } | null;
  /** Called once, when nothing speaks against taking the bytes and they are wanted (HTTP 100 Continue). */
  readonly onWanted?: () => void;
}

/**
 * Gives the chunks of the body to `take`, one after the other. A body whose `take` fails is not destroyed: it shares
 * one connection with the answer, which has yet to say why.
 * @param signal aborted: another request goes on with the upload, this one's connection is cut
 * @returns what broke the body off before its end, or null; whatever `take` throws is thrown on
 */
export async function readBody(
  piece: UploadPiece,
  signal: AbortSignal,
  take: (chunk: Buffer) => void | Promise<void>,
): Promise<unknown> {
  const stop = (): void => void piece.body.destroy(signal.reason);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  else piece.onWanted?.();
  let isTaking = false;
  try {
    for await (const chunk of piece.body.iterator({ destroyOnReturn: false })) {
      isTaking = true;
      await take(chunk as Buffer);
      isTaking = false;
    }
    return null;
  } catch (error) {
    if (isTaking || !isInterruption(error, piece.body)) throw error;
    return error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * What the headers alone let us refuse.
 * @throws ArchiveError `upload-too-large`
 */
export function checkFits(lengthBytes: number | null, piece: UploadPiece, maxUploadBytes: number): void {
  const limitBytes = Math.min(lengthBytes ?? maxUploadBytes, maxUploadBytes);
  if ((lengthBytes ?? 0) > maxUploadBytes || piece.offsetBytes + (piece.pieceBytes ?? 0) > limitBytes)
    throw beyondLength(limitBytes);
  if (piece.checksum && (piece.pieceBytes ?? 0) > MAX_CHECKED_PIECE_BYTES) throw tooLargeForChecksum();
}

export function beyondLength(maxBytes: number): ArchiveError {
  return new ArchiveError('upload-too-large', 'beyond the announced or allowed length', { details: { maxBytes } });
}

/** Follows the bytes of a piece with a checksum; does nothing for one without. */
export class PieceCheck {
  readonly #expected: Buffer | null;
  readonly #hash: Hash | null;
  #bytes = 0;

  constructor(checksum: UploadPiece['checksum']) {
    this.#expected = checksum?.digest ?? null;
    this.#hash = checksum === null ? null : createHash(checksum.algorithm);
  }

  /** @throws ArchiveError `upload-too-large` */
  add(chunk: Buffer): void {
    if (this.#hash === null) return;
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_CHECKED_PIECE_BYTES) throw tooLargeForChecksum();
    this.#hash.update(chunk);
  }

  /** @throws ArchiveError `upload-checksum-mismatch` */
  assert(): void {
    if (this.#hash === null || this.#expected === null) return;
    const actual = this.#hash.digest();
    if (actual.length === this.#expected.length && timingSafeEqual(actual, this.#expected)) return;
    throw new ArchiveError('upload-checksum-mismatch', 'the piece does not match its checksum');
  }
}

function tooLargeForChecksum(): ArchiveError {
  return new ArchiveError('upload-too-large', 'a piece with a checksum is at most 64 MiB', {
    details: { maxBytes: MAX_CHECKED_PIECE_BYTES },
  });
}

const CUT = new Set([
  'ECONNRESET',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ABORT_ERR',
  'EPIPE',
  'ETIMEDOUT',
  'HPE_INVALID_CHUNK_SIZE',
]);

/** The body itself broke off, or was stopped for another request; anything else is a failure of ours or a refusal. */
function isInterruption(error: unknown, body: Readable): boolean {
  if (isArchiveError(error)) return error.code === 'upload-taken-over' && body.destroyed;
  return CUT.has((error as { code?: string } | null)?.code ?? '');
}

/** What broke a body off, as an error people can read. */
export function toInterruption(error: unknown, offsetBytes: number): ArchiveError {
  if (isArchiveError(error)) return error;
  return new ArchiveError('upload-interrupted', `cut at ${offsetBytes}`, { cause: error, details: { offsetBytes } });
}
