import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'minio';
import { ArchiveError } from '#domain';
import type { Area } from './object-store.js';
import { fromS3, isTransient, S3Failure, toFailure } from './s3-errors.js';
import type { HttpLine } from './s3-request.js';
import { drain, guardedTransport, openLine, send } from './s3-request.js';

export interface S3StoreConfig {
  /** `https://host[:port]`; plain `http` only on loopback, unless `allowPlainHttp`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** A store that only keeps second copies has a vault and nothing else. */
  readonly buckets: { readonly vault: string; readonly staging?: string; readonly media?: string };
  /** Parts of one upload on their way at the same time; each holds its bytes until it is stored. Default 4. */
  readonly partsInFlight?: number;
  /** Bytes of all uploads of this process on their way at the same time. Default 128 MiB. */
  readonly bytesInFlight?: number;
  /** Bucket in the path (default) and not in the host name. */
  readonly pathStyle?: boolean;
  /** For a private network between containers. Bodies are not signed: only sealing would show an alteration on the way. */
  readonly allowPlainHttp?: boolean;
  /** Takes a vault bucket without Object Lock too: originals there are not protected, and are shown as such. */
  readonly allowUnlocked?: boolean;
  /** Longest silence of the server. Default 30 s. */
  readonly timeoutMs?: number;
}

export interface StoredBody {
  readonly etag: string;
  readonly versionId: string | null;
}

interface Request {
  readonly area: Area;
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 150;
const PRESIGNED_SECONDS = 15 * 60;
const DEFAULT_TIMEOUT_MS = 30_000;

interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiated: Date;
}

/** `minio` keeps ListParts to its subclasses, and asks for the parts of every upload when it lists them. */
class MultipartClient extends Client {
  partsOf(bucket: string, key: string, uploadId: string) {
    return this.listParts(bucket, key, uploadId);
  }

  /** Every page of ListMultipartUploads. */
  async *uploadsIn(bucket: string): AsyncIterable<UnfinishedUpload> {
    for (let from = { key: '', uploadId: '' }; ; ) {
      const page = await this.listIncompleteUploadsQuery(bucket, '', from.key, from.uploadId, '');
      yield* page.uploads;
      if (!page.isTruncated) return;
      from = { key: page.nextKeyMarker, uploadId: page.nextUploadIdMarker };
    }
  }
}

/**
 * One S3 server: `minio` signs and does what is small, bytes go to addresses it presigned. Operations are tried
 * again when the failure may pass, and leave only ArchiveErrors.
 */
export class S3Connection {
  readonly client: MultipartClient;
  readonly line: HttpLine;
  readonly #buckets: S3StoreConfig['buckets'];

  constructor(config: S3StoreConfig) {
    const endpoint = checkEndpoint(config);
    const secure = endpoint.protocol === 'https:';
    const timeoutMs = config.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#buckets = config.buckets;
    this.line = openLine(secure, timeoutMs);
    this.client = new MultipartClient({
      endPoint: endpoint.hostname.replace(/^\[|\]$/g, ''),
      port: endpoint.port === '' ? (secure ? 443 : 80) : Number(endpoint.port),
      useSSL: secure,
      accessKey: config.accessKey,
      secretKey: config.secretKey,
      region: config.region,
      pathStyle: config.pathStyle ?? true,
      transport: guardedTransport(secure, timeoutMs),
      transportAgent: this.line.agent,
      retryOptions: { disableRetry: true },
    });
  }

  /** Those this store has. */
  get areas(): readonly Area[] {
    return (['vault', 'staging', 'media'] as const).filter((area) => this.#buckets[area] !== undefined);
  }

  /** @throws ArchiveError `invalid-input` for an area this store was made without */
  bucket(area: Area): string {
    const bucket = this.#buckets[area];
    if (bucket === undefined) throw new ArchiveError('invalid-input', `this store has no ${area}`);
    return bucket;
  }

  /**
   * Runs an operation that may be repeated, again after a failure that may pass.
   * @param what for the operator's log
   */
  async call<T>(what: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await this.attempt(work, signal);
    } catch (error) {
      throw fromS3(error, what);
    }
  }

  /** As `call`, but what is thrown is still an S3Failure: for callers who decide by the server's code. */
  async attempt<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        const failure = toFailure(error);
        if (attempt === ATTEMPTS || signal?.aborted === true || !isTransient(failure)) throw failure;
        await sleep(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  /**
   * Puts a body that is in memory: an object, or with `uploadId` and `partNumber` a part. Both may be repeated.
   * UNSIGNED-PAYLOAD: what arrived is proved when the object is read back and hashed, not by the transport.
   */
  putBytes(request: Request, body: readonly Buffer[]): Promise<StoredBody> {
    return this.attempt(async () => {
      const url = await this.#presign('PUT', request);
      const response = await send(this.line, { method: 'PUT', url, body, signal: request.signal });
      await drain(response);
      return storedBody(response);
    }, request.signal);
  }

  /** The response to a GET, its body unread. */
  async get(request: Request, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    return this.attempt(async () => {
      const url = await this.#presign('GET', request);
      return send(this.line, { method: 'GET', url, headers, signal: request.signal });
    }, request.signal);
  }

  #presign(method: string, { area, key, query = {} }: Request): Promise<string> {
    return this.client.presignedUrl(method, this.bucket(area), key, PRESIGNED_SECONDS, { ...query });
  }
}

function storedBody(response: IncomingMessage): StoredBody {
  const etag = response.headers.etag?.replace(/^"|"$/g, '');
  if (!etag) throw new S3Failure('', 200, 'the server named no etag for what it stored');
  const versionId = response.headers['x-amz-version-id'];
  return { etag, versionId: typeof versionId === 'string' && versionId !== '' ? versionId : null };
}

function checkEndpoint({ endpoint, buckets, allowPlainHttp }: S3StoreConfig): URL {
  const url = URL.parse(endpoint);
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') {
    throw new ArchiveError('invalid-input', 'the S3 endpoint must be like https://host:port');
  }
  if (url.protocol === 'http:' && allowPlainHttp !== true && !isLoopback(url.hostname)) {
    throw new ArchiveError('invalid-input', 'plain http to S3 is for loopback only; use https');
  }
  if (new Set(Object.values(buckets)).size !== Object.keys(buckets).length) {
    throw new ArchiveError('invalid-input', 'vault, staging and media must be different buckets');
  }
  return url;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
