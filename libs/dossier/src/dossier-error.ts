/**
 * Why something given to this lib was refused. The bytes may come from an adversary, so this is the only exception
 * that leaves the lib for anything they can hold; what the caller's own `read` throws passes through untouched.
 */
export type DossierErrorCode =
  // writing
  | 'text-invalid'
  | 'path-unsafe'
  | 'content-differs'
  // zip files
  | 'zip-malformed'
  | 'zip-ambiguous'
  | 'zip-unsupported'
  | 'zip-limit'
  | 'zip-truncated'
  | 'zip-content-altered'
  | 'entry-missing'
  // time-stamps (RFC 3161)
  | 'timestamp-malformed'
  | 'timestamp-not-granted'
  | 'timestamp-wrong-imprint'
  | 'timestamp-wrong-nonce'
  | 'timestamp-weak-digest'
  | 'timestamp-algorithm-unsupported'
  | 'timestamp-signature-wrong'
  | 'timestamp-signer-unbound'
  | 'timestamp-certificate-unfit'
  | 'timestamp-chain-untrusted'
  | 'timestamp-certificate-out-of-date'
  | 'timestamp-time-implausible'
  | 'root-malformed'
  // receipts
  | 'receipt-malformed';

export class DossierError extends Error {
  readonly code: DossierErrorCode;

  constructor(code: DossierErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DossierError';
    this.code = code;
  }
}

export function isDossierError(error: unknown, code?: DossierErrorCode): error is DossierError {
  return error instanceof DossierError && (code === undefined || error.code === code);
}
