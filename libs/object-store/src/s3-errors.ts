import type { ErrorCode } from '#domain';
import { ArchiveError } from '#domain';

/** What a server or the way to it answered: the S3 error code when there was one, the HTTP status, or neither. */
export class S3Failure extends Error {
  readonly s3Code: string;
  /** 0 when no response came. */
  readonly status: number;

  constructor(s3Code: string, status: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'S3Failure';
    this.s3Code = s3Code;
    this.status = status;
  }
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  NoSuchKey: 'object-missing',
  NoSuchVersion: 'object-missing',
  NoSuchUpload: 'object-missing',
  NotFound: 'object-missing',
  // The answer to reading a delete marker by its version.
  MethodNotAllowed: 'object-missing',
  InvalidPart: 'conflict',
  InvalidPartOrder: 'conflict',
  EntityTooLarge: 'upload-too-large',
  QuotaExceeded: 'storage-full',
  InsufficientStorage: 'storage-full',
  InsufficientCapacity: 'storage-full',
  InsufficientCapacityError: 'storage-full',
  XMinioStorageFull: 'storage-full',
  XMinioAdminBucketQuotaExceeded: 'storage-full',
};

const TRANSIENT_CODES = new Set(['RequestTimeout', 'SlowDown', 'ServiceUnavailable', 'InternalError', 'BadDigest']);
const TRANSIENT_STATUS = new Set([408, 429, 499, 500, 502, 503, 504, 520]);

/** What the `minio` client says instead of an S3 error when the status is one it would have tried again. */
const MINIO_GAVE_UP = /Retryable HTTP status: (\d{3})/;

/**
 * Any error of `minio`, node:http or our own requests as an S3Failure; an ArchiveError stays what it is. Told by their
 * shape: an error made in another realm (a test's, a worker's) is no `instanceof Error` here.
 */
export function toFailure(error: unknown): S3Failure | ArchiveError {
  if (error instanceof S3Failure || error instanceof ArchiveError) return error;
  const { name = '', message = '', code = '' } = (error ?? {}) as { name?: string; message?: string; code?: unknown };
  const s3Code = typeof code === 'string' ? code : '';
  if (name === 'S3Error') return new S3Failure(s3Code || 'Unknown', 0, message || s3Code, error);
  const gaveUp = MINIO_GAVE_UP.exec(message);
  return new S3Failure('', gaveUp === null ? 0 : Number(gaveUp[1]), `${s3Code} ${message}`.trim(), error);
}

/** Is asking again worth it? Wrong credentials, missing things and full stores stay so. */
export function isTransient(failure: S3Failure | ArchiveError): boolean {
  if (failure instanceof ArchiveError) return false;
  if (failure.status === 0 && failure.s3Code === '') return true;
  return TRANSIENT_CODES.has(failure.s3Code) || TRANSIENT_STATUS.has(failure.status);
}

export function hasS3Code(error: unknown, ...codes: readonly string[]): boolean {
  const failure = toFailure(error);
  return failure instanceof S3Failure && codes.includes(failure.s3Code);
}

/** @param what the operation, for the operator's log */
export function fromS3(error: unknown, what: string): ArchiveError {
  const failure = toFailure(error);
  if (failure instanceof ArchiveError) return failure;
  const { s3Code, status } = failure;
  const code = CODES[s3Code] ?? (status === 507 ? 'storage-full' : 'storage-unavailable');
  const details = { ...(s3Code && { s3Code }), ...(status && { status }) };
  return new ArchiveError(code, `${what}: ${s3Code || failure.message}`, { cause: error, details });
}
