import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { MAX_CHECKED_PIECE_BYTES, type UploadPiece, type UploadPlan } from '#archive';
import { type UploadMetadata, uploadMetadataSchema } from '#contract';
import { ArchiveError } from '#domain';
import { parse } from '../http/endpoint.js';

/** tus resumable upload protocol 1.0.0; quoted sentences are the protocol's own. */
export const TUS_VERSION = '1.0.0';
export const TUS_EXTENSIONS = [
  'creation',
  'creation-with-upload',
  'creation-defer-length',
  'termination',
  'expiration',
  'checksum',
];
export const CHECKSUM_ALGORITHMS = ['sha1', 'sha256'] as const;
export const OFFSET_MEDIA_TYPE = 'application/offset+octet-stream';

/** "If the version specified by the Client is not supported by the Server, it MUST respond with the 412 status." */
export function requireVersion(headers: IncomingHttpHeaders): void {
  if (headers['tus-resumable'] !== TUS_VERSION)
    throw new ArchiveError('tus-version-unsupported', `Tus-Resumable: ${headers['tus-resumable']}`);
}

/** "The Upload-Offset header's value MUST be … a non-negative integer." */
export function readOffset(headers: IncomingHttpHeaders): number {
  return requireWhole(headers['upload-offset'], 'Upload-Offset');
}

/** null: the sender will say later ("Upload-Defer-Length … It MUST be 1"). */
export function readLength(headers: IncomingHttpHeaders): number | null {
  const length = headers['upload-length'];
  const deferred = headers['upload-defer-length'];
  if (length !== undefined && deferred !== undefined)
    throw invalid('Upload-Length and Upload-Defer-Length exclude each other');
  if (length !== undefined) return requireWhole(length, 'Upload-Length');
  if (deferred === '1') return null;
  throw invalid('Upload-Length, or Upload-Defer-Length: 1, is needed');
}

/** In a PATCH, the length of an upload that was begun without one. */
export function readLateLength(headers: IncomingHttpHeaders): number | null {
  return headers['upload-length'] === undefined ? null : requireWhole(headers['upload-length'], 'Upload-Length');
}

export function readContentLength(headers: IncomingHttpHeaders): number | null {
  return headers['content-length'] === undefined ? null : requireWhole(headers['content-length'], 'Content-Length');
}

/** Whether bytes come with the request (RFC 9112 §6: told by these two headers alone). */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || (readContentLength(headers) ?? 0) > 0;
}

/**
 * Some clients announce a body in chunks and then send none. That is an empty request; bytes without a type are not.
 * @throws ArchiveError `wrong-content-type`
 */
export async function requireEmptyOrTyped(request: IncomingMessage): Promise<void> {
  const { headers } = request;
  if (headers['transfer-encoding'] === undefined || headers['content-type'] !== undefined) return;
  for await (const chunk of request.iterator({ destroyOnReturn: false }))
    if ((chunk as Buffer).length > 0) throw new ArchiveError('wrong-content-type', 'bytes without a content type');
}

/** "All PATCH requests MUST use Content-Type: application/offset+octet-stream"; the same for creation with upload. */
export function requireOffsetMediaType(headers: IncomingHttpHeaders): void {
  if (headers['content-type']?.trim().toLowerCase() !== OFFSET_MEDIA_TYPE)
    throw new ArchiveError('wrong-content-type', `Content-Type: ${headers['content-type']}`);
}

/** Before anything is made for it: a first piece that cannot be taken creates no upload. */
export function requireFits(piece: UploadPiece, lengthBytes: number | null): void {
  const limitBytes = Math.min(
    lengthBytes ?? Number.MAX_SAFE_INTEGER,
    piece.checksum === null ? Number.MAX_SAFE_INTEGER : MAX_CHECKED_PIECE_BYTES,
  );
  if ((piece.pieceBytes ?? 0) > limitBytes)
    throw new ArchiveError('upload-too-large', 'the first piece is beyond the limit', {
      details: { maxBytes: limitBytes },
    });
}

/** Concatenation is not offered: taken for an upload of its own, each part of a file would become evidence. */
export function refuseConcatenation(headers: IncomingHttpHeaders): void {
  if (headers['upload-concat'] !== undefined)
    throw invalid('Upload-Concat: the concatenation extension is not offered');
}

/** "algorithm base64": the checksum of this request's body. */
export function readChecksum(headers: IncomingHttpHeaders): { algorithm: 'sha1' | 'sha256'; digest: Buffer } | null {
  const header = headers['upload-checksum'];
  if (header === undefined) return null;
  const [algorithm = '', encoded = ''] = String(header).trim().split(/\s+/);
  const known = CHECKSUM_ALGORITHMS.find((candidate) => candidate === algorithm.toLowerCase());
  if (!known)
    throw new ArchiveError('upload-checksum-unsupported', `algorithm ${algorithm}`, {
      details: { supported: CHECKSUM_ALGORITHMS },
    });
  const digest = Buffer.from(encoded, 'base64');
  if (digest.length !== (known === 'sha1' ? 20 : 32)) throw invalid('Upload-Checksum is not the base64 of a digest');
  return { algorithm: known, digest };
}

export interface ReadMetadata extends UploadMetadata {
  /** As sent, given back by HEAD. */
  readonly raw: string;
}

/**
 * "The Upload-Metadata … MUST consist of one or more comma-separated key-value pairs. The key and value MUST be
 * separated by a space. The key MUST NOT contain spaces and commas and MUST NOT be empty. … MUST be ASCII encoded and
 * the value MUST be Base64 encoded. All keys MUST be unique. The value MAY be empty."
 */
export function readMetadata(headers: IncomingHttpHeaders): ReadMetadata {
  const raw = String(headers['upload-metadata'] ?? '');
  if (raw.length > 16_384) throw invalid('Upload-Metadata is too long');
  const pairs = new Map<string, string>();
  for (const pair of raw.split(',').filter((part) => part.trim() !== '')) {
    const [key = '', value = '', ...rest] = pair.trim().split(' ');
    if (!/^[\x21-\x7e]+$/.test(key) || rest.length > 0)
      throw invalid('Upload-Metadata: a key and a base64 value, separated by one space');
    if (pairs.has(key)) throw invalid(`Upload-Metadata: ${key} comes twice`);
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw invalid(`Upload-Metadata: ${key} is not base64`);
    pairs.set(key, toText(Buffer.from(value, 'base64')));
  }
  const named = Object.fromEntries([...pairs].filter(([, value]) => value !== ''));
  const fileName = named.filename ?? named.name ?? '未命名';
  return { ...(parse(uploadMetadataSchema, { ...named, filename: fileName }) as UploadMetadata), raw };
}

/** The step the asset is meant for; half an address is refused, not forgotten. */
export function readTarget({ caseId, occurrenceId, paperId }: UploadMetadata): UploadPlan['target'] {
  if (caseId === undefined && occurrenceId === undefined) return null;
  if (caseId === undefined || occurrenceId === undefined)
    throw invalid('Upload-Metadata: caseId and occurrenceId go together');
  return { caseId, occurrenceId, paperId: paperId ?? null };
}

/**
 * A value as text. PostgreSQL keeps no NUL in text: its picture U+2400 stands for it, and what is no UTF-8 becomes
 * U+FFFD; the value as sent stays in the header, which is kept whole.
 */
function toText(value: Buffer): string {
  return value.toString('utf8').replaceAll('\0', '\u2400');
}

function requireWhole(value: string | string[] | undefined, name: string): number {
  const number = Number(value);
  if (typeof value !== 'string' || !/^\d{1,16}$/.test(value) || !Number.isSafeInteger(number))
    throw invalid(`${name} must be a whole number`);
  return number;
}

function invalid(problem: string): ArchiveError {
  return new ArchiveError('invalid-input', problem, { details: { problems: [problem] } });
}
