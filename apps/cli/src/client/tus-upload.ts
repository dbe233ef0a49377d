import { createReadStream } from 'node:fs';
import { DetailedError, Upload, type UploadOptions, type UrlStorage } from 'tus-js-client';
import { EXIT } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { type ApiClient, failureOf } from './api-client.js';

export interface FileToSend {
  readonly path: string;
  readonly sizeBytes: number;
  /** Hex; declared to the archive, which compares it when it seals. */
  readonly sha256: string;
  readonly fileName: string;
  /** The step it belongs to; null: it is sorted later. */
  readonly target: { readonly caseId: string; readonly occurrenceId: string } | null;
  readonly recordedAt: string | null;
  /** RFC 3339. */
  readonly lastModified: string | null;
}

const RETRY_DELAYS_MS = [500, 1_000, 3_000, 5_000, 10_000, 20_000];
/** The archive's own "again, and it may go": a lost connection, another writer, a full server. */
const WORTH_RETRYING = new Set([409, 423, 429, 460]);

/**
 * Sends a file by tus 1.0, going on where an earlier run stopped.
 * @returns the id of the asset it became
 * @throws ArchiveError with the archive's code, CommandFailure when it stays out of reach
 */
export async function sendFile(
  client: ApiClient,
  file: FileToSend,
  watch: {
    readonly memory: UrlStorage;
    readonly onProgress: (sentBytes: number) => void;
    /** Ends it where it is; what was sent is kept. */
    readonly signal?: AbortSignal;
  },
): Promise<string> {
  const fingerprint = [client.origin, file.sha256, file.sizeBytes, file.target?.occurrenceId ?? '', file.fileName].join(
    '~',
  );
  const assetId = await new Promise<string>((done, fail) => {
    // The file is read by our own reader; the first argument is what browsers would read from.
    const upload: Upload = new Upload(Buffer.alloc(0), {
      endpoint: `${client.origin}/api/v1/uploads`,
      headers: client.headers,
      metadata: metadataOf(file),
      retryDelays: RETRY_DELAYS_MS,
      urlStorage: watch.memory,
      fingerprint: async () => fingerprint,
      fileReader: { openFile: async () => fileSource(file) },
      onShouldRetry: (error) => isWorthRetrying(error),
      onProgress: (sent) => watch.onProgress(sent),
      onSuccess: () => (upload.url === null ? fail(lost()) : done(lastSegment(upload.url))),
      onError: (error) => fail(translate(error)),
    } satisfies UploadOptions);
    watch.signal?.addEventListener('abort', () => {
      void upload.abort();
      fail(lost());
    });
    upload
      .findPreviousUploads()
      .then(([previous]) => {
        if (previous !== undefined) upload.resumeFromPreviousUpload(previous);
        if (watch.signal?.aborted !== true) upload.start();
      })
      .catch(fail);
  });
  // The library would do this too, but without waiting: a process that ends now would remember for ever.
  await watch.memory.removeUpload(fingerprint);
  return assetId;
}

/** Slices of the file as streams; tus-js-client takes their length from `size`. */
function fileSource({ path, sizeBytes }: FileToSend) {
  return {
    size: sizeBytes,
    slice: async (start: number, end: number) => {
      const last = Math.min(end, sizeBytes);
      const value = Object.assign(createReadStream(path, { start, end: last - 1 }), { size: last - start });
      return { value, done: last >= sizeBytes };
    },
    close: () => undefined,
  };
}

/** Fields of the contract's `UploadMetadata`. */
function metadataOf(file: FileToSend): Record<string, string> {
  const { fileName, sha256, target, recordedAt, lastModified } = file;
  return {
    ...{ filename: fileName, sha256, ...target },
    ...(recordedAt === null ? {} : { recordedAt }),
    ...(lastModified === null ? {} : { lastModified }),
  };
}

function isWorthRetrying(error: DetailedError): boolean {
  const status = error.originalResponse?.getStatus() ?? 0;
  return status === 0 || (status >= 500 && status !== 507) || WORTH_RETRYING.has(status);
}

function translate(error: Error): Error {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  return response === null ? lost(error) : failureOf(response.getStatus(), response.getBody());
}

function lost(cause?: Error): CommandFailure {
  return new CommandFailure(
    EXIT.tryLater,
    {
      zh: '传输中断，已发送的部分已保存；再次运行同一命令即可续传',
      en: 'The transfer was cut; what was sent is kept. Run the same command again to go on',
    },
    { cause },
  );
}

function lastSegment(url: string): string {
  return url.split(/[?#]/)[0]?.split('/').filter(Boolean).at(-1) ?? '';
}
