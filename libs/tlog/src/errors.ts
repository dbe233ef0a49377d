/** Why a text, a proof or a signature was not taken. Callers may branch on it; words for people are made elsewhere. */
export type TlogErrorCode =
  // not written as its format says
  | 'malformed-base64'
  | 'malformed-bundle'
  | 'malformed-checkpoint'
  | 'malformed-edge'
  | 'malformed-hash'
  | 'malformed-key'
  | 'malformed-leaves'
  | 'malformed-note'
  | 'malformed-path'
  | 'malformed-policy'
  | 'malformed-proof'
  | 'malformed-request'
  | 'malformed-tile'
  // written well, and not to be had
  | 'too-large'
  | 'out-of-range'
  | 'unsupported-key'
  // written well, and not true
  | 'wrong-proof-length'
  | 'root-mismatch'
  | 'bad-signature'
  | 'no-known-signature'
  | 'ambiguous-key'
  | 'wrong-origin'
  | 'quorum-not-met'
  // the signature function that was passed in gave up
  | 'verifier-failed';

export interface TlogErrorOptions {
  readonly cause?: unknown;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/**
 * The one error of this lib: whatever an untrusted text or proof contains, reading or verifying it ends well or ends
 * in this. Errors of functions that are passed in to read nodes and tiles go through as they are.
 */
export class TlogError extends Error {
  readonly code: TlogErrorCode;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;

  constructor(code: TlogErrorCode, message: string, options: TlogErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TlogError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

export function isTlogError(error: unknown, code?: TlogErrorCode): error is TlogError {
  return error instanceof TlogError && (code === undefined || error.code === code);
}
