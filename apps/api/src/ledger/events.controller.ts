import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { Archive } from '#archive';
import { eventPageSchema, pageQuerySchema } from '#contract';
import { type Actor, ArchiveError, type Id } from '#domain';
import { By, Endpoint, IdParam, Query } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';
import { toEventPage } from './event-view.js';

type PageQuery = z.infer<typeof pageQuerySchema>;
type EventPage = z.infer<typeof eventPageSchema>;

/** The chains of events: in order, with what the actor may see opened. */
@Controller()
export class EventsController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({
    method: 'GET',
    path: 'assets/:id/events',
    summary: '材料事件 Events of an asset',
    query: pageQuerySchema,
    response: eventPageSchema,
  })
  async ofAsset(@By() actor: Actor, @IdParam('id') id: string, @Query() query: PageQuery): Promise<EventPage> {
    return await this.page(actor, { kind: 'asset', id }, query);
  }

  @Endpoint({
    method: 'GET',
    path: 'cases/:id/events',
    summary: '案件事件 Events of a case',
    query: pageQuerySchema,
    response: eventPageSchema,
  })
  async ofCase(@By() actor: Actor, @IdParam('id') id: string, @Query() query: PageQuery): Promise<EventPage> {
    return await this.page(actor, { kind: 'case', id }, query);
  }

  private async page(actor: Actor, of: { kind: 'asset' | 'case'; id: Id }, query: PageQuery): Promise<EventPage> {
    const page = { afterSeq: readPlace(query.cursor), limit: query.limit };
    return toEventPage(await this.archive.ledger.listEvents.run(actor, of, page));
  }
}

/** The last event of the page before, by its number in the chain. */
function readPlace(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,15}$/.test(cursor))
    throw new ArchiveError('invalid-input', 'cursor', { details: { problems: ['cursor'] } });
  return Number(cursor);
}
