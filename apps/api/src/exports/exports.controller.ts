import { Controller, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Archive, ExportRecord } from '#archive';
import { beginExportSchema, type ExportView, exportListSchema, exportSchema } from '#contract';
import type { Actor } from '#domain';
import { Body, By, Endpoint, IdParam } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';
import { sendBytes } from '../http/send-bytes.js';

/** Dossiers: asked for, made by a worker, taken as one zip file. */
@Controller()
export class ExportsController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/exports',
    summary: '导出案卷 Ask for a dossier of a case',
    body: beginExportSchema,
    response: exportSchema,
    status: 202,
  })
  async begin(
    @By() actor: Actor,
    @IdParam('id') caseId: string,
    @Body() { reason, renditions }: z.infer<typeof beginExportSchema>,
  ): Promise<ExportView> {
    const id = await this.archive.exports.begin.run(actor, caseId, reason, renditions);
    return toExport(await this.archive.exports.view.run(actor, id));
  }

  @Endpoint({
    method: 'GET',
    path: 'cases/:id/exports',
    summary: '案件的案卷 Dossiers of a case, newest first',
    response: exportListSchema,
  })
  async list(@By() actor: Actor, @IdParam('id') caseId: string): Promise<z.infer<typeof exportListSchema>> {
    return { items: (await this.archive.exports.view.ofCase(actor, caseId)).map(toExport) };
  }

  @Endpoint({
    method: 'GET',
    path: 'exports/:id',
    summary: '案卷制作进度 A dossier being made',
    response: exportSchema,
  })
  async view(@By() actor: Actor, @IdParam('id') id: string): Promise<ExportView> {
    return toExport(await this.archive.exports.view.run(actor, id));
  }

  @Endpoint({
    method: 'GET',
    path: 'exports/:id/dossier.zip',
    summary: '取走案卷 The dossier, by ranges if asked for',
    bytes: ['application/zip'],
  })
  async download(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await sendBytes(request, response, await this.archive.exports.open.run(actor, id), true);
  }
}

function toExport(record: ExportRecord): ExportView {
  return {
    ...{ id: record.id, caseId: record.caseId, state: record.state },
    ...{ askedAt: record.askedAt.toISOString(), changedAt: record.changedAt.toISOString() },
    ...{ doneBytes: record.doneBytes, totalBytes: record.totalBytes, sizeBytes: record.zipBytes },
    ...{ tagManifest: record.tagManifest, failure: record.failure },
    ...{ renditions: [...record.renditions], hasLists: record.hasLists },
  };
}
