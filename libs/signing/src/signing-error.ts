/** What can be wrong with keys, remembered heads and those who are asked to sign. */
export type SigningErrorCode =
  // the folder of keys and heads: whoever meets one of these does not start, or stops
  | 'folder-in-use'
  | 'lock-lost'
  | 'key-missing'
  | 'key-damaged'
  | 'key-readable-by-others'
  | 'state-missing'
  | 'state-damaged'
  | 'state-changed'
  | 'state-uncertain'
  | 'name-differs'
  | 'self-test-failed'
  // sockets
  | 'socket-in-use'
  | 'socket-path-too-long'
  // asking a signer or a witness
  | 'unreachable'
  | 'timed-out'
  | 'malformed-answer'
  | 'failed-there'
  | 'bad-cosignature'
  // serving one
  | 'body-too-large'
  | 'malformed-request';

export interface SigningErrorText {
  readonly zh: string;
  readonly en: string;
}

/** The one error of this lib; the message is ready to be shown to whoever runs the process. */
export class SigningError extends Error {
  readonly code: SigningErrorCode;
  readonly zh: string;
  readonly en: string;

  constructor(code: SigningErrorCode, { zh, en }: SigningErrorText, cause?: unknown) {
    super(`${zh}\n${en}`, cause === undefined ? undefined : { cause });
    this.name = 'SigningError';
    this.code = code;
    this.zh = zh;
    this.en = en;
  }
}

export function isSigningError(error: unknown, code?: SigningErrorCode): error is SigningError {
  return error instanceof SigningError && (code === undefined || error.code === code);
}
