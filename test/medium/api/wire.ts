import { type ClientRequest, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** HTTP by hand: what `fetch` forbids or hides (Expect, bodies without a length, bodies that stop in the middle). */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The server asked for the body by `100 Continue`. */
  readonly wasContinued: boolean;
}

export interface Ask {
  readonly method: string;
  /** With the leading slash, as it goes on the wire. */
  readonly path: string;
  readonly headers?: Record<string, string>;
}

/** A request whose body is sent piece by piece. */
export class Exchange {
  readonly #request: ClientRequest;
  readonly #answer: Promise<Answer>;
  readonly #continued: Promise<void>;

  constructor(url: string, ask: Ask) {
    const { hostname, port } = new URL(url);
    this.#request = httpRequest({ host: hostname, port, agent: false, ...ask });
    let wasContinued = false;
    this.#continued = new Promise((resolve) => {
      this.#request.once('continue', () => {
        wasContinued = true;
        resolve();
      });
    });
    this.#answer = new Promise((resolve, reject) => {
      this.#request.once('response', (response) => resolve(read(response, () => wasContinued)));
      this.#request.once('error', reject);
    });
    this.#answer.catch(() => undefined);
    this.#request.flushHeaders();
  }

  /** Resolves when the bytes have left for the server. */
  async send(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#request.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  async end(bytes?: Uint8Array): Promise<Answer> {
    this.#request.end(bytes);
    return await this.#answer;
  }

  /** The answer, whether or not the body has ended. Rejects when the connection is cut without one. */
  answer(): Promise<Answer> {
    return this.#answer;
  }

  continued(): Promise<void> {
    return this.#continued;
  }

  /** Cuts the connection, as a lost network does. */
  drop(): void {
    this.#request.destroy();
  }
}

export async function ask(url: string, wish: Ask, body?: Uint8Array): Promise<Answer> {
  const isBare = body === undefined && ['GET', 'HEAD', 'OPTIONS'].includes(wish.method);
  const length: Record<string, string> = isBare ? {} : { 'Content-Length': String(body?.length ?? 0) };
  return await new Exchange(url, { ...wish, headers: { ...length, ...wish.headers } }).end(body);
}

async function read(response: IncomingMessage, wasContinued: () => boolean): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    bytes: Buffer.concat(chunks),
    wasContinued: wasContinued(),
  };
}

export function json(answer: Answer): Record<string, unknown> {
  return JSON.parse(answer.bytes.toString('utf8')) as Record<string, unknown>;
}

/** Uploads as the protocol has it, every header in the caller's hand. */
export class TusClient {
  readonly url: string;
  readonly #authorization: Record<string, string>;

  constructor(client: { readonly url: string; readonly authorization: Record<string, string> }) {
    this.url = client.url;
    this.#authorization = client.authorization;
  }

  headers(more: Record<string, string> = {}): Record<string, string> {
    return { ...this.#authorization, 'Tus-Resumable': '1.0.0', ...more };
  }

  create(headers: Record<string, string>, body?: Uint8Array): Promise<Answer> {
    return ask(this.url, { method: 'POST', path: '/api/v1/uploads', headers: this.headers(headers) }, body);
  }

  /** An upload of so many bytes (null: not known yet), nothing sent. @returns its path */
  async begin(lengthBytes: number | null, metadata: Record<string, string> = {}): Promise<string> {
    const length = lengthBytes === null ? { 'Upload-Defer-Length': '1' } : { 'Upload-Length': String(lengthBytes) };
    const created = await this.create({ ...length, ...metadataHeader(metadata) });
    if (created.status !== 201) throw new Error(`not created: ${created.status} ${created.bytes}`);
    return created.headers.location ?? '';
  }

  head(path: string): Promise<Answer> {
    return ask(this.url, { method: 'HEAD', path, headers: this.headers() });
  }

  /** Durable bytes, by HEAD. */
  async offset(path: string): Promise<number> {
    const { status, headers } = await this.head(path);
    if (status !== 200) throw new Error(`HEAD says ${status}`);
    return Number(headers['upload-offset']);
  }

  patch(path: string, offset: number, body: Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
    return ask(this.url, { method: 'PATCH', path, headers: this.pieceHeaders(offset, headers) }, body);
  }

  /** A PATCH whose body is still to be sent; without Content-Length it goes in chunks. */
  openPatch(path: string, offset: number, headers: Record<string, string> = {}): Exchange {
    return new Exchange(this.url, { method: 'PATCH', path, headers: this.pieceHeaders(offset, headers) });
  }

  terminate(path: string): Promise<Answer> {
    return ask(this.url, { method: 'DELETE', path, headers: this.headers() });
  }

  pieceHeaders(offset: number, more: Record<string, string> = {}): Record<string, string> {
    return this.headers({
      'Content-Type': 'application/offset+octet-stream',
      'Upload-Offset': String(offset),
      ...more,
    });
  }
}

export function metadataHeader(metadata: Record<string, string | Buffer>): Record<string, string> {
  const pairs = Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
  return pairs.length === 0 ? {} : { 'Upload-Metadata': pairs.join(',') };
}

export const idOf = (path: string): string => path.split('/').at(-1) ?? '';

/** A way to the server that breaks off once, after so many bytes from the client, and is whole from then on. */
export async function breakOnce(url: string, afterBytes: number): Promise<{ url: string; stop(): Promise<void> }> {
  const target = new URL(url);
  const open = new Set<Socket>();
  let isBroken = false;
  let seenBytes = 0;
  const server = createServer((client) => {
    const there = connect(Number(target.port), target.hostname);
    for (const socket of [client, there]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        there.destroy();
      });
    }
    client.on('data', (chunk) => {
      seenBytes += chunk.length;
      if (isBroken || seenBytes < afterBytes) return;
      isBroken = true;
      client.resetAndDestroy();
      there.resetAndDestroy();
    });
    client.pipe(there);
    there.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
