import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { Archive } from '#archive';
import {
  type AddRecorder,
  type Arrivals,
  addRecorderSchema,
  arrivalQuerySchema,
  arrivalsSchema,
  type ChangeRecorder,
  type CheckRecorder,
  changeRecorderSchema,
  checkRecorderSchema,
  type ImportList,
  type IssueRecorder,
  importListSchema,
  issueRecorderSchema,
  type MeasureClock,
  type MeasuredClock,
  measureClockSchema,
  measuredClockSchema,
  type NameRuleList,
  nameRuleListSchema,
  type RecorderDetail,
  type RecorderList,
  type ReturnRecorder,
  recorderDetailSchema,
  recorderListSchema,
  returnRecorderSchema,
} from '#contract';
import type { Actor } from '#domain';
import { Body, By, Endpoint, IdParam, Query } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';
import { toRecorder, toRecorderDetail } from './recorder-view.js';

@Controller()
export class RecordersController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({
    method: 'GET',
    path: 'recorders',
    summary: '记录仪登记簿与配备率 The register of recorders, and how many for how many officers',
    response: recorderListSchema,
  })
  async list(@By() actor: Actor): Promise<RecorderList> {
    const { items, ratios, mayKeep } = await this.archive.recorders.list.run(actor);
    return { items: items.map(toRecorder), ratios, mayKeep };
  }

  @Endpoint({
    method: 'POST',
    path: 'recorders',
    summary: '登记记录仪或采集站 Enter a recorder or dock',
    body: addRecorderSchema,
    response: recorderDetailSchema,
    status: 201,
  })
  async add(@By() actor: Actor, @Body() plan: AddRecorder): Promise<RecorderDetail> {
    return await this.#view(actor, await this.archive.recorders.add.run(actor, plan));
  }

  @Endpoint({
    method: 'GET',
    path: 'recorders/:id',
    summary: '记录仪履历 A recorder with its history',
    response: recorderDetailSchema,
  })
  async view(@By() actor: Actor, @IdParam('id') id: string): Promise<RecorderDetail> {
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'PATCH',
    path: 'recorders/:id',
    summary: '变更记录仪 Change a recorder',
    body: changeRecorderSchema,
    response: recorderDetailSchema,
  })
  async change(@By() actor: Actor, @IdParam('id') id: string, @Body() change: ChangeRecorder): Promise<RecorderDetail> {
    await this.archive.recorders.change.run(actor, id, change);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'recorders/:id/issues',
    summary: '领用 Hand a recorder to an officer',
    body: issueRecorderSchema,
    response: recorderDetailSchema,
  })
  async issue(@By() actor: Actor, @IdParam('id') id: string, @Body() wish: IssueRecorder): Promise<RecorderDetail> {
    await this.archive.recorders.issue.run(actor, id, { ...wish, at: toDate(wish.at) });
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'recorders/:id/returns',
    summary: '交还 Take a recorder back',
    body: returnRecorderSchema,
    response: recorderDetailSchema,
  })
  async takeBack(@By() actor: Actor, @IdParam('id') id: string, @Body() wish: ReturnRecorder): Promise<RecorderDetail> {
    await this.archive.recorders.takeBack.run(actor, id, { ...wish, at: toDate(wish.at) });
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'recorders/:id/checks',
    summary: '检查、故障、维修 A check, a fault or a repair',
    body: checkRecorderSchema,
    response: recorderDetailSchema,
  })
  async check(@By() actor: Actor, @IdParam('id') id: string, @Body() wish: CheckRecorder): Promise<RecorderDetail> {
    await this.archive.recorders.recordCheck.run(actor, id, wish);
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'recorders/:id/clocks',
    summary: '测定时差 Keep how wrong the clock was, and correct by it',
    body: measureClockSchema,
    response: measuredClockSchema,
  })
  async measure(@By() actor: Actor, @IdParam('id') id: string, @Body() wish: MeasureClock): Promise<MeasuredClock> {
    const measured = await this.archive.recorders.measureClock.run(actor, id, { ...wish, at: toDate(wish.at) });
    const { errorMs, corrected } = measured;
    return { errorMs, corrected, recorder: await this.#view(actor, id) };
  }

  @Endpoint({
    method: 'POST',
    path: 'recorders/:id/lists',
    summary: '导入设备文件清单 Import what the recorder or dock says it has',
    body: importListSchema,
    response: recorderDetailSchema,
    status: 201,
  })
  async importList(@By() actor: Actor, @IdParam('id') id: string, @Body() list: ImportList): Promise<RecorderDetail> {
    const body = Buffer.from(list.content, 'base64');
    await this.archive.recorders.importList.run(actor, id, { fileName: list.fileName, body });
    return await this.#view(actor, id);
  }

  @Endpoint({
    method: 'GET',
    path: 'arrivals',
    summary: '清单所列而未到的文件 What was listed and never came, per recorder and day',
    query: arrivalQuerySchema,
    response: arrivalsSchema,
  })
  async arrivals(@By() actor: Actor, @Query() query: z.infer<typeof arrivalQuerySchema>): Promise<Arrivals> {
    const { recorderId = null, since = null } = query;
    const { days, notCome } = await this.archive.recorders.arrivals.run(actor, { recorderId, since });
    return {
      days: days.map(({ day, recorderId: id, serial, listed, came, different }) => ({
        ...{ day, recorderId: id, serial, listed, came, different },
      })),
      notCome: notCome.map((file) => ({
        ...{ day: file.day, recorderId: file.recorderId, serial: file.serial, fileName: file.fileName },
        ...{ sizeBytes: file.sizeBytes, isKeyMarked: file.isKeyMarked, assetId: file.assetId },
        recordedAt: file.recordedAt?.toISOString() ?? null,
        arrival: file.arrival === 'different' ? ('different' as const) : ('never-came' as const),
      })),
    };
  }

  @Endpoint({
    method: 'GET',
    path: 'name-rules',
    summary: '文件命名规则 How makers name their files',
    response: nameRuleListSchema,
  })
  async nameRules(): Promise<NameRuleList> {
    const rules = await this.archive.recorders.nameRules.all();
    return {
      items: rules.map(({ id, version, title, source, examples }) => ({
        ...{ id, version, title, source, example: examples[0]?.name ?? '' },
      })),
    };
  }

  async #view(actor: Actor, id: string): Promise<RecorderDetail> {
    return toRecorderDetail(await this.archive.recorders.view.run(actor, id));
  }
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
