import { ArchiveError, type ErrorCode } from '#domain';

/**
 * Whether running the same job again may end better. Not for what the bytes themselves decide (an undecodable file
 * stays undecodable), nor for what only a person can change.
 */
export const RETRYABLE: Record<ErrorCode, boolean> = {
  'invalid-input': false,
  'not-found': false,
  conflict: true,
  'case-number-taken': false,
  'login-taken': false,
  'precondition-failed': false,
  'case-closed': false,
  'case-not-closable': false,
  'gate-closed': false,
  'recorder-known': false,
  'recorder-issued': false,
  'recorder-unusable': false,
  'list-known': false,
  'gap-gone': false,
  'review-incomplete': false,
  'reviewer-unfit': false,
  'not-signed-in': false,
  'wrong-credentials': false,
  'too-many-attempts': false,
  forbidden: false,
  'cross-site': false,
  'password-must-change': false,
  'upload-offset-mismatch': false,
  'upload-checksum-mismatch': false,
  'upload-checksum-unsupported': false,
  'upload-too-large': false,
  'upload-expired': false,
  'upload-finished': false,
  'upload-busy': true,
  'upload-length-conflict': false,
  'upload-taken-over': false,
  'upload-interrupted': true,
  'tus-version-unsupported': false,
  'wrong-content-type': false,
  'storage-full': true,
  'storage-unavailable': true,
  'storage-foreign': true,
  'ledger-frozen': true,
  'ledger-pending': true,
  'signer-unavailable': true,
  'timestamp-unavailable': true,
  'timestamp-refused': true,
  // A store that has just been restarted may miss an object it finds again a minute later.
  'object-missing': true,
  'object-altered': false,
  'object-exists': false,
  'lock-not-held': true,
  'media-undecodable': false,
  'media-refused': false,
  'media-limit': false,
  'tool-failed': true,
  'sandbox-unavailable': false,
  'database-unavailable': true,
  'queue-unavailable': true,
  timeout: true,
  internal: true,
};

/** An error that is not ours is a fault nobody foresaw: `internal`, tried again within the job's attempts. */
export function errorCodeOf(error: unknown): ErrorCode {
  return error instanceof ArchiveError ? error.code : 'internal';
}
