import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Archive, ReplicaState, SystemState } from '#archive';
import {
  askHealingSchema,
  findingPageSchema,
  type HealingView,
  healingSchema,
  healthSchema,
  pageQuerySchema,
  systemSchema,
} from '#contract';
import { type Actor, ArchiveError } from '#domain';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Body, By, Endpoint, IdParam, Open, Query } from '../http/endpoint.js';
import { ARCHIVE, HTTP_CONFIG, type HttpConfig } from '../http/http-config.js';
import { toFinding, toHealing } from './finding-view.js';
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
    const { watch, replica } = state;
    return {
      version: this.config.version,
      ...state,
      queue: { ...state.queue },
      replica: replica && toReplica(replica),
      watch: toWatch(watch),
    };
  }

  @Endpoint({
    method: 'POST',
    path: 'assets/:id/healings',
    summary: '从副本恢复 Ask for a damaged original, or its replica, to be restored from the other',
    body: askHealingSchema,
    response: healingSchema,
    status: 202,
  })
  async heal(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() wish: z.infer<typeof askHealingSchema>,
  ): Promise<HealingView> {
    return toHealing(await this.archive.system.askHealing.run(actor, id, wish));
  }

  @Endpoint({
    method: 'GET',
    path: 'findings',
    summary: '核查发现 Findings about stored originals that stand, newest first',
    query: pageQuerySchema,
    response: findingPageSchema,
  })
  async findings(
    @By() actor: Actor,
    @Query() query: z.infer<typeof pageQuerySchema>,
  ): Promise<z.infer<typeof findingPageSchema>> {
    const page = await this.archive.system.listFindings.run(actor, {
      cursor: readCursor(query.cursor),
      limit: query.limit,
    });
    return { items: page.items.flatMap(toFinding), nextCursor: writeCursor(page.next) };
  }
}

type Watch = SystemState['watch'];

function toWatch(watch: Watch): z.infer<typeof systemSchema>['watch'] {
  return { ...watch, oldestCheckedAt: watch.oldestCheckedAt?.toISOString() ?? null };
}

function toReplica({ standing, watch, ...state }: ReplicaState): z.infer<typeof systemSchema>['replica'] {
  const { owedSince, lastCopiedAt, ...counts } = standing;
  return {
    ...{ ...state, ...counts, watch: toWatch(watch) },
    owedSince: owedSince?.toISOString() ?? null,
    lastCopiedAt: lastCopiedAt?.toISOString() ?? null,
  };
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
