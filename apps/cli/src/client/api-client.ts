import { once } from 'node:events';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import type { z } from 'zod';
import { problemSchema } from '#contract';
import { ArchiveError, ERROR_TEXT, type ErrorCode } from '#domain';
import { EXIT } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';

const ANSWER_MS = 60_000;
/** Sent with every change, as browsers of ours do: no other site's form can set it. */
export const SAME_SITE_HEADER = { 'X-Liuhen': '1' } as const;

type Query = Readonly<Record<string, string | number | undefined>>;

/** The public API as the command line sees it: what comes back is checked against the contract. */
export class ApiClient {
  readonly #origin: string;
  readonly #token: string | null;

  /** @param origin `http://127.0.0.1:8080` */
  constructor(origin: string, token: string | null = null) {
    this.#origin = origin.replace(/\/+$/, '');
    this.#token = token;
  }

  get origin(): string {
    return this.#origin;
  }

  as(token: string): ApiClient {
    return new ApiClient(this.#origin, token);
  }

  get headers(): Record<string, string> {
    return { ...SAME_SITE_HEADER, ...(this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` }) };
  }

  /** @throws ArchiveError with the code the archive answered, CommandFailure when it does not answer */
  async get<S extends z.ZodType>(path: string, schema: S, query: Query = {}): Promise<z.infer<S>> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
    const tail = search.size > 0 ? `?${search}` : '';
    return schema.parse(await this.#json('GET', `${path}${tail}`));
  }

  async send<S extends z.ZodType>(method: string, path: string, schema: S, body: unknown): Promise<z.infer<S>> {
    return schema.parse(await this.#json(method, path, body));
  }

  /** Text outside /api/v1: of the public log. */
  async text(path: string): Promise<string> {
    return await this.#reach('GET', path);
  }

  /** For what answers without a body. */
  async command(method: string, path: string, body?: unknown): Promise<void> {
    await this.#reach(method, `/api/v1${path}`, body);
  }

  /**
   * Bytes that may take as long as they take; the caller reads them, or destroys the stream.
   * @throws as `get`
   */
  async open(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
    const response = await this.#ask('GET', `/api/v1${path}`, { headers, signal });
    const { statusCode = 0 } = response;
    if (!isGood(statusCode)) throw failureOf(statusCode, await textOf(response).catch(() => ''));
    return response;
  }

  /** Outside /api/v1: `/healthz`, `/readyz`. */
  async probe(path: string): Promise<{ status: number; body: unknown }> {
    const { status, text } = await this.#answer('GET', path);
    return { status, body: readJson(text) };
  }

  async #json(method: string, path: string, body?: unknown): Promise<unknown> {
    return JSON.parse(await this.#reach(method, `/api/v1${path}`, body));
  }

  async #reach(method: string, path: string, body?: unknown): Promise<string> {
    const { status, text } = await this.#answer(method, path, body);
    if (!isGood(status)) throw failureOf(status, text);
    return text;
  }

  async #answer(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
    const headers: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await this.#ask(method, path, { headers, signal, body });
    const text = await textOf(response).catch((cause: unknown) => {
      throw this.#noAnswer(cause);
    });
    return { status: response.statusCode ?? 0, text };
  }

  /**
   * By Node's own client and not by `fetch`: its streams take half the time, and a line that breaks as it is made is an
   * error here, where `fetch` may never answer and let the program end as if all were well.
   */
  async #ask(
    method: string,
    path: string,
    {
      headers,
      signal,
      body,
    }: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal; readonly body?: unknown },
  ): Promise<IncomingMessage> {
    const url = new URL(`${this.#origin}${path}`);
    const init = { method, headers: { ...this.headers, ...headers }, signal };
    const isTls = url.protocol === 'https:';
    const sent = isTls ? requestTls(url, init) : requestPlain(url, { ...init, createConnection: connectReusing });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(sent, 'response').catch((cause: unknown) => {
      throw this.#noAnswer(cause);
    })) as [IncomingMessage];
    // After the answer has begun, errors belong to whoever reads it.
    sent.on('error', () => undefined);
    return response;
  }

  #noAnswer(cause: unknown): CommandFailure {
    const words = {
      zh: `无法连接 ${this.#origin}，请确认服务已启动（liuhen up）或用 --url 指定地址`,
      en: `No answer from ${this.#origin}; is the archive up (liuhen up)? Else name it with --url`,
    };
    return new CommandFailure(EXIT.tryLater, words, { cause });
  }
}

function isGood(status: number): boolean {
  return status >= 200 && status <= 299;
}

const READ_BYTES = 65_536;

/**
 * A connection that reads into the same memory again and again (`onread` of node:net); fresh memory for each read takes as
 * long as all else. What it hands on is parsed at once, and the parser copies the body out of it.
 */
function connectReusing(options: object): Socket {
  const socket: Socket = connect({
    ...(options as TcpNetConnectOpts),
    onread: {
      buffer: Buffer.allocUnsafeSlow(READ_BYTES),
      callback: (length, buffer): boolean => socket.emit('data', buffer.subarray(0, length)),
    },
  });
  return socket;
}

/** The error that a problem document names (RFC 9457). */
export function failureOf(status: number, text: string): Error {
  const parsed = problemSchema.safeParse(readJson(text));
  if (!parsed.success || !isErrorCode(parsed.data.code)) {
    return new CommandFailure(EXIT.internal, {
      zh: `服务返回了意外的内容（HTTP ${status}）`,
      en: `The archive answered something unexpected (HTTP ${status})`,
    });
  }
  const { code, detail, details, requestId } = parsed.data;
  return new ArchiveError(code, detail ?? ERROR_TEXT[code].en, { details: { ...details, requestId } });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_TEXT, code);
}
