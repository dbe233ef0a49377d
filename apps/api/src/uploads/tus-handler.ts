import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Archive, Log, UploadPiece, UploadStatus } from '#archive';
import { type Actor, ArchiveError, type Id, isArchiveError, isId } from '#domain';
import type { HttpConfig } from '../http/http-config.js';
import { sendProblem, toProblem } from '../http/problem.js';
import { authenticate, contextOf, methodOf, setSafetyHeaders } from '../http/request-context.js';
import type { Metrics } from '../system/metrics.js';
import {
  CHECKSUM_ALGORITHMS,
  hasBody,
  readChecksum,
  readContentLength,
  readLateLength,
  readLength,
  readMetadata,
  readOffset,
  readTarget,
  refuseConcatenation,
  requireEmptyOrTyped,
  requireFits,
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
    setSafetyHeaders(request, response, this.#config);
    // "The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests."
    if (methodOf(request) !== 'OPTIONS') response.setHeader('Tus-Resumable', TUS_VERSION);
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
    const signedIn = await authenticate(request, this.#archive, this.#config);
    contextOf(request).signedIn = signedIn;
    const { actor, account } = signedIn;
    if (account.mustChangePassword) throw new ArchiveError('password-must-change', 'one-time password not changed yet');
    const id = (request.url ?? '').split('?')[0]?.slice(UPLOADS_PATH.length + 1);
    if (method === 'POST' && id === '') return await this.#create(request, response, actor);
    if (method === 'POST' || !isId(id)) throw new ArchiveError('not-found', 'no such upload');
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
    refuseConcatenation(headers);
    const metadata = readMetadata(headers);
    const lengthBytes = readLength(headers);
    await requireEmptyOrTyped(request);
    const piece = hasBody(headers) && !request.readableEnded ? this.#piece(request, response, 0) : null;
    if (piece) requireFits(piece, lengthBytes);
    let status = await this.#archive.uploads.begin.run(actor, {
      fileName: metadata.filename,
      lengthBytes,
      metadata: metadata.raw,
      declaredSha256: metadata.sha256 === undefined ? null : `sha256:${metadata.sha256}`,
      recordedAt: metadata.recordedAt ?? null,
      target: readTarget(metadata),
    });
    this.#metrics.uploadsBegun.inc();
    response.setHeader('Location', `${UPLOADS_PATH}/${status.assetId}`);
    if (piece) {
      status = await this.#write(actor, status.assetId, piece);
      response.setHeader('Upload-Offset', status.offsetBytes);
    } else if (lengthBytes === 0) {
      status = (await this.#archive.uploads.finishWhole.run(status.assetId)) ?? status;
      if (status.isFinished) this.#metrics.uploadsFinished.inc();
    }
    this.#setExpires(response, status);
    response.writeHead(201).end();
  }

  async #head(response: ServerResponse, actor: Actor, id: Id): Promise<void> {
    const known = await this.#archive.uploads.status.run(actor, id);
    const isWhole = !known.isFinished && known.offsetBytes === known.lengthBytes;
    const status = isWhole ? await this.#carryOn(actor, known) : known;
    response.setHeader('Upload-Offset', status.offsetBytes);
    if (status.lengthBytes === null) response.setHeader('Upload-Defer-Length', '1');
    else response.setHeader('Upload-Length', status.lengthBytes);
    if (status.metadata !== '') response.setHeader('Upload-Metadata', status.metadata);
    this.#setExpires(response, status);
    response.writeHead(200).end();
  }

  /** Finishes an upload whose finish was cut off. Should its parts have gone astray, it tells from where to go on. */
  async #carryOn(actor: Actor, known: UploadStatus): Promise<UploadStatus> {
    try {
      return (await this.#archive.uploads.finishWhole.run(known.assetId)) ?? known;
    } catch (error) {
      if (!isArchiveError(error, 'upload-offset-mismatch')) throw error;
      return await this.#archive.uploads.status.glance(actor, known.assetId);
    }
  }

  async #patch(request: IncomingMessage, response: ServerResponse, target: { actor: Actor; id: Id }): Promise<void> {
    const { actor, id } = target;
    try {
      const piece = this.#piece(request, response, readOffset(request.headers));
      const status = await this.#write(actor, id, piece);
      response.setHeader('Upload-Offset', status.offsetBytes);
      this.#setExpires(response, status);
    } catch (error) {
      // "This header MUST be included in every PATCH response if the upload is going to expire": refusals too.
      const status = await this.#archive.uploads.status.glance(actor, id).catch(() => null);
      if (status) this.#setExpires(response, status);
      throw error;
    }
    response.writeHead(204).end();
  }

  #piece(request: IncomingMessage, response: ServerResponse, offsetBytes: number): UploadPiece {
    const { headers } = request;
    requireOffsetMediaType(headers);
    return {
      offsetBytes,
      body: request,
      pieceBytes: readContentLength(headers),
      // A POST says the length of the upload it creates.
      lengthBytes: methodOf(request) === 'PATCH' ? readLateLength(headers) : null,
      checksum: readChecksum(headers),
      onWanted: () => {
        if (headers.expect !== undefined) response.writeContinue();
      },
    };
  }

  async #write(actor: Actor, id: Id, piece: UploadPiece): Promise<UploadStatus> {
    const count = (offsetBytes: unknown): void => {
      if (typeof offsetBytes === 'number' && offsetBytes > piece.offsetBytes)
        this.#metrics.uploadedBytes.inc(offsetBytes - piece.offsetBytes);
    };
    try {
      const status = await this.#archive.uploads.write.run(actor, id, piece);
      count(status.offsetBytes);
      if (status.isFinished) this.#metrics.uploadsFinished.inc();
      return status;
    } catch (error) {
      if (isArchiveError(error, 'upload-interrupted')) count(error.details.offsetBytes);
      throw error;
    }
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
    const isSending = hasBody(request.headers) && !request.readableEnded;
    sendProblem(response, problem, isSending ? drained(request) : undefined);
  }
}

/**
 * Reads on for a while after a refusal, until the client has seen it and stops: closed at once, the connection would
 * be reset and the answer lost with it.
 */
function drained(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, DRAIN_MS);
    let leftBytes = DRAIN_BYTES;
    function done(): void {
      clearTimeout(timer);
      resolve();
    }
    request.on('data', (chunk: Buffer) => {
      leftBytes -= chunk.length;
      if (leftBytes < 0) done();
    });
    for (const event of ['end', 'close', 'error']) request.once(event, done);
    request.resume();
  });
}
