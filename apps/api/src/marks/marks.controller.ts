import { Controller, Inject, Param } from '@nestjs/common';
import type { z } from 'zod';
import type { Archive, AssetMarks } from '#archive';
import {
  type AssetMarksView,
  assetMarksSchema,
  attachTranscriptSchema,
  type MarkView,
  type MissingNotesView,
  missingNotesSchema,
  putMarkSchema,
  reviseMarkSchema,
} from '#contract';
import { type Actor, ArchiveError, type Id, isId } from '#domain';
import { Body, By, Endpoint, IdParam } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';

/** Marks on material, and the text of what is said in it. */
@Controller()
export class MarksController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({
    method: 'GET',
    path: 'assets/:id/marks',
    summary: '标注与文字记录 Marks and transcripts of an asset',
    response: assetMarksSchema,
  })
  async view(@By() actor: Actor, @IdParam('id') id: string): Promise<AssetMarksView> {
    return toMarks(await this.archive.marks.view.run(actor, id));
  }

  @Endpoint({
    method: 'POST',
    path: 'assets/:id/marks',
    summary: '添加标注 Put a mark',
    body: putMarkSchema,
    response: assetMarksSchema,
    status: 201,
  })
  async put(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() mark: z.infer<typeof putMarkSchema>,
  ): Promise<AssetMarksView> {
    await this.archive.marks.put.run(actor, id, mark);
    return await this.view(actor, id);
  }

  @Endpoint({
    method: 'PUT',
    path: 'assets/:id/marks/:markId',
    summary: '修改或撤回标注 Put a further version of a mark, or withdraw it',
    body: reviseMarkSchema,
    response: assetMarksSchema,
  })
  async revise(
    @By() actor: Actor,
    @Param() params: Record<string, string>,
    @Body() revision: z.infer<typeof reviseMarkSchema>,
  ): Promise<AssetMarksView> {
    const { id, markId } = params;
    if (!isId(id) || !isId(markId)) throw new ArchiveError('not-found', 'no id');
    await this.archive.marks.revise.run(actor, id, markId, revision);
    return await this.view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'assets/:id/transcripts',
    summary: '附文字记录 Attach a transcript',
    body: attachTranscriptSchema,
    response: assetMarksSchema,
    status: 201,
  })
  async transcribe(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() wish: z.infer<typeof attachTranscriptSchema>,
  ): Promise<AssetMarksView> {
    await this.archive.marks.transcribe.run(actor, id, wish);
    return await this.view(actor, id);
  }

  @Endpoint({
    method: 'GET',
    path: 'cases/:id/missing-notes',
    summary: '尚缺的关键内容与文字记录 Recordings that owe key content or a transcript',
    response: missingNotesSchema,
  })
  async missing(@By() actor: Actor, @IdParam('id') id: string): Promise<MissingNotesView> {
    const items = await this.archive.marks.missing.run(actor, id);
    return {
      items: items.map(({ recording: { assetId, fileName, kind, occurrenceId }, missing }) => ({
        ...{ assetId, fileName, kind, occurrenceId, missing: [...missing] },
      })),
    };
  }
}

type Version = MarkView['earlier'][number] & { readonly id: Id };

function toMarks({ marks, transcripts, missing, names, mayMark }: AssetMarks): AssetMarksView {
  const person = (id: Id) => ({ id, name: names.get(id) ?? '' });
  const versions = marks.map(({ id, version, kind, startMs, endMs, page, text, reason, isWithdrawn, author, at }) => ({
    ...{ id, version, kind, text, reason, isWithdrawn, author: person(author), at: at.toISOString() },
    place: page === null ? { range: { startMs: startMs ?? 0, endMs: endMs ?? 0 } } : { page },
  }));
  const ids = [...new Set(versions.map(({ id }) => id))];
  return {
    marks: ids.map((id) => newestOf(versions.filter((one) => one.id === id))).sort((a, b) => placeOf(a) - placeOf(b)),
    transcripts: transcripts.map(({ id, text, textAssetId, madeBy, maker, attachedBy, attachedAt }) => ({
      ...{ id, text, textAssetId, madeBy, maker, attachedBy: person(attachedBy) },
      attachedAt: attachedAt.toISOString(),
    })),
    ...{ missing: [...missing], mayMark },
  };
}

/** Versions come oldest first. */
function newestOf(versions: readonly Version[]): MarkView {
  const newest = versions.at(-1);
  if (!newest) throw new ArchiveError('internal', 'a mark has a version');
  return { ...newest, earlier: versions.slice(0, -1).map(({ id: _, ...version }) => version) };
}

function placeOf({ place }: MarkView): number {
  return 'page' in place ? place.page : place.range.startMs;
}
