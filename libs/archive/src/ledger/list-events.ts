import { type Actor, type Chain, type Id, may } from '#domain';
import { accountRepository, type EventRecord, ledgerRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireAsset } from '../assets/asset-subject.js';
import { requireCase } from '../cases/case-access.js';

export interface EventLine {
  readonly event: EventRecord;
  readonly body: Record<string, unknown>;
  /** Personal fields, opened for who may read the events. */
  readonly opened: Record<string, unknown>;
  readonly actorName: string | null;
}

/** The events of one case or one asset, oldest first, in pages. */
export class ListEvents {
  readonly #parts: Pick<ArchiveParts, 'database'>;

  constructor(parts: Pick<ArchiveParts, 'database'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found` */
  async run(
    actor: Actor,
    of: { kind: 'case' | 'asset'; id: Id },
    page: { afterSeq: number; limit: number },
  ): Promise<{ items: EventLine[]; nextSeq: number | null }> {
    const { reader } = this.#parts.database;
    if (of.kind === 'case') await requireCase(reader, actor, of.id, 'events.read');
    else await requireAsset(reader, actor, of.id, 'events.read');
    const chain: Chain = `${of.kind}:${of.id}`;
    const found = await ledgerRepository.page(reader, chain, page.afterSeq, page.limit + 1);
    const events = found.slice(0, page.limit);
    const opened = await ledgerRepository.disclosures(
      reader,
      events.map((event) => event.id),
    );
    const actors = [...new Set(events.map((event) => event.actor))].filter((id) => id !== 'system');
    const names = may(actor, 'accounts.list') ? await accountRepository.namesOf(reader, actors) : new Map<Id, string>();
    const items = events.map((event) => ({
      event,
      body: JSON.parse(event.leaf.toString('utf8')) as Record<string, unknown>,
      opened: Object.fromEntries((opened.get(event.id) ?? []).map((field) => [field.field, field.value])),
      actorName: names.get(event.actor) ?? null,
    }));
    return { items, nextSeq: found.length > page.limit ? (events.at(-1)?.chainSeq ?? null) : null };
  }
}
