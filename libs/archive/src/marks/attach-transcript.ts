import { type Actor, ArchiveError, type Id, may, newId } from '#domain';
import { assetRepository, type TranscriptRecord, transcriptRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { assetSubject, requireAsset } from '../assets/asset-subject.js';
import { appendEvents, by } from '../ledger/append-events.js';
import { requireOpenCase } from './marked-asset.js';

export interface TranscriptWish extends Pick<TranscriptRecord, 'madeBy' | 'maker'> {
  /** The text itself, or the asset that has it: one of them. */
  readonly text: string | null;
  readonly textAssetId: Id | null;
}

/** Gives sound evidence the text of what is said in it, and says who or what wrote it down. A further one replaces none. */
export class AttachTranscript {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found` (either asset), `case-closed`, `invalid-input` */
  async run(actor: Actor, assetId: Id, wish: TranscriptWish): Promise<Id> {
    const at = this.#parts.clock.now();
    const id = newId(at.getTime());
    const { text, textAssetId, madeBy, maker } = wish;
    if ((text === null) === (textAssetId === null) || textAssetId === assetId)
      throw new ArchiveError('invalid-input', 'a text, or another asset that has it', {
        details: { problems: ['text'] },
      });
    await this.#parts.database.transaction(async (tx) => {
      const asset = await assetRepository.lock(tx, assetId);
      if (!asset || asset.custody === 'receiving') throw new ArchiveError('not-found', `no asset ${assetId}`);
      if (!may(actor, 'asset.mark', await assetSubject(tx, asset))) throw new ArchiveError('not-found', 'not his');
      if (asset.kind !== 'sound' && asset.kind !== 'video')
        throw new ArchiveError('invalid-input', 'nothing is said in it', { details: { problems: ['asset'] } });
      if (textAssetId !== null) await requireAsset(tx, actor, textAssetId, 'asset.read');
      await requireOpenCase(tx, assetId);
      await transcriptRepository.add(tx, { id, assetId, ...wish, attachedBy: actor.accountId, attachedAt: at });
      await appendEvents(tx, by(actor, at), [
        {
          type: 'asset.transcribed',
          chain: `asset:${assetId}`,
          on: textAssetId === null ? [] : [`asset:${textAssetId}`],
          public: { transcript: id, made_by: madeBy, text_asset: textAssetId },
          personal: { maker, ...(text === null ? {} : { text }) },
        },
      ]);
    });
    return id;
  }
}
