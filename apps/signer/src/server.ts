import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import {
  answer,
  formatSignerState,
  isFatal,
  isListenedOn,
  isSigningError,
  listenOn,
  MAX_RECEIPT_BYTES,
  MAX_SIGNER_BODY_BYTES,
  readBody,
  SigningError,
} from '#signing';
import type { Signer } from './signer.js';

/** A request is a few hundred bytes from this machine. */
const REQUEST_MS = 10_000;

export interface SignerServerPlan {
  readonly signer: Signer;
  readonly socketPath: string;
  readonly say: (text: string) => void;
  /** The signer cannot know any more what it has signed: end, and look when starting again. */
  readonly onFatal: (error: SigningError) => void;
}

/**
 * The signer on its socket, which only its own account may open.
 * @throws SigningError `socket-in-use`, `socket-path-too-long`
 */
export async function serveSigner(plan: SignerServerPlan): Promise<Server> {
  const { socketPath } = plan;
  const server = createServer(
    { requestTimeout: REQUEST_MS },
    (request, response) => void respond(plan, request, response),
  );
  await mkdir(dirname(socketPath), { recursive: true, mode: 0o700 });
  if (await isListenedOn(socketPath)) throw inUse(socketPath);
  // Left by one that was killed.
  await rm(socketPath, { force: true });
  await listenOn(server, socketPath);
  await chmod(socketPath, 0o600);
  return server;
}

async function respond(plan: SignerServerPlan, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await route(plan.signer, request, response);
  } catch (error) {
    if (isSigningError(error, 'body-too-large')) return answer(response, 413, `${error.en}\n`);
    if (isSigningError(error, 'malformed-request')) return answer(response, 400, `${error.en}\n`);
    plan.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    answer(response, 500, `${isSigningError(error) ? error.message : 'see the log of the signer'}\n`);
    if (isFatal(error)) response.once('close', () => plan.onFatal(error));
  }
}

async function route(signer: Signer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = `${request.method} ${request.url}`;
  if (asked === 'GET /state') return answer(response, 200, formatSignerState(signer.state()), 'application/json');
  if (asked === 'POST /receipt') {
    return answer(response, 200, await signer.signReceipt(await readBody(request, MAX_RECEIPT_BYTES)));
  }
  if (asked !== 'POST /checkpoint') return answer(response, 405, 'no such request\n');
  const said = await signer.signCheckpoint(await readBody(request, MAX_SIGNER_BODY_BYTES));
  if ('line' in said) return answer(response, 200, said.line);
  if ('conflict' in said) return answer(response, 409, `${said.conflict}\n`, 'text/x.tlog.size');
  answer(response, said.refused, `${said.reason}\n`);
}

function inUse(path: string): SigningError {
  return new SigningError('socket-in-use', {
    zh: `套接字 ${path} 上已有进程在监听`,
    en: `Another process listens on the socket ${path}`,
  });
}
