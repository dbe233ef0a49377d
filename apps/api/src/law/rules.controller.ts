import { Controller, Inject, Param } from '@nestjs/common';
import type { z } from 'zod';
import type { Archive } from '#archive';
import {
  type AgencyLimitList,
  agencyLimitListSchema,
  type CalendarView,
  type CertificateQuery,
  calendarSchema,
  certificateListSchema,
  certificateQuerySchema,
  type KeepCertificate,
  keepCertificateSchema,
  type ProcedureDetail,
  procedureDetailQuerySchema,
  procedureDetailSchema,
  procedureListSchema,
  type SetAgencyLimit,
  setAgencyLimitSchema,
  type TakeInProcedure,
  type TakenIn,
  takeInProcedureSchema,
  takenInSchema,
  withdrawCertificateSchema,
} from '#contract';
import type { Actor, Id } from '#domain';
import { toProcedure } from '../cases/case-view.js';
import { Body, By, Endpoint, IdParam, Query } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';
import { toCertificate } from './law-view.js';

/** Rules as data: procedures and their versions, the calendar, lengths of the agency's own; and who is certified. */
@Controller()
export class RulesController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({ method: 'GET', path: 'procedures', summary: '执法程序 Procedures', response: procedureListSchema })
  async procedures(): Promise<z.infer<typeof procedureListSchema>> {
    return { items: (await this.archive.cases.listProcedures.run()).map(toProcedure) };
  }

  @Endpoint({
    method: 'GET',
    path: 'procedures/:id',
    summary: '执法程序及其各版本 A procedure and its versions',
    query: procedureDetailQuerySchema,
    response: procedureDetailSchema,
  })
  async procedure(
    @Param('id') id: string,
    @Query() query: z.infer<typeof procedureDetailQuerySchema>,
  ): Promise<ProcedureDetail> {
    const { procedure, versions } = await this.archive.law.viewProcedure.run(id, query.version ?? null);
    return {
      procedure: toProcedure(procedure),
      versions: versions.map(({ version, sha256, keptAt, keptBy, keptByName }) => ({
        ...{ version, sha256, takenInBy: keptByName },
        takenInAt: keptBy === null ? null : keptAt.toISOString(),
      })),
    };
  }

  @Endpoint({
    method: 'POST',
    path: 'procedures',
    summary: '上传执法程序新版本 Take in a new version of a procedure',
    body: takeInProcedureSchema,
    response: takenInSchema,
  })
  async takeIn(@By() actor: Actor, @Body() wish: TakeInProcedure): Promise<TakenIn> {
    const { mistakes, procedure, isTakenIn } = await this.archive.law.takeInProcedure.run(actor, wish);
    return { mistakes: [...mistakes], procedure: procedure && toProcedure(procedure), isTakenIn };
  }

  @Endpoint({
    method: 'GET',
    path: 'calendar',
    summary: '节假日与调休 The calendar clocks are reckoned by',
    response: calendarSchema,
  })
  async calendar(): Promise<CalendarView> {
    const calendar = await this.archive.law.describeCalendar.run();
    return structuredClone(calendar) as CalendarView;
  }

  @Endpoint({
    method: 'GET',
    path: 'agency-limits',
    summary: '由本机关设定的期限 Lengths the law leaves to the agency',
    response: agencyLimitListSchema,
  })
  async agencyLimits(): Promise<AgencyLimitList> {
    const limits = await this.archive.law.listAgencyLimits.run();
    return {
      items: limits.map(({ procedureId, limit, set }) => ({
        ...{ procedureId, limitId: limit.id, title: limit.title, source: limit.source, byLaw: limit.limit, set },
      })),
    };
  }

  @Endpoint({
    method: 'PUT',
    path: 'agency-limits',
    summary: '设定本机关的期限 Set a length that the law leaves to the agency',
    body: setAgencyLimitSchema,
    response: agencyLimitListSchema,
  })
  async setAgencyLimit(@By() actor: Actor, @Body() wish: SetAgencyLimit): Promise<AgencyLimitList> {
    await this.archive.law.setAgencyLimit.run(actor, wish);
    return await this.agencyLimits();
  }

  @Endpoint({
    method: 'GET',
    path: 'certificates',
    summary: '执法证件与审核资格 Certificates',
    query: certificateQuerySchema,
    response: certificateListSchema,
  })
  async certificates(
    @By() actor: Actor,
    @Query() query: CertificateQuery,
  ): Promise<z.infer<typeof certificateListSchema>> {
    const lines = await this.archive.law.listCertificates.run(actor, { accountId: query.accountId ?? null });
    return { items: lines.map(toCertificate) };
  }

  @Endpoint({
    method: 'POST',
    path: 'certificates',
    summary: '登记证件 Record a certificate',
    body: keepCertificateSchema,
    response: certificateListSchema,
    status: 201,
  })
  async keepCertificate(
    @By() actor: Actor,
    @Body() plan: KeepCertificate,
  ): Promise<z.infer<typeof certificateListSchema>> {
    await this.archive.law.keepCertificate.run(actor, plan);
    return await this.certificates(actor, { accountId: plan.accountId });
  }

  @Endpoint({
    method: 'POST',
    path: 'certificates/:id/withdrawal',
    summary: '收回证件 Withdraw a certificate',
    body: withdrawCertificateSchema,
    status: 204,
  })
  async withdrawCertificate(
    @By() actor: Actor,
    @IdParam('id') id: Id,
    @Body() wish: z.infer<typeof withdrawCertificateSchema>,
  ): Promise<void> {
    await this.archive.law.withdrawCertificate.run(actor, id, wish);
  }
}
