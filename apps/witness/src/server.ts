import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { answer, isFatal, isSigningError, readBody, type SigningError } from '#signing';
import { statusPage } from './page.js';
import type { Witness } from './witness.js';

/** A checkpoint with a dozen signatures and the longest proof has less than a tenth of it. */
const MAX_BODY_BYTES = 64 * 1_024;
const REQUEST_MS = 10_000;
const KEEP_ALIVE_MS = 65_000;
const MOST_CONNECTIONS = 256;

export interface WitnessServerPlan {
  readonly witness: Witness;
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly say: (text: string) => void;
  /** The witness cannot know any more what it has cosigned: end, and look when starting again. */
  readonly onFatal: (error: SigningError) => void;
}

/** @throws what reading the certificate and listening throw */
export async function serveWitness(plan: WitnessServerPlan): Promise<Server> {
  const { listen, tls } = plan;
  const limits = { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS };
  const onRequest = (request: IncomingMessage, response: ServerResponse) => void respond(plan, request, response);
  const server =
    tls === null
      ? createHttpServer(limits, onRequest)
      : createHttpsServer(
          { ...limits, cert: await readFile(tls.certFile), key: await readFile(tls.keyFile) },
          onRequest,
        );
  server.maxConnections = MOST_CONNECTIONS;
  // Longer than the pause between two checkpoints of a log.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(listen.port, listen.host, done);
  });
  return server;
}

async function respond(plan: WitnessServerPlan, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await route(plan.witness, request, response);
  } catch (error) {
    if (isSigningError(error, 'body-too-large')) return answer(response, 413, `${error.en}\n`);
    if (isSigningError(error, 'malformed-request')) return answer(response, 400, `${error.en}\n`);
    plan.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    // What went wrong here is for the operator alone.
    answer(response, 500, 'the witness could not do it\n');
    if (isFatal(error)) response.once('close', () => plan.onFatal(error));
  }
}

async function route(witness: Witness, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = `${request.method} ${request.url}`;
  if (asked === 'POST /add-checkpoint') return await addCheckpoint(witness, request, response);
  if (asked === 'GET /status') {
    return answer(response, 200, `${JSON.stringify(witness.status())}\n`, 'application/json');
  }
  if (asked === 'GET /') return page(witness, response);
  const [, originHash] = /^GET \/([0-9a-f]{64})\/checkpoint$/.exec(asked) ?? [];
  const note = originHash === undefined ? null : await witness.checkpointOf(originHash);
  answer(response, note === null ? 404 : 200, note ?? 'not found\n');
}

async function addCheckpoint(witness: Witness, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const said = await witness.addCheckpoint(await readBody(request, MAX_BODY_BYTES));
  if (said.status === 409) return answer(response, 409, `${said.size}\n`, 'text/x.tlog.size');
  answer(response, said.status, said.status === 200 ? said.body : `${said.body}\n`);
}

function page(witness: Witness, response: ServerResponse): void {
  response.setHeader(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  );
  answer(response, 200, statusPage(witness.status()), 'text/html');
}
