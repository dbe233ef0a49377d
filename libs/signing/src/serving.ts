import type { IncomingMessage, ServerResponse } from 'node:http';
import { SigningError } from './signing-error.js';

/**
 * The body of a request, as text.
 * @throws SigningError `body-too-large`, `malformed-request` (not UTF-8)
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    // What is too much is read and dropped, so that the sender comes to hear of it; the server's timeout ends it.
    if (sizeBytes <= maxBytes) chunks.push(chunk);
  }
  if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new SigningError('malformed-request', { zh: '请求不是 UTF-8 文本', en: 'The request is not UTF-8' });
  }
}

function tooLarge(maxBytes: number): SigningError {
  const text = { zh: `请求超过 ${maxBytes} 字节`, en: `The request has more than ${maxBytes} bytes` };
  return new SigningError('body-too-large', text);
}

/** Answers once, whole. */
export function answer(response: ServerResponse, status: number, body: string, contentType = 'text/plain'): void {
  const type = contentType === 'text/x.tlog.size' ? contentType : `${contentType}; charset=utf-8`;
  // An unread body would be taken for the next request.
  if (status === 413) response.setHeader('connection', 'close');
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
