import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Log } from '#archive';
import { ArchiveError, type ErrorCode } from '#domain';
import { LOG } from './http-config.js';
import { sendProblem, toProblem } from './problem.js';
import { contextOf } from './request-context.js';

/** The one place where errors become answers. Unknown ones are logged here, once, with the request id. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { requestId } = contextOf(http.getRequest<Request>());
    const problem = toProblem(translate(error), requestId);
    if (problem.status >= 500) this.log.error({ requestId, code: problem.code, err: error }, 'request failed');
    sendProblem(http.getResponse<Response>(), problem);
  }
}

/** What the framework itself refuses: unknown address, body too large, JSON that is none. */
function translate(error: unknown): unknown {
  const status = error instanceof HttpException ? error.getStatus() : (error as { status?: unknown } | null)?.status;
  if (error instanceof ArchiveError || typeof status !== 'number') return error;
  const codes: Record<number, ErrorCode> = {
    400: 'invalid-input',
    404: 'not-found',
    413: 'upload-too-large',
    415: 'wrong-content-type',
  };
  const code = codes[status];
  return code === undefined ? error : new ArchiveError(code, 'refused by the framework', { cause: error });
}
