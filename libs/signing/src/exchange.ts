import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { SigningError } from './signing-error.js';
import { connectTo } from './socket-paths.js';
import { hasCode } from './system-errors.js';

/** Where a request goes. */
export type Target =
  | { readonly kind: 'socket'; readonly path: string }
  /** `ca`: certificates (PEM) to trust instead of the system's. */
  | { readonly kind: 'url'; readonly url: string; readonly ca?: string };

export interface Outgoing {
  readonly method: 'GET' | 'POST';
  /** After the target's own path. */
  readonly path: string;
  readonly body?: string;
  /** From the first byte sent to the last one read. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

export interface Incoming {
  readonly status: number;
  /** Without parameters, lower case. */
  readonly contentType: string;
  readonly body: string;
}

/**
 * One request and its whole answer, within a time and a size. Redirects are not followed.
 * @throws SigningError `unreachable`, `timed-out`, `malformed-answer` (too large, or not UTF-8)
 */
export async function exchange(target: Target, outgoing: Outgoing): Promise<Incoming> {
  const deadline = AbortSignal.timeout(outgoing.timeoutMs);
  try {
    const response = await send(target, outgoing, deadline);
    const body = await readAnswer(response, outgoing.maxAnswerBytes);
    const [contentType = ''] = (response.headers['content-type'] ?? '').split(';');
    return { status: response.statusCode ?? 0, contentType: contentType.trim().toLowerCase(), body };
  } catch (error) {
    if (error instanceof SigningError) throw error;
    throw deadline.aborted ? timedOut(target, outgoing.timeoutMs, error) : unreachable(target, error);
  }
}

async function send(target: Target, outgoing: Outgoing, signal: AbortSignal): Promise<IncomingMessage> {
  const request = await open(target, outgoing, signal);
  try {
    return await new Promise((done, fail) => {
      request.once('response', done);
      request.once('error', fail);
      request.end(outgoing.body);
    });
  } catch (error) {
    // A connection kept from the last time, which the other side was just giving up: every request here may be repeated.
    if (request.reusedSocket && hasCode(error, 'ECONNRESET', 'EPIPE')) return await send(target, outgoing, signal);
    throw error;
  }
}

async function open(target: Target, { method, path, body }: Outgoing, signal: AbortSignal): Promise<ClientRequest> {
  const headers = body === undefined ? {} : { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) };
  if (target.kind === 'socket') {
    const socket = await connectTo(target.path);
    return httpRequest({ createConnection: () => socket, method, path, headers, signal, host: 'localhost' });
  }
  const url = new URL(target.url.replace(/\/*$/, path));
  if (url.protocol === 'http:') return httpRequest(url, { method, headers, signal });
  return httpsRequest(url, { method, headers, signal, ...(target.ca === undefined ? {} : { ca: target.ca }) });
}

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    // Leaving the loop ends the connection.
    if (sizeBytes > maxBytes) throw malformedAnswer(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw malformedAnswer('not UTF-8');
  }
}

export function malformedAnswer(why: string): SigningError {
  return new SigningError('malformed-answer', {
    zh: `对方的回答不合规定：${why}`,
    en: `The answer is malformed: ${why}`,
  });
}

function timedOut(target: Target, timeoutMs: number, cause: unknown): SigningError {
  const text = {
    zh: `${nameOf(target)} 在 ${timeoutMs} 毫秒内没有答复`,
    en: `${nameOf(target)} did not answer within ${timeoutMs} ms`,
  };
  return new SigningError('timed-out', text, cause);
}

function unreachable(target: Target, cause: unknown): SigningError {
  const text = { zh: `无法连接 ${nameOf(target)}`, en: `${nameOf(target)} cannot be reached` };
  return new SigningError('unreachable', text, cause);
}

function nameOf(target: Target): string {
  return target.kind === 'socket' ? target.path : target.url;
}
