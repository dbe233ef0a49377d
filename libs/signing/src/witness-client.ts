import {
  formatAddCheckpoint,
  formatSignatureLine,
  type NoteSignature,
  parseNote,
  parseSignatureLines,
  type SignedNote,
  TlogError,
  type VerifierKey,
  verifyNote,
} from '#tlog';
import { verifyEd25519 } from './algorithms.js';
import { exchange, type Incoming, malformedAnswer, type Target } from './exchange.js';
import { conflictSize, failedThere } from './signer-client.js';
import { SigningError } from './signing-error.js';

/** One line for each key of a witness; far above what any has. */
const MAX_ANSWER_BYTES = 64 * 1_024;
const TIMEOUT_MS = 10_000;
/** A witness may have moved on between its answer and our next question, by another of us; not for ever. */
const MOST_ATTEMPTS = 3;

export interface WitnessClientOptions {
  /** Submission prefix: `<url>/add-checkpoint` is asked. */
  readonly url: string;
  /** Its key, of type cosignature/v1 (0x04). */
  readonly key: VerifierKey;
  /** From the first byte sent to the last one read; default 10 s. */
  readonly timeoutMs?: number;
  /** Certificates (PEM) to trust instead of the system's, for a witness inside a private network. */
  readonly ca?: string;
}

export interface WitnessRequest {
  readonly oldSize: number;
  /** Consistency proof from `oldSize` to the size of the note's checkpoint. */
  readonly proof: readonly Uint8Array[];
  /** The checkpoint signed by the log. */
  readonly note: string;
}

export type WitnessAnswer =
  /** The verified cosignature line, with its newline, and its time (POSIX seconds). */
  | { readonly line: string; readonly timeS: number }
  /** The witness remembers this size, not the old size named. */
  | { readonly conflict: number }
  /** HTTP status: 422 does not extend what it remembers, 404 unknown log, 403 not signed by a key it trusts. */
  | { readonly refused: number; readonly reason: string };

/** A client of C2SP tlog-witness v1.0.0. */
export class WitnessClient {
  readonly #target: Target;
  readonly #key: VerifierKey;
  readonly #timeoutMs: number;

  constructor({ url, key, timeoutMs = TIMEOUT_MS, ca }: WitnessClientOptions) {
    this.#target = ca === undefined ? { kind: 'url', url } : { kind: 'url', url, ca };
    this.#key = key;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * One `add-checkpoint` call. What is answered is verified here: a line is given only when the witness's key has
   * signed this very checkpoint.
   * @throws SigningError `unreachable`, `timed-out`, `malformed-answer`, `bad-cosignature`, `failed-there` (429, 5xx)
   * @throws TlogError when the request itself cannot be written
   */
  async addCheckpoint({ oldSize, proof, note }: WitnessRequest): Promise<WitnessAnswer> {
    const body = formatAddCheckpoint({ oldSize, proof, checkpoint: note });
    const answer = await exchange(this.#target, {
      ...{ method: 'POST', path: '/add-checkpoint', body },
      ...{ timeoutMs: this.#timeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES },
    });
    if (answer.status === 200) return await this.#cosignatureOf(parseNote(note), answer);
    if (answer.status === 409) return { conflict: conflictSize(answer) };
    if (answer.status < 400 || answer.status >= 500 || answer.status === 429) throw failedThere(answer);
    return { refused: answer.status, reason: answer.body.slice(0, 500).trim() };
  }

  /**
   * Asks until the witness has cosigned, going on from the size it says it remembers.
   * @param proveFrom the consistency proof from a size to that of the note; asked only for sizes up to it
   * @returns `conflict` when the witness remembers a larger tree than this one, or keeps changing its mind
   * @throws as `addCheckpoint`, and what `proveFrom` throws
   */
  async cosign(
    { oldSize, size, note }: { readonly oldSize: number; readonly size: number; readonly note: string },
    proveFrom: (oldSize: number) => Promise<readonly Uint8Array[]>,
  ): Promise<WitnessAnswer> {
    let from = oldSize;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.addCheckpoint({ oldSize: from, proof: await proveFrom(from), note });
      if (!('conflict' in answer) || answer.conflict > size || attempt === MOST_ATTEMPTS) return answer;
      from = answer.conflict;
    }
  }

  async #cosignatureOf({ text }: SignedNote, answer: Incoming): Promise<WitnessAnswer> {
    const ours = this.#linesOf(answer.body);
    const [signature] = ours;
    if (signature === undefined) throw badCosignature(this.#key, 'no line of its key');
    try {
      const [verified] = await verifyNote(verifyEd25519, { text, signatures: [signature] }, [this.#key]);
      // "The cosignature MUST NOT omit the timestamp, i.e. the timestamp MUST NOT be zero."
      if (verified?.timeS) return { line: formatSignatureLine(signature), timeS: verified.timeS };
    } catch (error) {
      if (!(error instanceof TlogError)) throw error;
    }
    throw badCosignature(this.#key, 'its signature is not good');
  }

  /** Lines of other keys MUST be ignored. */
  #linesOf(body: string): NoteSignature[] {
    try {
      return parseSignatureLines(body).filter(
        ({ name, keyId }) => name === this.#key.name && keyId === this.#key.keyId,
      );
    } catch {
      throw malformedAnswer('no signature lines');
    }
  }
}

function badCosignature({ name }: VerifierKey, why: string): SigningError {
  return new SigningError('bad-cosignature', {
    zh: `见证方 ${name} 的回答不可信：${why}`,
    en: `The answer of witness ${name} is not to be believed: ${why}`,
  });
}
