import { Controller, Inject, Param } from '@nestjs/common';
import type { z } from 'zod';
import type { Archive } from '#archive';
import {
  type AskOriginalsCheck,
  addOccurrenceSchema,
  askOriginalsCheckSchema,
  type CaseQuery,
  type CaseView,
  type ChangeOccurrence,
  type CloseCase,
  type ClosingObstacles,
  casePageSchema,
  caseQuerySchema,
  caseSchema,
  changeCaseSchema,
  changeOccurrenceSchema,
  closeCaseSchema,
  closingObstacleListSchema,
  type OpenCase,
  openCaseSchema,
  type Replay,
  replaySchema,
} from '#contract';
import { type Actor, ArchiveError, isId } from '#domain';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Body, By, Endpoint, IdParam, Query } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';
import { toFault } from '../law/law-view.js';
import { toCase, toCaseSummary, toReplay } from './case-view.js';

@Controller()
export class CasesController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({
    method: 'GET',
    path: 'cases',
    summary: '案件列表 Cases I may see, newest first',
    query: caseQuerySchema,
    response: casePageSchema,
  })
  async list(@By() actor: Actor, @Query() query: CaseQuery): Promise<z.infer<typeof casePageSchema>> {
    const page = await this.archive.cases.list.run(actor, {
      search: query.search || null,
      state: query.state ?? null,
      cursor: readCursor(query.cursor),
      limit: query.limit,
    });
    return { items: page.items.map(toCaseSummary), nextCursor: writeCursor(page.next) };
  }

  @Endpoint({
    method: 'POST',
    path: 'cases',
    summary: '立案 Open a case',
    body: openCaseSchema,
    response: caseSchema,
    status: 201,
  })
  async open(@By() actor: Actor, @Body() plan: OpenCase): Promise<CaseView> {
    const id = await this.archive.cases.open.run(actor, plan);
    return toCase(await this.archive.cases.view.run(actor, id));
  }

  @Endpoint({ method: 'GET', path: 'cases/:id', summary: '案件 A case', response: caseSchema })
  async view(@By() actor: Actor, @IdParam('id') id: string): Promise<CaseView> {
    return toCase(await this.archive.cases.view.run(actor, id));
  }

  @Endpoint({
    method: 'PATCH',
    path: 'cases/:id',
    summary: '更正案件信息 Correct a case',
    body: changeCaseSchema,
    response: caseSchema,
  })
  async change(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() change: z.infer<typeof changeCaseSchema>,
  ): Promise<CaseView> {
    await this.archive.cases.change.run(actor, id, change);
    return toCase(await this.archive.cases.view.run(actor, id));
  }

  @Endpoint({
    method: 'GET',
    path: 'cases/:id/close',
    summary: '结案前须处理的事项 What stands in the way of closing a case',
    response: closingObstacleListSchema,
  })
  async closingObstacles(@By() actor: Actor, @IdParam('id') id: string): Promise<ClosingObstacles> {
    const { obstacles, faults } = await this.archive.cases.closingObstacles.run(actor, id);
    return { items: [...obstacles], faults: faults.map(toFault) };
  }

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/close',
    summary: '结案 Close a case: it takes no changes from here on',
    body: closeCaseSchema,
    response: caseSchema,
  })
  async close(@By() actor: Actor, @IdParam('id') id: string, @Body() closing: CloseCase): Promise<CaseView> {
    await this.archive.cases.close.run(actor, id, closing);
    return toCase(await this.archive.cases.view.run(actor, id));
  }

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/checks',
    summary: '出示前核对 Have all originals of a case read again before they are shown',
    body: askOriginalsCheckSchema,
    response: caseSchema,
    status: 202,
  })
  async askOriginalsCheck(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() asked: AskOriginalsCheck,
  ): Promise<CaseView> {
    await this.archive.cases.askOriginalsCheck.run(actor, id, asked);
    return toCase(await this.archive.cases.view.run(actor, id));
  }

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/occurrences',
    summary: '再次进行环节 Let a step come once more',
    body: addOccurrenceSchema,
    response: caseSchema,
    status: 201,
  })
  async addOccurrence(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() wish: z.infer<typeof addOccurrenceSchema>,
  ): Promise<CaseView> {
    await this.archive.cases.addOccurrence.run(actor, id, wish.stepId);
    return toCase(await this.archive.cases.view.run(actor, id));
  }

  @Endpoint({
    method: 'PATCH',
    path: 'cases/:id/occurrences/:occurrenceId',
    summary: '环节状态 Start, end or correct a step',
    body: changeOccurrenceSchema,
    response: caseSchema,
  })
  async changeOccurrence(
    @By() actor: Actor,
    @Param() params: Record<string, string>,
    @Body() change: ChangeOccurrence,
  ): Promise<CaseView> {
    const { id, occurrenceId } = params;
    if (!isId(id) || !isId(occurrenceId)) throw new ArchiveError('not-found', 'no id');
    const { startedAt, endedAt, ...rest } = change;
    await this.archive.cases.changeOccurrence.run(actor, id, occurrenceId, {
      ...rest,
      startedAt: toDate(startedAt),
      endedAt: toDate(endedAt),
    });
    return toCase(await this.archive.cases.view.run(actor, id));
  }

  @Endpoint({
    method: 'GET',
    path: 'cases/:id/replay',
    summary: '回放 The whole case in order',
    response: replaySchema,
  })
  async replay(@By() actor: Actor, @IdParam('id') id: string): Promise<Replay> {
    return toReplay(await this.archive.cases.replay.run(actor, id));
  }
}

function toDate(text: string | null | undefined): Date | null | undefined {
  return typeof text === 'string' ? new Date(text) : text;
}
