import { parseSignatureLines } from '#tlog';
import { exchange, type Incoming, malformedAnswer } from './exchange.js';
import {
  type CheckpointRequest,
  formatCheckpointRequest,
  parseSignerState,
  type SignerState,
} from './signer-protocol.js';
import { isSigningError, SigningError } from './signing-error.js';

const MAX_ANSWER_BYTES = 16 * 1_024;
const TIMEOUT_MS = 10_000;

export interface SignerClientOptions {
  /** Path of the signer's Unix socket. */
  readonly socketPath: string;
  /** Default 10 s: a signature is one fsync away, and a disk may be slow. */
  readonly timeoutMs?: number;
}

/** What a signer or a witness says of a checkpoint. */
export type CheckpointAnswer =
  /** The signature line, with its newline, to be put under the checkpoint's text and an empty line. */
  | { readonly line: string }
  /** It remembers this size, not the old size named. */
  | { readonly conflict: number }
  /** HTTP status: 422 does not extend what it remembers, 404 another log, 400 not understood. Asking again is useless. */
  | { readonly refused: number; readonly reason: string };

/** Asks the signer of this machine. Every call may be repeated: the same head gets the same signature. */
export class SignerClient {
  readonly #socketPath: string;
  readonly #timeoutMs: number;

  constructor({ socketPath, timeoutMs = TIMEOUT_MS }: SignerClientOptions) {
    this.#socketPath = socketPath;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws SigningError `unreachable`, `timed-out`, `malformed-answer`, `failed-there` */
  async state(): Promise<SignerState> {
    const answer = await this.#ask('GET', '/state');
    if (answer.status !== 200) throw failedThere(answer);
    try {
      return parseSignerState(answer.body);
    } catch (error) {
      throw isSigningError(error, 'malformed-request') ? malformedAnswer(error.en) : error;
    }
  }

  /** @throws SigningError `unreachable`, `timed-out`, `malformed-answer`, `failed-there` */
  async signCheckpoint(request: CheckpointRequest): Promise<CheckpointAnswer> {
    return readCheckpointAnswer(await this.#ask('POST', '/checkpoint', formatCheckpointRequest(request)));
  }

  /**
   * @param text of a receipt: `liuhen-receipt/v1`, the origin, then its own lines; at most 4 KiB
   * @returns the signature line, with its newline
   * @throws SigningError `unreachable`, `timed-out`, `malformed-answer`, `failed-there`
   */
  async signReceipt(text: string): Promise<string> {
    const answer = await this.#ask('POST', '/receipt', text);
    if (answer.status !== 200) throw failedThere(answer);
    return signatureLine(answer.body);
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: string): Promise<Incoming> {
    return await exchange(
      { kind: 'socket', path: this.#socketPath },
      {
        ...{ method, path, timeoutMs: this.#timeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES },
        ...(body === undefined ? {} : { body }),
      },
    );
  }
}

/** @throws SigningError `malformed-answer`, `failed-there` */
function readCheckpointAnswer(answer: Incoming): CheckpointAnswer {
  if (answer.status === 200) return { line: signatureLine(answer.body) };
  if (answer.status === 409) return { conflict: conflictSize(answer) };
  if (answer.status >= 400 && answer.status < 500) return { refused: answer.status, reason: answer.body.trim() };
  throw failedThere(answer);
}

function signatureLine(body: string): string {
  try {
    if (parseSignatureLines(body).length === 1) return body;
  } catch {
    // Said below.
  }
  throw malformedAnswer('no signature line');
}

/** The body of 409: tlog-witness, "add-checkpoint". @throws SigningError `malformed-answer` */
export function conflictSize({ contentType, body }: Incoming): number {
  const size = Number(/^(0|[1-9][0-9]{0,15})\n$/.exec(body)?.[1]);
  if (contentType !== 'text/x.tlog.size' || !Number.isSafeInteger(size)) throw malformedAnswer('409 without a size');
  return size;
}

export function failedThere({ status, body }: Incoming): SigningError {
  const why = body.slice(0, 500).trim();
  return new SigningError('failed-there', {
    zh: `对方未能办理（${status}）：${why}`,
    en: `It failed there (${status}): ${why}`,
  });
}
