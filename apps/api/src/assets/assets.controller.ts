import { Controller, Inject, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Archive } from '#archive';
import {
  type AssetQuery,
  type AssetView,
  assetPageSchema,
  assetQuerySchema,
  assetSchema,
  type LinkAsset,
  linkAssetSchema,
  type Receipt,
  receiptSchema,
  viewReportSchema,
} from '#contract';
import { type Actor, ArchiveError, isId } from '#domain';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Body, By, Endpoint, IdParam, Query } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';
import { sendBytes } from '../http/send-bytes.js';
import { toAsset, toAssetSummary, toReceipt } from './asset-view.js';
import { makePlaylist } from './playlist.js';

const ANY_BYTES = ['application/octet-stream'];

@Controller()
export class AssetsController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({
    method: 'GET',
    path: 'assets',
    summary: '材料检索 Assets I may see, newest first',
    query: assetQuerySchema,
    response: assetPageSchema,
  })
  async list(@By() actor: Actor, @Query() query: AssetQuery): Promise<z.infer<typeof assetPageSchema>> {
    const page = await this.archive.assets.list.run(actor, {
      search: query.search || null,
      caseId: query.caseId ?? null,
      isLinked: query.linked === undefined ? null : query.linked === 'yes',
      isMine: query.mine === 'yes',
      kind: query.kind ?? null,
      custody: query.custody ?? null,
      cursor: readCursor(query.cursor),
      limit: query.limit,
    });
    return { items: page.items.map(toAssetSummary), nextCursor: writeCursor(page.next) };
  }

  @Endpoint({ method: 'GET', path: 'assets/:id', summary: '材料 An asset', response: assetSchema })
  async view(@By() actor: Actor, @IdParam('id') id: string): Promise<AssetView> {
    return toAsset(await this.archive.assets.view.run(actor, id));
  }

  @Endpoint({
    method: 'PUT',
    path: 'assets/:id/link',
    summary: '关联或移动到环节 Tie an asset to a step, or move it with a reason',
    body: linkAssetSchema,
    response: assetSchema,
  })
  async link(@By() actor: Actor, @IdParam('id') id: string, @Body() wish: LinkAsset): Promise<AssetView> {
    await this.archive.assets.link.run(actor, id, { ...wish, reason: wish.reason ?? null });
    return toAsset(await this.archive.assets.view.run(actor, id));
  }

  @Endpoint({
    method: 'GET',
    path: 'assets/:id/receipt',
    summary: '回执 Receipt',
    response: receiptSchema,
    allowsStation: true,
  })
  async receipt(@By() actor: Actor, @IdParam('id') id: string): Promise<Receipt> {
    return toReceipt(await this.archive.assets.receipt.run(actor, id));
  }

  @Endpoint({
    method: 'GET',
    path: 'assets/:id/original',
    summary: '播放原件（字节范围） Play the original over byte ranges',
    bytes: ANY_BYTES,
  })
  async original(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const opened = await this.archive.assets.openOriginal.run(actor, id, 'asset.read');
    await sendBytes(request, response, opened, false);
  }

  @Endpoint({
    method: 'GET',
    path: 'assets/:id/download',
    summary: '下载原件 Take the original away',
    bytes: ANY_BYTES,
  })
  async download(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const opened = await this.archive.assets.openOriginal.run(actor, id, 'asset.download');
    await sendBytes(request, response, opened, true);
  }

  @Endpoint({
    method: 'GET',
    path: 'assets/:id/renditions/:renditionId/*file',
    summary: '衍生件文件 A file of a rendition',
    bytes: ANY_BYTES,
  })
  async rendition(
    @By() actor: Actor,
    @Param() params: Record<string, string | string[]>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { id, renditionId, file } = params;
    if (!isId(id) || !isId(renditionId) || file === undefined) throw new ArchiveError('not-found', 'no id');
    const name = Array.isArray(file) ? file.join('/') : file;
    const opened = await this.archive.assets.openRendition.run(actor, id, { renditionId, file: name });
    await sendBytes(request, response, opened, false);
  }

  @Endpoint({
    method: 'GET',
    path: 'assets/:id/hls/index.m3u8',
    summary: '原件分段播放列表 Playlist over the original',
    bytes: ['application/vnd.apple.mpegurl'],
  })
  async playlist(@By() actor: Actor, @IdParam('id') id: string, @Res() response: Response): Promise<void> {
    const segments = await this.archive.assets.listSegments.run(actor, id);
    response.setHeader('Content-Type', 'application/vnd.apple.mpegurl');
    response.setHeader('Cache-Control', 'private, no-store');
    response.end(makePlaylist(segments));
  }

  @Endpoint({
    method: 'GET',
    path: 'assets/:id/hls/:segment.ts',
    summary: '原件的一段 A segment of the original',
    bytes: ['video/mp2t'],
  })
  async segment(
    @By() actor: Actor,
    @Param() params: Record<string, string>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { id, segment } = params;
    if (!isId(id) || !/^\d{1,7}$/.test(segment ?? '')) throw new ArchiveError('not-found', 'no such segment');
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const opened = await this.archive.assets.openSegment.run(actor, id, Number(segment), gone.signal);
    await sendBytes(request, response, opened, false);
  }

  @Endpoint({
    method: 'POST',
    path: 'assets/:id/proxy',
    summary: '请求转码副本 Ask for a proxy this browser can play',
    status: 202,
  })
  async askForProxy(@By() actor: Actor, @IdParam('id') id: string): Promise<void> {
    await this.archive.assets.askForProxy.run(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'assets/:id/views',
    summary: '已观看的时段 What was watched',
    body: viewReportSchema,
    status: 204,
  })
  async reportViewing(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() report: z.infer<typeof viewReportSchema>,
  ): Promise<void> {
    await this.archive.assets.reportViewing.run(actor, id, report.ranges);
  }
}
