import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { OpenedBytes } from '#archive';

/** What a browser may show by itself; anything else is offered for saving, whatever it says it is. */
const SHOWN =
  /^(video\/[\w.+-]+|audio\/[\w.+-]+|image\/(jpeg|png|webp|gif)|text\/(vtt|plain)|application\/(json|vnd\.apple\.mpegurl))$/;

/** Sends bytes, or one range of them (RFC 9110 §14), without holding more than a chunk. */
export async function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  opened: OpenedBytes,
  isDownload: boolean,
): Promise<void> {
  const tag = `"${opened.tag}"`;
  setHeaders(response, opened, tag, isDownload);
  if (opened.mayCache && request.headers['if-none-match'] === tag) {
    response.statusCode = 304;
    response.end();
    return;
  }
  // RFC 9110 §14.2: ranges are for GET; §13.1.5: an If-Range that is not our tag asks for the whole.
  const isRanged =
    request.method === 'GET' && (request.headers['if-range'] === undefined || request.headers['if-range'] === tag);
  const asked = isRanged ? request.headers.range : undefined;
  const range = parseRange(asked, opened.totalBytes);
  if (range === 'unsatisfiable') {
    response.statusCode = 416;
    response.setHeader('Content-Range', `bytes */${opened.totalBytes}`);
    response.end();
    return;
  }
  if (range) {
    response.statusCode = 206;
    response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${opened.totalBytes}`);
  }
  response.setHeader('Content-Length', range ? range.end - range.start + 1 : opened.totalBytes);
  if (request.method === 'HEAD' || opened.totalBytes === 0) {
    response.end();
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const source = await opened.open(range, gone.signal);
  // A viewer who jumps on closes the connection: no fault of ours.
  await pipeline(source, response).catch((error: unknown) => {
    if (!gone.signal.aborted) throw error;
  });
}

function setHeaders(response: ServerResponse, opened: OpenedBytes, tag: string, isDownload: boolean): void {
  const isShown = !isDownload && SHOWN.test(opened.mime);
  response.setHeader('Content-Type', isShown || isDownload ? opened.mime : 'application/octet-stream');
  response.setHeader(
    'Content-Disposition',
    `${isShown ? 'inline' : 'attachment'}; ${fileNameParameter(opened.fileName)}`,
  );
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('ETag', tag);
  response.setHeader('Cache-Control', opened.mayCache ? 'private, max-age=86400, immutable' : 'private, no-store');
}

/** RFC 6266: an ASCII stand-in and the name itself, percent-encoded. */
export function fileNameParameter(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\/%]/g, '_').slice(0, 120) || 'file';
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** One range; several at once are answered whole, as RFC 9110 allows. */
export function parseRange(
  header: string | undefined,
  totalBytes: number,
): { start: number; end: number } | null | 'unsatisfiable' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const [, first = '', last = ''] = match;
  if (first === '') {
    const start = Math.max(0, totalBytes - Number(last));
    return Number(last) === 0 || totalBytes === 0 ? 'unsatisfiable' : { start, end: totalBytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? totalBytes - 1 : Math.min(Number(last), totalBytes - 1);
  if (start >= totalBytes) return 'unsatisfiable';
  return start > end ? null : { start, end };
}
