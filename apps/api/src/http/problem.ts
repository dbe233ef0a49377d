import type { ServerResponse } from 'node:http';
import type { Problem } from '#contract';
import { ArchiveError, ERROR_TEXT, type ErrorCode } from '#domain';

/** Every code has a status; a new code without one does not compile. */
export const HTTP_STATUS: Record<ErrorCode, number> = {
  'invalid-input': 400,
  'not-found': 404,
  conflict: 409,
  'case-number-taken': 409,
  'login-taken': 409,
  'precondition-failed': 412,
  'case-closed': 409,
  'case-not-closable': 409,
  'gate-closed': 409,
  'recorder-known': 409,
  'recorder-issued': 409,
  'recorder-unusable': 409,
  'list-known': 409,
  'gap-gone': 409,
  'review-incomplete': 409,
  'reviewer-unfit': 409,
  'not-signed-in': 401,
  'wrong-credentials': 401,
  'too-many-attempts': 429,
  forbidden: 403,
  'cross-site': 403,
  'password-must-change': 403,
  'upload-offset-mismatch': 409,
  // tus checksum extension: "460 Checksum Mismatch".
  'upload-checksum-mismatch': 460,
  'upload-checksum-unsupported': 400,
  'upload-too-large': 413,
  'upload-expired': 410,
  // 403 for a PATCH or DELETE on a finished upload: it exists and will never take another byte.
  'upload-finished': 403,
  'upload-busy': 423,
  'upload-length-conflict': 400,
  'upload-taken-over': 409,
  'upload-interrupted': 408,
  'tus-version-unsupported': 412,
  'wrong-content-type': 415,
  'storage-full': 507,
  'storage-unavailable': 503,
  'storage-foreign': 503,
  'ledger-frozen': 503,
  'ledger-pending': 503,
  'signer-unavailable': 503,
  'timestamp-unavailable': 503,
  'timestamp-refused': 502,
  'object-missing': 500,
  'object-altered': 500,
  'object-exists': 409,
  'lock-not-held': 500,
  'media-undecodable': 422,
  'media-refused': 422,
  'media-limit': 422,
  'tool-failed': 500,
  'sandbox-unavailable': 503,
  'database-unavailable': 503,
  'queue-unavailable': 503,
  timeout: 504,
  internal: 500,
};

/** RFC 9457 body: Chinese first, English beside it, facts that help, never the inner message. */
export function toProblem(error: unknown, requestId: string): Problem {
  const known = error instanceof ArchiveError ? error : new ArchiveError('internal', 'unknown error', { cause: error });
  const text = ERROR_TEXT[known.code];
  return {
    type: `urn:liuhen:error:${known.code}`,
    title: text.zh,
    titleEn: text.en,
    status: HTTP_STATUS[known.code],
    code: known.code,
    requestId,
    ...(Object.keys(known.details).length > 0 ? { details: known.details } : {}),
  };
}

/** Headers that spoke of bytes which are not coming after all. */
const OF_CONTENT = ['Content-Length', 'Content-Range', 'Content-Disposition', 'Accept-Ranges', 'ETag'];

/**
 * Answers with the problem, unless an answer has begun; then the connection is all that can be closed.
 * @param closeAfter the answer is sent at once, but the connection is not closed before this
 */
export function sendProblem(response: ServerResponse, problem: Problem, closeAfter?: Promise<void>): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const name of OF_CONTENT) response.removeHeader(name);
  // RFC 9110 §15.5.2: a 401 names the way in.
  if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="liuhen"');
  const retryAfter = problem.details?.retryAfterSeconds;
  if (typeof retryAfter === 'number') response.setHeader('Retry-After', String(retryAfter));
  const body = Buffer.from(JSON.stringify(problem));
  response.statusCode = problem.status;
  response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  response.setHeader('Content-Length', body.length);
  response.setHeader('Cache-Control', 'no-store');
  if (closeAfter === undefined) {
    response.end(body);
    return;
  }
  response.setHeader('Connection', 'close');
  response.write(body);
  void closeAfter.then(() => response.end());
}
