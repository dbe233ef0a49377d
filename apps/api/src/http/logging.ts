import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Metrics } from '../system/metrics.js';
import { contextOf } from './request-context.js';

/** One line a request: no query, no body, no names; the account by id. */
export function logRequest(
  request: IncomingMessage,
  response: ServerResponse,
  observe: { log: Logger; metrics: Metrics },
): void {
  const began = process.hrtime.bigint();
  const context = contextOf(request);
  response.setHeader('X-Request-Id', context.requestId);
  response.once('close', () => {
    const ms = Number(process.hrtime.bigint() - began) / 1e6;
    const path = (request.url ?? '').split('?')[0];
    observe.metrics.requests.observe({ method: request.method ?? '', status: String(response.statusCode) }, ms / 1000);
    observe.log.info(
      {
        requestId: context.requestId,
        method: request.method,
        path,
        status: response.statusCode,
        ms: Math.round(ms),
        account: context.signedIn?.account.id,
        complete: response.writableFinished,
      },
      'request',
    );
  });
}

/** Nest's own messages, in the same log. */
export function nestLogger(log: Logger): LoggerService {
  return {
    log: (message: unknown) => log.debug({ from: 'nest' }, String(message)),
    warn: (message: unknown) => log.warn({ from: 'nest' }, String(message)),
    error: (message: unknown, trace?: unknown) => log.error({ from: 'nest', trace }, String(message)),
  };
}
