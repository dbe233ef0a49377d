import type { EventLine } from '#archive';
import { digestText } from '#archive';
import type { EventView } from '#contract';

/** How events look over HTTP. */
export function toEventPage(page: { items: readonly EventLine[]; nextSeq: number | null }): {
  items: EventView[];
  nextCursor: string | null;
} {
  return {
    items: page.items.map(({ event, body, opened, actorName }) => ({
      id: event.id,
      type: event.type,
      chain: event.chain,
      chainSeq: event.chainSeq,
      at: event.at.toISOString(),
      actor: event.actor,
      actorName,
      leaf: digestText(event.leafHash),
      body,
      opened,
    })),
    nextCursor: page.nextSeq === null ? null : String(page.nextSeq),
  };
}
