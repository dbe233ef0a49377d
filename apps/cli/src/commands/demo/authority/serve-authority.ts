import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedAuthority {
  readonly url: string;
  stop(): Promise<void>;
}

const QUERY_TYPE = 'application/timestamp-query';
const MAX_QUERY_BYTES = 65_536;

/**
 * Serves answers on loopback as RFC 3161 §3.4 says: POST of a query, back a reply.
 * @param answer TimeStampReq to TimeStampResp, both DER
 * @param isDown while true, connections are ended without an answer
 */
export async function serveAuthority(
  answer: (query: Buffer) => Promise<Uint8Array>,
  { isDown = () => false }: { readonly isDown?: () => boolean } = {},
): Promise<ServedAuthority> {
  const server = createServer((request, response) => {
    if (isDown()) return void request.socket.destroy();
    respond(request, response, answer).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (query: Buffer) => Promise<Uint8Array>,
): Promise<void> {
  if (request.method !== 'POST' || request.headers['content-type'] !== QUERY_TYPE)
    return void response.writeHead(415).end();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > MAX_QUERY_BYTES) return void response.writeHead(413).end();
  }
  const reply = await answer(Buffer.concat(chunks));
  response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(reply);
}
