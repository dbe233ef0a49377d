import { Controller, Inject, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { z } from 'zod';
import type { Archive } from '#archive';
import {
  procedureDetailQuerySchema,
  type TakeInRecordingList,
  type TakenIn,
  takeInRecordingListSchema,
  takenInSchema,
} from '#contract';
import type { Actor } from '#domain';
import { toProcedure } from '../cases/case-view.js';
import { Body, By, Endpoint, Query } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';
import { fileNameParameter } from '../http/send-bytes.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** 音像记录事项清单 of a procedure, as agencies keep it. */
@Controller()
export class RecordingListsController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({
    method: 'GET',
    path: 'procedures/:id/recording-list',
    summary: '导出音像记录事项清单 The list of what must be recorded, as XLSX',
    query: procedureDetailQuerySchema,
    bytes: [XLSX],
  })
  async write(
    @Param('id') id: string,
    @Query() { version }: z.infer<typeof procedureDetailQuerySchema>,
    @Res() response: Response,
  ): Promise<void> {
    const { name, bytes } = await this.archive.law.recordingLists.write(id, version ?? null);
    response.setHeader('Content-Type', XLSX);
    response.setHeader('Content-Disposition', `attachment; ${fileNameParameter(name)}`);
    response.end(bytes);
  }

  @Endpoint({
    method: 'POST',
    path: 'procedures/:id/recording-list',
    summary: '导入音像记录事项清单 Take in a list: the next version of the procedure',
    body: takeInRecordingListSchema,
    response: takenInSchema,
  })
  async takeIn(@By() actor: Actor, @Param('id') id: string, @Body() wish: TakeInRecordingList): Promise<TakenIn> {
    const sheet = Buffer.from(wish.sheet, 'base64');
    const { mistakes, procedure, isTakenIn } = await this.archive.law.recordingLists.takeIn(actor, id, {
      ...{ sheet, isTrial: wish.isTrial },
    });
    return { mistakes: [...mistakes], procedure: procedure && toProcedure(procedure), isTakenIn };
  }
}
