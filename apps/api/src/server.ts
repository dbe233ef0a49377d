import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import type { Logger } from 'pino';
import type { Archive } from '#archive';
import { AppModule } from './app.module.js';
import type { HttpConfig } from './http/http-config.js';
import { logRequest, nestLogger } from './http/logging.js';
import { makeOpenApi } from './http/openapi.js';
import { setSafetyHeaders } from './http/request-context.js';
import { serveWebApp } from './http/web-app.js';
import { Metrics } from './system/metrics.js';
import { TusHandler } from './uploads/tus-handler.js';

export interface ServerParts {
  readonly archive: Archive;
  readonly http: HttpConfig;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly log: Logger;
}

/** A connection on which nothing moves for this long is cut; what an upload brought until then is kept. */
const IDLE_MS = 120_000;
const JSON_LIMIT = '1mb';

/** Uploads go straight from the socket to their handler; everything else through Nest on Express. */
export async function makeServer(parts: ServerParts): Promise<{ server: Server; app: NestExpressApplication }> {
  const { archive, http, log } = parts;
  const metrics = new Metrics(archive);
  const pages = express();
  pages.disable('x-powered-by');
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.over({ archive, http, log, metrics }),
    new ExpressAdapter(pages),
    {
      bodyParser: false,
      logger: nestLogger(log),
    },
  );
  app.useBodyParser('json', { limit: JSON_LIMIT });
  // Before Nest's own routes: after them comes its answer to whatever is not there.
  serveWebApp(pages, http, makeOpenApi(app, http.version));
  await app.init();

  const uploads = new TusHandler(archive, http, { metrics, log });
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    logRequest(request, response, { log, metrics });
    if (TusHandler.takes(request)) {
      void uploads.handle(request, response);
      return;
    }
    setSafetyHeaders(request, response, http);
    pages(request, response);
  };
  const server =
    parts.tls === null
      ? createHttpServer(listener)
      : createHttpsServer({ cert: parts.tls.cert, key: parts.tls.key }, listener);
  // `Expect: 100-continue`: an upload says so itself once it may be written, so that a refusal comes before the bytes.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!TusHandler.takes(request)) response.writeContinue();
    listener(request, response);
  });
  // A recording of hours takes as long as it takes; only silence ends a request.
  server.requestTimeout = 0;
  server.timeout = IDLE_MS;
  server.keepAliveTimeout = 65_000;
  return { server, app };
}
