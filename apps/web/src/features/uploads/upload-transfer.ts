import { DetailedError, Upload, type UploadOptions } from 'tus-js-client';
import { type ApiFailure, readFailure, SAME_SITE_HEADER } from '../../api/client.js';
import { fingerprintOf, isSampleIn } from './file-identity.js';
import type { UploadTarget } from './upload-item.js';

const ENDPOINT = '/api/v1/uploads';
const RETRY_DELAYS_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000];

export interface TransferPlan {
  readonly file: File;
  readonly target: UploadTarget | null;
  readonly sample: string;
  readonly sha256: string | null;
  /** An unfinished upload the archive named, to go on with. */
  readonly uploadUrl: string | null;
}

export interface TransferReports {
  readonly onProgress: (sentBytes: number) => void;
  readonly onRetrying: () => void;
  readonly onReceived: (assetId: string | null) => void;
  readonly onFailed: (failure: ApiFailure) => void;
}

/** A tus 1.0 transfer that goes on where an earlier one of the same file stopped, if there was one. */
export async function prepareTransfer(
  plan: TransferPlan,
  reports: TransferReports,
): Promise<{ upload: Upload; resumed: boolean }> {
  const upload: Upload = new Upload(plan.file, {
    endpoint: ENDPOINT,
    uploadUrl: plan.uploadUrl,
    headers: SAME_SITE_HEADER,
    metadata: metadataOf(plan),
    retryDelays: RETRY_DELAYS_MS,
    removeFingerprintOnSuccess: true,
    fingerprint: async () => fingerprintOf(plan.file, plan.sample, plan.target?.occurrenceId ?? null),
    onShouldRetry: (error) => {
      const retrying = isWorthRetrying(error);
      if (retrying) reports.onRetrying();
      return retrying;
    },
    onProgress: (sent) => reports.onProgress(sent),
    onSuccess: () => reports.onReceived(lastSegment(upload.url)),
    onError: (error) => reports.onFailed(failureOf(error)),
  } satisfies UploadOptions);
  const previous = (await upload.findPreviousUploads()).at(-1);
  if (previous && plan.uploadUrl === null) upload.resumeFromPreviousUpload(previous);
  return { upload, resumed: previous !== undefined || plan.uploadUrl !== null };
}

/** What this browser remembers of an unfinished upload says whether the file picked is the one it was. */
export async function contradictsMemory(uploadUrl: string, sample: string): Promise<boolean> {
  const probe = new Upload(new Blob(), { endpoint: ENDPOINT });
  const known = await probe.options.urlStorage?.findAllUploads();
  const remembered = known?.find((upload) => lastSegment(upload.uploadUrl) === lastSegment(uploadUrl));
  return remembered !== undefined && !isSampleIn(remembered.urlStorageKey, sample);
}

export async function discardUpload(uploadUrl: string): Promise<void> {
  await Upload.terminate(uploadUrl, { headers: SAME_SITE_HEADER, retryDelays: [] });
}

function metadataOf({ file, target, sha256 }: TransferPlan): Record<string, string> {
  return {
    filename: file.name,
    ...(file.type === '' ? {} : { filetype: file.type }),
    ...(sha256 === null ? {} : { sha256 }),
    ...(target === null ? {} : { caseId: target.caseId, occurrenceId: target.occurrenceId }),
    ...(target === null || target.paperId === null ? {} : { paperId: target.paperId }),
    lastModified: new Date(file.lastModified).toISOString(),
  };
}

function isWorthRetrying(error: DetailedError): boolean {
  const status = error.originalResponse?.getStatus() ?? 0;
  if (failureOf(error).code === 'storage-full' || !navigator.onLine) return false;
  return status < 400 || status >= 500 || status === 409 || status === 423 || status === 429 || status === 460;
}

function failureOf(error: Error): ApiFailure {
  if (!(error instanceof DetailedError)) return readFailure(0, '');
  return readFailure(error.originalResponse?.getStatus() ?? 0, error.originalResponse?.getBody() ?? '');
}

function lastSegment(url: string | null): string | null {
  return url?.split(/[?#]/)[0]?.split('/').filter(Boolean).at(-1) ?? null;
}
