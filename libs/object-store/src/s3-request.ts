import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import { addAbortSignal, Readable } from 'node:stream';
import { fromS3, S3Failure } from './s3-errors.js';

/** Plain HTTP to presigned addresses: the way all bytes of originals go, because `minio` would copy and hash them. */

type Transport = Pick<typeof http, 'request'>;

const MAX_ERROR_BODY_BYTES = 64 * 1024;

export interface HttpLine {
  readonly agent: http.Agent;
  /** Longest silence on a connection, while connecting, sending or receiving. */
  readonly timeoutMs: number;
}

export interface Outgoing {
  readonly method: 'GET' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as they are, one after the other, without joining them. */
  readonly body?: readonly Buffer[];
  readonly signal?: AbortSignal | undefined;
}

/** One keep-alive pool for the data and the control requests of a store. */
export function openLine(secure: boolean, timeoutMs: number): HttpLine {
  const options = { keepAlive: true, maxFreeSockets: 32, timeout: timeoutMs } as const;
  return { agent: secure ? new https.Agent(options) : new http.Agent(options), timeoutMs };
}

/**
 * Sends one request and gives the response when its status is 2xx; the caller reads the body to its end.
 * @throws S3Failure with the code of the error body
 */
export async function send(line: HttpLine, outgoing: Outgoing): Promise<http.IncomingMessage> {
  const response = await exchange(line, outgoing);
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return response;
  const text = await textOf(response, MAX_ERROR_BODY_BYTES).catch(() => '');
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? (status === 404 ? 'NotFound' : '');
  throw new S3Failure(code, status, `${outgoing.method} answered ${status} ${code}`);
}

/** Reads and drops the body, so that the connection can be used again. */
export async function drain(response: http.IncomingMessage): Promise<void> {
  response.resume();
  if (!response.readableEnded) await once(response, 'end');
}

/**
 * A body of exactly this many bytes as a stream: ends with an error when the server sends fewer, stops talking or
 * goes away. (A response cut short would otherwise look like a short object.)
 */
export function exactBody(
  response: http.IncomingMessage,
  sizeBytes: number,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Readable {
  let received = 0;
  const stream = new Readable({
    read() {
      if (!response.isPaused()) return;
      response.resume();
      // The silence that the reader caused is over; from now on it is the server's.
      response.setTimeout(timeoutMs);
    },
    destroy(error, done) {
      if (!response.complete) response.destroy();
      done(error);
    },
  });
  const fail = (cause?: unknown): void => {
    const failure = new S3Failure('', 0, `cut after ${received} of ${sizeBytes} bytes`, cause);
    stream.destroy(fromS3(failure, 'read object'));
  };
  response.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (!stream.push(chunk)) response.pause();
  });
  response.on('end', () => {
    if (received === sizeBytes) stream.push(null);
    else fail();
  });
  response.on('error', fail);
  response.on('close', () => {
    if (!response.complete) fail();
  });
  return signal === undefined ? stream : addAbortSignal(signal, stream);
}

/**
 * The transport given to `minio`, which has no timeouts of its own, and which leaves the body of a response with a
 * status it calls retryable unread, so that its connection would never be free again.
 */
export function guardedTransport(secure: boolean, timeoutMs: number): Transport {
  const request = (options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void) => {
    const made = (secure ? https : http).request({ ...options, timeout: timeoutMs }, (response) => {
      if (UNREAD_BY_MINIO.has(response.statusCode ?? 0)) response.resume();
      onResponse(response);
    });
    return made.on('timeout', () => made.destroy(new Error(`no answer within ${timeoutMs} ms`)));
  };
  return { request: request as Transport['request'] };
}

const UNREAD_BY_MINIO = new Set([408, 429, 499, 500, 502, 503, 504, 520]);

function exchange(line: HttpLine, outgoing: Outgoing): Promise<http.IncomingMessage> {
  const { method, url, headers = {}, body = [], signal } = outgoing;
  const length = body.reduce((sum, bytes) => sum + bytes.length, 0);
  const options: https.RequestOptions = {
    method,
    agent: line.agent,
    timeout: line.timeoutMs,
    headers: method === 'PUT' ? { ...headers, 'content-length': String(length) } : headers,
    ...(signal !== undefined && { signal }),
  };
  return new Promise((resolve, reject) => {
    let answer: http.IncomingMessage | null = null;
    const request = (url.startsWith('https:') ? https : http).request(url, options, (response) => {
      answer = response;
      // A refusal before all was sent: nobody will read the rest of it.
      if ((response.statusCode ?? 0) >= 300 && !request.writableFinished) response.on('end', () => request.destroy());
      resolve(response);
    });
    request.on('error', (error) => reject(new S3Failure('', 0, error.message, error)));
    request.on('timeout', () => {
      // A paused reader (a player, say) is no fault of the server.
      if (answer?.isPaused()) return;
      (answer ?? request).destroy(new Error(`no progress within ${line.timeoutMs} ms`));
    });
    for (const bytes of body) request.write(bytes);
    request.end();
  });
}

async function textOf(response: http.IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
