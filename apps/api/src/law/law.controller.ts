import { Controller, Inject, Param } from '@nestjs/common';
import type { z } from 'zod';
import type { Archive } from '#archive';
import {
  type AdoptProcedure,
  type AskExcuse,
  type AskExtension,
  adoptProcedureSchema,
  askExcuseSchema,
  askExtensionSchema,
  type CaseView,
  caseLinePageSchema,
  caseSchema,
  type Decide,
  type DueQuery,
  decideSchema,
  dueQuerySchema,
  type LateQuery,
  lateQuerySchema,
  type SetPeople,
  type StateCondition,
  setPeopleSchema,
  stateConditionSchema,
} from '#contract';
import { type Actor, ArchiveError, type Id, isId } from '#domain';
import { toCase } from '../cases/case-view.js';
import { readLineCursor, writeLineCursor } from '../http/cursor.js';
import { Body, By, Endpoint, IdParam, Query } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';
import { toLines } from './law-view.js';

/** What the procedure of a case asks: stated, set, excused and extended; and what is due and late. */
@Controller()
export class LawController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/statements',
    summary: '填明情形 State a fact that duties, steps or clocks hang on',
    body: stateConditionSchema,
    response: caseSchema,
    status: 201,
  })
  async state(@By() actor: Actor, @IdParam('id') id: Id, @Body() wish: StateCondition): Promise<CaseView> {
    const at = wish.at === undefined ? undefined : new Date(wish.at);
    await this.archive.law.stateCondition.run(actor, id, { ...wish, at });
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'PUT',
    path: 'cases/:id/occurrences/:occurrenceId/people',
    summary: '登记办理人员 Say who takes part in a step',
    body: setPeopleSchema,
    response: caseSchema,
  })
  async setPeople(
    @By() actor: Actor,
    @Param() params: Record<string, string>,
    @Body() wish: SetPeople,
  ): Promise<CaseView> {
    const [id, occurrenceId] = idsIn(params, 'id', 'occurrenceId');
    await this.archive.law.setPeople.run(actor, id, occurrenceId, wish);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/excuses',
    summary: '申请免予 Ask that a paper or a recording be excused',
    body: askExcuseSchema,
    response: caseSchema,
    status: 201,
  })
  async askExcuse(@By() actor: Actor, @IdParam('id') id: Id, @Body() wish: AskExcuse): Promise<CaseView> {
    await this.archive.law.askExcuse.run(actor, id, wish);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/excuses/:excuseId/decision',
    summary: '审批免予申请 Approve or refuse an excuse',
    body: decideSchema,
    response: caseSchema,
  })
  async decideExcuse(
    @By() actor: Actor,
    @Param() params: Record<string, string>,
    @Body() wish: Decide,
  ): Promise<CaseView> {
    const [id, excuseId] = idsIn(params, 'id', 'excuseId');
    await this.archive.law.decideExcuse.run(actor, id, excuseId, wish);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/extensions',
    summary: '申请延长期限 Ask for more time',
    body: askExtensionSchema,
    response: caseSchema,
    status: 201,
  })
  async askExtension(@By() actor: Actor, @IdParam('id') id: Id, @Body() wish: AskExtension): Promise<CaseView> {
    await this.archive.law.askExtension.run(actor, id, wish);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/extensions/:extensionId/decision',
    summary: '审批延期申请 Approve or refuse an extension',
    body: decideSchema,
    response: caseSchema,
  })
  async decideExtension(
    @By() actor: Actor,
    @Param() params: Record<string, string>,
    @Body() wish: Decide,
  ): Promise<CaseView> {
    const [id, extensionId] = idsIn(params, 'id', 'extensionId');
    await this.archive.law.decideExtension.run(actor, id, extensionId, wish);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/procedure',
    summary: '改用新版执法程序 Follow a newer version of the procedure',
    body: adoptProcedureSchema,
    response: caseSchema,
  })
  async adopt(@By() actor: Actor, @IdParam('id') id: Id, @Body() wish: AdoptProcedure): Promise<CaseView> {
    await this.archive.law.adoptProcedure.run(actor, id, wish);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'GET',
    path: 'due',
    summary: '待办 What is due in my cases, earliest first',
    query: dueQuerySchema,
    response: caseLinePageSchema,
  })
  async due(@By() actor: Actor, @Query() query: DueQuery): Promise<z.infer<typeof caseLinePageSchema>> {
    const page = await this.archive.law.due.run(actor, {
      kind: query.kind ?? null,
      cursor: readLineCursor(query.cursor),
      limit: query.limit,
    });
    return { items: toLines(page), nextCursor: writeLineCursor(page.next) };
  }

  @Endpoint({
    method: 'GET',
    path: 'late',
    summary: '逾期与程序瑕疵 What is late in my units, longest first',
    query: lateQuerySchema,
    response: caseLinePageSchema,
  })
  async late(@By() actor: Actor, @Query() query: LateQuery): Promise<z.infer<typeof caseLinePageSchema>> {
    const page = await this.archive.law.late.run(actor, {
      kind: query.kind ?? null,
      unitId: query.unitId ?? null,
      officerId: query.officerId ?? null,
      cursor: readLineCursor(query.cursor),
      limit: query.limit,
    });
    return { items: toLines(page), nextCursor: writeLineCursor(page.next) };
  }

  async #view(actor: Actor, id: Id): Promise<CaseView> {
    return toCase(await this.archive.cases.view.run(actor, id));
  }
}

/** @throws ArchiveError `not-found`: what is no id names nothing */
function idsIn(params: Record<string, string>, first: string, second: string): [Id, Id] {
  const [a, b] = [params[first], params[second]];
  if (!isId(a) || !isId(b)) throw new ArchiveError('not-found', 'no id');
  return [a, b];
}
