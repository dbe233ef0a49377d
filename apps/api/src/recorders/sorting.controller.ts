import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { Archive } from '#archive';
import {
  type Accepted,
  type AcceptProposals,
  type AssetRecording,
  acceptedSchema,
  acceptProposalsSchema,
  assetRecordingSchema,
  type ExplainGap,
  explainGapSchema,
  type NamesRead,
  namesReadSchema,
  pageQuerySchema,
  type Replay,
  replaySchema,
  type StateSource,
  stateSourceSchema,
  unsortedPageSchema,
} from '#contract';
import { type Actor, ERROR_TEXT } from '#domain';
import { toReplay } from '../cases/case-view.js';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Body, By, Endpoint, IdParam, Query } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';
import { toAssetRecording, toUnsorted } from './recorder-view.js';

/** Material of no case, what took it, and breaks of recordings. */
@Controller()
export class SortingController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({
    method: 'GET',
    path: 'unsorted',
    summary: '待整理 Material of no case, newest first, with where it may belong',
    query: pageQuerySchema,
    response: unsortedPageSchema,
  })
  async list(
    @By() actor: Actor,
    @Query() query: z.infer<typeof pageQuerySchema>,
  ): Promise<z.infer<typeof unsortedPageSchema>> {
    const page = await this.archive.sorting.list.run(actor, { cursor: readCursor(query.cursor), limit: query.limit });
    return { items: page.items.map(toUnsorted), nextCursor: writeCursor(page.next) };
  }

  @Endpoint({
    method: 'POST',
    path: 'unsorted/accept',
    summary: '采纳归入建议 Tie material to the steps it is offered to',
    body: acceptProposalsSchema,
    response: acceptedSchema,
  })
  async accept(@By() actor: Actor, @Body() wish: AcceptProposals): Promise<Accepted> {
    const results = await this.archive.sorting.accept.run(actor, wish.items);
    return {
      items: results.map(({ assetId, error }) => ({
        assetId,
        error: error && { code: error.code, ...ERROR_TEXT[error.code] },
      })),
    };
  }

  @Endpoint({
    method: 'POST',
    path: 'unsorted/names',
    summary: '按现有规则重读文件名 Read unknown names again, by the rules there are now',
    response: namesReadSchema,
  })
  async readNamesAgain(@By() actor: Actor): Promise<NamesRead> {
    return await this.archive.sorting.readNamesAgain.run(actor);
  }

  @Endpoint({
    method: 'GET',
    path: 'assets/:id/recording',
    summary: '所属的一次录制 What took it, and the recording it is part of',
    response: assetRecordingSchema,
  })
  async recording(@By() actor: Actor, @IdParam('id') id: string): Promise<AssetRecording> {
    return toAssetRecording(await this.archive.sorting.viewRecording.run(actor, id));
  }

  @Endpoint({
    method: 'PUT',
    path: 'assets/:id/recorder',
    summary: '说明记录仪与人员 Say of which recorder and whose it is',
    body: stateSourceSchema,
    response: assetRecordingSchema,
  })
  async state(@By() actor: Actor, @IdParam('id') id: string, @Body() said: StateSource): Promise<AssetRecording> {
    await this.archive.sorting.state.run(actor, id, said);
    return toAssetRecording(await this.archive.sorting.viewRecording.run(actor, id));
  }

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/gaps',
    summary: '说明录制中断 Explain a break of a recording in writing',
    body: explainGapSchema,
    response: replaySchema,
  })
  async explainGap(@By() actor: Actor, @IdParam('id') id: string, @Body() wish: ExplainGap): Promise<Replay> {
    await this.archive.cases.explainGap.run(actor, id, wish);
    return toReplay(await this.archive.cases.replay.run(actor, id));
  }
}
