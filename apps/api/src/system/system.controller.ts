import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Archive } from '#archive';
import { healthSchema, systemSchema } from '#contract';
import { type Actor, ArchiveError } from '#domain';
import { By, Endpoint, Open } from '../http/endpoint.js';
import { ARCHIVE, HTTP_CONFIG, type HttpConfig } from '../http/http-config.js';
import { Metrics } from './metrics.js';

@Controller()
export class SystemController {
  constructor(
    @Inject(ARCHIVE) private readonly archive: Archive,
    @Inject(HTTP_CONFIG) private readonly config: HttpConfig,
  ) {}

  @Endpoint({ method: 'GET', path: 'system', summary: '系统状态 State of the system', response: systemSchema })
  async describe(@By() actor: Actor): Promise<z.infer<typeof systemSchema>> {
    const state = await this.archive.system.describe.run(actor);
    return { version: this.config.version, ...state, queue: { ...state.queue } };
  }
}

/** For load balancers and Prometheus; outside /api/v1 and without sessions. */
@Controller()
export class ProbeController {
  constructor(
    @Inject(ARCHIVE) private readonly archive: Archive,
    @Inject(HTTP_CONFIG) private readonly config: HttpConfig,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get('healthz')
  @Open()
  health(): z.infer<typeof healthSchema> {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Open()
  async ready(@Res({ passthrough: true }) response: Response): Promise<z.infer<typeof healthSchema>> {
    const { isReady, checks } = await this.archive.system.readiness.run();
    response.status(isReady ? 200 : 503);
    return { status: isReady ? 'ok' : 'failing', checks };
  }

  @Get('metrics')
  @Open()
  async read(@Req() request: Request, @Res() response: Response): Promise<void> {
    this.#requireReader(request);
    response.setHeader('Content-Type', this.metrics.registry.contentType);
    response.end(await this.metrics.registry.metrics());
  }

  /** From this machine itself, or with the token; anyone else learns nothing. */
  #requireReader(request: Request): void {
    const token = this.config.metricsToken;
    if (token !== null && request.headers.authorization === `Bearer ${token}`) return;
    const isLocal = ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.socket.remoteAddress ?? '');
    if (token === null && isLocal && request.headers['x-forwarded-for'] === undefined) return;
    throw new ArchiveError('not-found', 'metrics are not for this caller');
  }
}
