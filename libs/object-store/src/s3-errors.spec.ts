import { ArchiveError } from '#domain';
import { fromS3, isTransient, S3Failure, toFailure } from './s3-errors.js';

/** As the `minio` client throws them. */
function s3Error(code: string): Error {
  return Object.assign(new Error(''), { name: 'S3Error', code });
}

describe('S3 errors', () => {
  it.each([
    ['NoSuchKey', 'object-missing'],
    ['NoSuchVersion', 'object-missing'],
    ['NoSuchUpload', 'object-missing'],
    ['NotFound', 'object-missing'],
    ['MethodNotAllowed', 'object-missing'],
    ['QuotaExceeded', 'storage-full'],
    ['XMinioStorageFull', 'storage-full'],
    ['InvalidPart', 'conflict'],
    ['AccessDenied', 'storage-unavailable'],
    ['SomethingNew', 'storage-unavailable'],
  ])('%s is %s', (s3Code, code) => {
    expect(fromS3(s3Error(s3Code), 'read')).toMatchObject({ code, details: { s3Code } });
    expect(fromS3(new S3Failure(s3Code, 400, ''), 'read')).toMatchObject({ code });
  });

  it('takes 507 for a full store whatever the body says', () => {
    expect(fromS3(new S3Failure('', 507, ''), 'write')).toMatchObject({ code: 'storage-full' });
  });

  it('leaves an ArchiveError as it is', () => {
    const error = new ArchiveError('conflict', 'x');
    expect(fromS3(error, 'write')).toBe(error);
  });

  it('finds the status in what minio says when it will not try again', () => {
    const failure = toFailure(new Error('Request failed after 0 retries: Error: Retryable HTTP status: 503'));
    expect(failure).toMatchObject({ status: 503 });
    expect(isTransient(failure)).toBe(true);
  });

  it('tries again what may pass, and nothing else', () => {
    expect(isTransient(toFailure(Object.assign(new Error('reset'), { code: 'ECONNRESET' })))).toBe(true);
    expect(isTransient(new S3Failure('SlowDown', 503, ''))).toBe(true);
    expect(isTransient(new S3Failure('', 502, ''))).toBe(true);
    expect(isTransient(new S3Failure('', 403, ''))).toBe(false);
    expect(isTransient(new S3Failure('', 507, ''))).toBe(false);
    expect(isTransient(toFailure(s3Error('AccessDenied')))).toBe(false);
    expect(isTransient(new ArchiveError('storage-unavailable', ''))).toBe(false);
  });
});
