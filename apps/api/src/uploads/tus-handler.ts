import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Archive, Log, UploadStatus } from '#archive';
import { type Actor, ArchiveError, isId } from '#domain';
import type { HttpConfig } from '../http/http-config.js';
import { sendProblem, toProblem } from '../http/problem.js';
import { authenticate, contextOf, setSafetyHeaders } from '../http/request-context.js';
import type { Metrics } from '../system/metrics.js';
import {
  CHECKSUM_ALGORITHMS,
  readChecksum,
  readContentLength,
  readLateLength,
  readLength,
  readMetadata,
  readOffset,
  requireOffsetMediaType,
  requireVersion,
  TUS_EXTENSIONS,
  TUS_VERSION,
} from './tus-headers.js';

export const UPLOADS_PATH = '/api/v1/uploads';
const METHODS = new Set(['OPTIONS', 'POST', 'HEAD', 'PATCH', 'DELETE']);
/** What is read and thrown away after a refusal, so that the client sees the answer and not a reset connection. */
const DRAIN_BYTES = 16 * 1_048_576;
const DRAIN_MS = 5_000;

/**
 * tus 1.0 over the raw request: no framework, body parser or stream wrapper stands between the socket and the store.
 */
export class TusHandler {
  readonly #archive: Archive;
  readonly #config: HttpConfig;
  readonly #metrics: Metrics;
  readonly #log: Log;

  constructor(archive: Archive, config: HttpConfig, observe: { metrics: Metrics; log: Log }) {
    this.#archive = archive;
    this.#config = config;
    this.#metrics = observe.metrics;
    this.#log = observe.log;
  }

  /** Whether the request is for this handler; GET lists unfinished uploads and is an ordinary endpoint. */
  static takes(request: IncomingMessage): boolean {
    const path = (request.url ?? '').split('?')[0] ?? '';
    return METHODS.has(methodOf(request)) && (path === UPLOADS_PATH || path.startsWith(`${UPLOADS_PATH}/`));
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSafetyHeaders(response, this.#config);
    // "The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests."
    if (methodOf(request) !== 'OPTIONS') response.setHeader('Tus-Resumable', TUS_VERSION);
    response.setHeader('Cache-Control', 'no-store');
    try {
      await this.#answer(request, response);
    } catch (error) {
      this.#refuse(request, response, error);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = methodOf(request);
    if (method === 'OPTIONS') return this.#options(response);
    requireVersion(request.headers);
    const { actor, account } = await authenticate(request, this.#archive, this.#config);
    if (account.mustChangePassword) throw new ArchiveError('password-must-change', 'one-time password not changed yet');
    if (method === 'POST') return await this.#create(request, response, actor);
    const id = (request.url ?? '').split('?')[0]?.slice(UPLOADS_PATH.length + 1);
    if (!isId(id)) throw new ArchiveError('not-found', 'no such upload');
    if (method === 'HEAD') return await this.#head(response, actor, id);
    if (method === 'PATCH') return await this.#patch(request, response, { actor, id });
    await this.#archive.uploads.drop.run(actor, id);
    response.writeHead(204).end();
  }

  #options(response: ServerResponse): void {
    response.writeHead(204, {
      'Tus-Resumable': TUS_VERSION,
      'Tus-Version': TUS_VERSION,
      'Tus-Extension': TUS_EXTENSIONS.join(','),
      'Tus-Max-Size': this.#config.maxUploadBytes,
      'Tus-Checksum-Algorithm': CHECKSUM_ALGORITHMS.join(','),
    });
    response.end();
  }

  async #create(request: IncomingMessage, response: ServerResponse, actor: Actor): Promise<void> {
    const { headers } = request;
    const metadata = readMetadata(headers);
    const lengthBytes = readLength(headers);
    const hasBody = headers['content-type'] !== undefined && (readContentLength(headers) ?? 1) > 0;
    if (hasBody) requireOffsetMediaType(headers);
    const checksum = hasBody ? readChecksum(headers) : null;
    const { caseId, occurrenceId } = metadata;
    let status = await this.#archive.uploads.begin.run(actor, {
      fileName: metadata.filename,
      lengthBytes,
      metadata: metadata.raw,
      declaredSha256: metadata.sha256 === undefined ? null : `sha256:${metadata.sha256}`,
      recordedAt: metadata.recordedAt ?? null,
      target: caseId === undefined || occurrenceId === undefined ? null : { caseId, occurrenceId },
    });
    this.#metrics.uploadsBegun.inc();
    response.setHeader('Location', `${UPLOADS_PATH}/${status.assetId}`);
    if (lengthBytes === 0) status = (await this.#archive.uploads.finishWhole.run(status.assetId)) ?? status;
    else if (hasBody) {
      const piece = {
        offsetBytes: 0,
        body: request,
        pieceBytes: readContentLength(headers),
        lengthBytes: null,
        checksum,
      };
      status = await this.#write(actor, status, piece);
      response.setHeader('Upload-Offset', status.offsetBytes);
    }
    this.#setExpires(response, status);
    response.writeHead(201).end();
  }

  async #head(response: ServerResponse, actor: Actor, id: string): Promise<void> {
    const known = await this.#archive.uploads.status.run(actor, id);
    const isWhole = !known.isFinished && known.offsetBytes === known.lengthBytes;
    const status = isWhole ? ((await this.#archive.uploads.finishWhole.run(id)) ?? known) : known;
    response.setHeader('Upload-Offset', status.offsetBytes);
    if (status.lengthBytes === null) response.setHeader('Upload-Defer-Length', '1');
    else response.setHeader('Upload-Length', status.lengthBytes);
    if (status.metadata !== '') response.setHeader('Upload-Metadata', status.metadata);
    this.#setExpires(response, status);
    response.writeHead(200).end();
  }

  async #patch(
    request: IncomingMessage,
    response: ServerResponse,
    target: { actor: Actor; id: string },
  ): Promise<void> {
    const { headers } = request;
    requireOffsetMediaType(headers);
    const piece = {
      offsetBytes: readOffset(headers),
      body: request,
      pieceBytes: readContentLength(headers),
      lengthBytes: readLateLength(headers),
      checksum: readChecksum(headers),
    };
    const status = await this.#write(target.actor, { assetId: target.id, offsetBytes: piece.offsetBytes }, piece);
    response.setHeader('Upload-Offset', status.offsetBytes);
    this.#setExpires(response, status);
    response.writeHead(204).end();
  }

  async #write(
    actor: Actor,
    from: Pick<UploadStatus, 'assetId' | 'offsetBytes'>,
    piece: Parameters<Archive['uploads']['write']['run']>[2],
  ): Promise<UploadStatus> {
    const status = await this.#archive.uploads.write.run(actor, from.assetId, piece);
    this.#metrics.uploadedBytes.inc(status.offsetBytes - from.offsetBytes);
    if (status.isFinished) this.#metrics.uploadsFinished.inc();
    return status;
  }

  /** "If the expiration is known … the Upload-Expires header MUST be included"; a finished upload does not expire. */
  #setExpires(response: ServerResponse, status: UploadStatus): void {
    if (!status.isFinished) response.setHeader('Upload-Expires', status.expiresAt.toUTCString());
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const { requestId } = contextOf(request);
    const problem = toProblem(error, requestId);
    this.#metrics.uploadFailures.inc({ code: problem.code });
    if (problem.status >= 500) this.#log.error({ requestId, code: problem.code, err: error }, 'upload request failed');
    if (problem.code === 'tus-version-unsupported') response.setHeader('Tus-Version', TUS_VERSION);
    if (request.destroyed && !request.readableEnded) {
      response.destroy();
      return;
    }
    if (!request.readableEnded) drain(request, response);
    sendProblem(response, problem);
  }
}

/** "X-HTTP-Method-Override … MUST be interpreted as the request's method by the Server, if the header is presented." */
function methodOf(request: IncomingMessage): string {
  const override = request.headers['x-http-method-override'];
  return (typeof override === 'string' ? override : (request.method ?? '')).toUpperCase();
}

/** Reads on for a while after a refusal, then closes: a client in the midst of sending would else see only a reset. */
function drain(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Connection', 'close');
  let leftBytes = DRAIN_BYTES;
  const timer = setTimeout(() => request.destroy(), DRAIN_MS);
  request.on('data', (chunk: Buffer) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) request.destroy();
  });
  request.once('close', () => clearTimeout(timer));
  request.resume();
}
