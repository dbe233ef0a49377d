import { type Actor, ArchiveError, type Id } from '#domain';
import { assetRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireAsset } from '../assets/asset-subject.js';
import { storedOriginal } from '../assets/stored-original.js';
import { appendEvents, bySystem } from '../ledger/append-events.js';
import { enqueueWork } from '../upkeep/enqueue-owed.js';
import { dropStored, keepRenditions, type MadeRendition, storeRenditions, withScratch } from './look-at-asset.js';
import { renditionEvent } from './rendition-event.js';
import { isDeadly, rememberingDeath } from './tool-deaths.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'queue' | 'clock' | 'settings' | 'log'>;

/** Makes the copy browsers can play. `facts` are those of the look, so that nothing is probed twice. */
export type MakeCopy = (input: {
  path: string;
  outputDir: string;
  facts: Readonly<Record<string, unknown>>;
  onProgress: (percent: number) => void;
}) => Promise<MadeRendition>;

/** Asks for a proxy on behalf of a browser that cannot play the original. */
export class AskForProxy {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found`, `precondition-failed` (not a recording) */
  async run(actor: Actor, assetId: Id): Promise<void> {
    const { database } = this.#parts;
    const { asset } = await requireAsset(database.reader, actor, assetId, 'asset.read');
    if (asset.viewing !== 'viewable' || (asset.kind !== 'video' && asset.kind !== 'sound')) {
      throw new ArchiveError('precondition-failed', 'no proxy is made of this');
    }
    if (asset.proxyState === 'none' || asset.proxyState === 'failed') {
      await assetRepository.change(database.reader, assetId, { proxyState: 'owed', proxyProgress: 0 });
    }
    if (asset.proxyState !== 'ready') await enqueueWork(this.#parts, assetId, ['asset.proxy']);
  }
}

export class MakeProxy {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(assetId: Id, make: MakeCopy): Promise<void> {
    const { database, store, clock } = this.#parts;
    const asset = await assetRepository.find(database.reader, assetId);
    if (!asset || (asset.proxyState !== 'owed' && asset.proxyState !== 'making')) return;
    if (isDeadly(asset)) return await this.giveUp(assetId);
    await assetRepository.change(database.reader, assetId, { proxyState: 'making', proxyProgress: 0 });
    const facts = await assetRepository.facts(database.reader, assetId);
    await withScratch(this.#parts, async (dir) => {
      const onProgress = (percent: number): void => {
        assetRepository.change(database.reader, assetId, { proxyProgress: Math.round(percent) }).catch(() => undefined);
      };
      const made = await store.withLocalFile(storedOriginal(asset), dir.copies, (path) =>
        rememberingDeath(this.#parts, assetId, () => make({ path, outputDir: dir.made, facts, onProgress })),
      );
      const renditions = await storeRenditions(this.#parts, asset, [made], dir.made);
      const replaced = await database.transaction(async (tx) => {
        const current = await assetRepository.lock(tx, assetId);
        if (current?.proxyState === 'ready') return renditions;
        const before = await keepRenditions(tx, renditions);
        await assetRepository.change(tx, assetId, { proxyState: 'ready', proxyProgress: 100 });
        await appendEvents(tx, bySystem(clock.now()), [
          {
            type: 'asset.proxy_made',
            chain: `asset:${assetId}`,
            public: { rendition: renditions.map(renditionEvent)[0] ?? null },
          },
        ]);
        return before;
      });
      await dropStored(this.#parts, replaced);
    });
  }

  /** The tools failed for good; the original stays, and a new wish tries again. */
  async giveUp(assetId: Id): Promise<void> {
    const change = { proxyState: 'failed', proxyProgress: null, toolDeaths: 0 } as const;
    await assetRepository.change(this.#parts.database.reader, assetId, change);
  }
}
