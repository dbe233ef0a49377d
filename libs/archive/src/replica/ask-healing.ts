import { type Actor, ArchiveError, type Copy, HEALABLE, type Id, newId, otherCopy } from '#domain';
import {
  type AssetRecord,
  assetCheckRepository,
  assetRepository,
  type HealingRecord,
  healingRepository,
  replicaRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireAsset } from '../assets/asset-subject.js';
import { appendEvents, by, bySystem } from '../ledger/append-events.js';
import { fieldsOf } from '../watch/check-fields.js';

type Needs = Pick<ArchiveParts, 'database' | 'replica' | 'queue' | 'clock' | 'log'>;

interface Wish {
  readonly assetId: Id;
  /** Which is damaged. */
  readonly copy: Copy;
  /** Null where the settings have it done without being asked. */
  readonly asked: { readonly actor: Actor; readonly reason: string } | null;
}

/**
 * Asks for a damaged copy to be restored from the other. By a person with a reason, since damage is evidence of
 * something: what happened is looked into before the place looks as if nothing had. The event names what was found.
 */
export class AskHealing {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /**
   * @throws ArchiveError `not-found`; `precondition-failed` with `details.why`: `no-replica`, `not-sealed`, `not-damaged`,
   *   `no-copy`, `under-way`
   */
  async run(actor: Actor, assetId: Id, { copy, reason }: { copy: Copy; reason: string }): Promise<HealingRecord> {
    await requireAsset(this.#parts.database.reader, actor, assetId, 'asset.heal');
    return await this.#ask({ assetId, copy, asked: { actor, reason } });
  }

  /** Where the settings say so: what was found, has a copy, and nobody has tried to heal yet. @returns how many */
  async runForAll(): Promise<number> {
    const { database, replica, log } = this.#parts;
    const storeId = replica?.settings.healsAutomatically ? await replica.knownId() : null;
    if (storeId === null) return 0;
    const untried = await healingRepository.untried(database.reader, storeId, BATCH);
    for (const assetId of untried) {
      await this.#ask({ assetId, copy: 'original', asked: null }).catch((error: unknown) =>
        log.warn({ assetId, err: error }, 'a damaged original is not healed now'),
      );
    }
    return untried.length;
  }

  async #ask(wish: Wish): Promise<HealingRecord> {
    const { database, replica, clock } = this.#parts;
    const storeId = await replica?.knownId();
    if (storeId == null) throw refused('no-replica');
    const at = clock.now();
    const healing = await database.transaction(async (tx) => {
      const asset = await assetRepository.lock(tx, wish.assetId);
      const planned = await planHealing(tx, wish, { asset, storeId, at });
      await healingRepository.add(tx, planned);
      const { asked } = wish;
      const fields = { healing: planned.id, copy: wish.copy, from: otherCopy(wish.copy), found: planned.found };
      await appendEvents(tx, asked === null ? bySystem(at) : by(asked.actor, at), [
        {
          type: 'asset.healing_asked',
          chain: `asset:${wish.assetId}`,
          public: { ...fields, ...fieldsOf(planned.foundFacts) },
          ...(asked === null ? {} : { personal: { reason: asked.reason } }),
        },
      ]);
      return planned;
    });
    await enqueueHealing(this.#parts, healing.id);
    return healing;
  }
}

const BATCH = 100;

async function planHealing(
  tx: Tx,
  { assetId, copy, asked }: Wish,
  { asset, storeId, at }: { asset: AssetRecord | null; storeId: string; at: Date },
): Promise<HealingRecord> {
  if (asset?.custody !== 'sealed') throw refused('not-sealed');
  const check = await assetCheckRepository.find(tx, assetId, copy);
  if (check === null || check.result === null || !HEALABLE.has(check.result)) throw refused('not-damaged');
  if ((await replicaRepository.find(tx, assetId))?.storeId !== storeId) throw refused('no-copy');
  if ((await healingRepository.openOf(tx, assetId)) !== null) throw refused('under-way');
  return {
    ...{ id: newId(at.getTime()), assetId, copy, found: check.result, foundFacts: check.facts },
    ...{ askedBy: asked?.actor.accountId ?? null, askedAt: at, state: 'asked', refusal: null, endedAt: null },
    ...{ doneBytes: 0, totalBytes: asset.sizeBytes ?? 0 },
  };
}

/** The queue is a hint: the sweep asks again. */
export async function enqueueHealing(
  { queue, log }: Pick<ArchiveParts, 'queue' | 'log'>,
  healingId: Id,
): Promise<void> {
  await queue
    .enqueue('asset.heal', { healingId })
    .catch((error: unknown) => log.warn({ healingId, err: error }, 'the queue took no job; the sweep will ask again'));
}

function refused(why: string): ArchiveError {
  return new ArchiveError('precondition-failed', `not to be healed now: ${why}`, { details: { why } });
}
