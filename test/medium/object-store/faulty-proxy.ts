import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with one request on its way to a real server. */
export type Fault =
  /** The connection breaks before the server hears of it. */
  | { readonly kind: 'unreached' }
  /** The server does it, but nobody hears the answer. */
  | { readonly kind: 'answer-lost' }
  /** The server does it; its answer breaks off after so many bytes of body. */
  | { readonly kind: 'answer-cut'; readonly bytes: number }
  /** No answer, ever. */
  | { readonly kind: 'silence' }
  /** A gateway in between answers instead. */
  | { readonly kind: 'answer'; readonly status: number; readonly body?: string };

export interface FaultyProxy {
  readonly endpoint: string;
  /** Requests seen, as `METHOD path`. */
  readonly seen: string[];
  /** Asked for each request; null lets it pass. Set anew by each test. */
  decide: (what: string) => Fault | null;
  close(): Promise<void>;
}

/** Stands between a client and a real S3 server. The Host header is passed on, so signatures stay valid. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const server = createServer((incoming, answer) => {
    const what = `${incoming.method} ${incoming.url}`;
    proxy.seen.push(what);
    handle(target, proxy.decide(what), incoming, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultyProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    decide: () => null,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

/** A fault for the first requests that match, then none. */
export function firstTimes(count: number, pattern: RegExp, fault: Fault): FaultyProxy['decide'] {
  let left = count;
  return (what) => {
    if (left === 0 || !pattern.test(what)) return null;
    left -= 1;
    return fault;
  };
}

function handle(target: string, fault: Fault | null, incoming: IncomingMessage, answer: ServerResponse): void {
  if (fault?.kind === 'unreached') incoming.socket.destroy();
  else if (fault?.kind === 'silence') incoming.resume();
  else if (fault?.kind === 'answer') {
    incoming.resume();
    incoming.on('end', () => answer.writeHead(fault.status).end(fault.body ?? ''));
  } else forward(target, fault, incoming, answer);
}

function forward(target: string, fault: Fault | null, incoming: IncomingMessage, answer: ServerResponse): void {
  const { method, headers } = incoming;
  const onward = request(target + incoming.url, { method, headers, agent: false }, (reply) => {
    if (fault?.kind === 'answer-lost') {
      reply.resume();
      reply.on('end', () => incoming.socket.destroy());
      return;
    }
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    if (fault?.kind === 'answer-cut') cut(reply, answer, fault.bytes);
    else reply.pipe(answer);
  });
  onward.on('error', () => incoming.socket.destroy());
  incoming.pipe(onward);
}

function cut(reply: IncomingMessage, answer: ServerResponse, bytes: number): void {
  let passed = 0;
  reply.on('data', (chunk: Buffer) => {
    if (answer.destroyed) return;
    const rest = chunk.subarray(0, bytes - passed);
    passed += rest.length;
    answer.write(rest, () => {
      if (passed >= bytes) answer.destroy();
    });
  });
}
