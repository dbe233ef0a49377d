import { type Actor, ArchiveError, type EventType, type Id } from '#domain';
import { type AssetRecord, type EventRecord, ledgerRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireAsset } from './asset-subject.js';

export interface ReceiptFacts {
  readonly asset: AssetRecord;
  readonly received: EventRecord;
  /** null until the read-back has passed; only a sealed receipt lets a recorder be cleared. */
  readonly sealed: EventRecord | null;
}

/** The answer an uploader keeps: what came, when, and the event that says so in the ledger. */
export class IssueReceipt {
  readonly #parts: Pick<ArchiveParts, 'database'>;

  constructor(parts: Pick<ArchiveParts, 'database'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found` */
  async run(actor: Actor, id: Id): Promise<ReceiptFacts> {
    const { reader } = this.#parts.database;
    const { asset } = await requireAsset(reader, actor, id, 'asset.read');
    const last = (type: EventType): Promise<EventRecord | null> => ledgerRepository.last(reader, `asset:${id}`, type);
    const received = await last('asset.received');
    if (!received) throw new ArchiveError('internal', `asset ${id} has no event of receipt`);
    return { asset, received, sealed: asset.custody === 'sealed' ? await last('asset.sealed') : null };
  }
}
