import {
  type Copy,
  type EventValue,
  HEALABLE,
  type HealingRefusal,
  type Id,
  isArchiveError,
  otherCopy,
  toHex,
} from '#domain';
import {
  type AssetRecord,
  assetRepository,
  type HealingRecord,
  healingRepository,
  replicaRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem, type EventFields } from '../ledger/append-events.js';
import { digestText } from '../ledger/canonical.js';
import type { LockProof } from '../seal/lock-proof.js';
import type { CheckAsset } from '../watch/check-asset.js';
import { fieldsOf } from '../watch/check-fields.js';
import { examineBytes, examinePlace } from '../watch/examine-original.js';
import { recordCheck } from '../watch/record-check.js';
import { type HeldCopy, heldCopy, lockEnd, requireHeldCopy } from './held-copy.js';
import { areAsLogged } from './logged-events.js';
import { NotReadBack, type PlacedCopy, placeCopy, SourceDiffers } from './place-copy.js';
import { lockFields, lockOf } from './replicate-asset.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'replica' | 'clock' | 'settings' | 'threads' | 'log'>;

export type HealResult = 'healed' | HealingRefusal | 'nothing-owed';

/** Of the locks of each store; null for a second store that there is not. */
export type LockProofs = Readonly<Record<Copy, LockProof | null>>;

const PROGRESS_MS = 1_000;

/**
 * Restores a damaged copy from the other. What the bytes must be is asked of the events, after those were held against
 * the log; nothing is shown, moved or pinned before the bytes are proved to be those. What was damaged is kept: on S3 as
 * the version it is, on the filesystem moved aside. Idempotent: a crash anywhere repeats it, and takes what is there and
 * right.
 */
export class HealAsset {
  readonly #parts: Needs;
  readonly #proofs: LockProofs;
  readonly #check: CheckAsset;

  constructor(parts: Needs, proofs: LockProofs, check: CheckAsset) {
    this.#parts = parts;
    this.#proofs = proofs;
    this.#check = check;
  }

  /** @throws ArchiveError `storage-unavailable` and the like: worth another try; nothing is recorded */
  async run(healingId: Id, signal?: AbortSignal): Promise<HealResult> {
    const { reader } = this.#parts.database;
    const healing = await healingRepository.find(reader, healingId);
    const asset = healing && (await assetRepository.find(reader, healing.assetId));
    if (!healing || !asset || !isOpen(healing)) return 'nothing-owed';
    const damaged = await requireHeldCopy(this.#parts, asset, healing.copy);
    const good = await heldCopy(this.#parts, asset, otherCopy(healing.copy));
    if (good === null) return await this.#refuse(healing, 'no-copy');
    if (!(await areAsLogged(reader, damaged.record.events))) return await this.#refuse(healing, 'events-altered');
    if (healing.state === 'asked' && !(await this.#isDamaged(asset, damaged, signal)))
      return await this.#refuse(healing, 'not-damaged');
    const isUnproved = (await this.#proofs[healing.copy]?.require()) === 'failed';
    await healingRepository.begins(reader, healing.id);
    const placed = await this.#place({ healing, asset, damaged, good, isUnproved }, signal);
    if (typeof placed === 'string') return await this.#refuse(healing, placed);
    return await this.#record({ healing, asset, damaged, good, isUnproved }, placed);
  }

  /** It is looked at once more: what was found may be over. */
  async #isDamaged(asset: AssetRecord, damaged: HeldCopy, signal?: AbortSignal): Promise<boolean> {
    const found = await examineBytes(this.#parts, asset, damaged, { isWhole: true, signal });
    if (found.results.length > 0) return true;
    const whole = await examinePlace(damaged);
    await this.#check.record(asset.id, { copy: damaged.copy, found: whole, cause: 'healing' });
    return false;
  }

  async #place(work: Work, signal?: AbortSignal): Promise<PlacedCopy | HealingRefusal> {
    const { healing, asset, damaged, good, isUnproved } = work;
    try {
      return await placeCopy(this.#parts, {
        ...{ record: damaged.record, from: good, attempt: healing.id, mayBeThere: healing.state === 'placing' },
        to: { store: damaged.store, key: damaged.object.key, damagedVersion: damaged.object.versionId },
        lockUntil: lockEnd(this.#parts, asset, damaged),
        ...{ signal, isUnproved, onRead: this.#progressOf(healing) },
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      if (error instanceof NotReadBack) return 'not-read-back';
      if (!(error instanceof SourceDiffers) && !isArchiveError(error)) throw error;
      // What is wrong with the copy it was to be healed from is a finding of its own.
      const look = { copy: good.copy, cause: 'healing', isWhole: true, signal } as const;
      const seen = await this.#check.run(asset.id, look);
      if (seen === null || !HEALABLE.has(seen.result)) throw error;
      return `copy-${seen.result}` as HealingRefusal;
    }
  }

  #progressOf({ id }: HealingRecord): (bytes: number) => void {
    let done = 0;
    let toldAt = 0;
    return (bytes) => {
      done += bytes;
      if (Date.now() - toldAt < PROGRESS_MS) return;
      toldAt = Date.now();
      healingRepository.progress(this.#parts.database.reader, id, done).catch(() => undefined);
    };
  }

  async #refuse(healing: HealingRecord, refusal: HealingRefusal): Promise<HealResult> {
    const { database, clock, log } = this.#parts;
    const { id, assetId, copy } = healing;
    log.error({ assetId, copy, refusal }, 'a damaged original was not healed');
    const at = clock.now();
    return await database.transaction(async (tx) => {
      if (!(await this.#isStillOpen(tx, healing))) return 'nothing-owed';
      await healingRepository.refused(tx, id, refusal, at);
      const said = { healing: id, copy, from: otherCopy(copy), refusal };
      await appendEvents(tx, bySystem(at), [
        { type: 'asset.healing_refused', chain: `asset:${assetId}`, public: said },
      ]);
      return refusal;
    });
  }

  async #record(work: Work, placed: PlacedCopy): Promise<HealResult> {
    const { database, clock } = this.#parts;
    const { healing, asset } = work;
    const fields = healedFields(work, placed);
    const found = await examinePlace(healedCopy(work, placed));
    const at = clock.now();
    return await database.transaction(async (tx) => {
      if (!(await this.#isStillOpen(tx, healing))) return 'nothing-owed';
      await pin(tx, work, placed);
      await healingRepository.healed(tx, healing.id, at);
      await appendEvents(tx, bySystem(at), [{ type: 'asset.healed', chain: `asset:${asset.id}`, public: fields }]);
      await recordCheck(tx, this.#parts, { assetId: asset.id, copy: healing.copy, found, cause: 'healing' });
      return 'healed';
    });
  }

  /** The asset first, as everywhere; another worker may have ended it. */
  async #isStillOpen(tx: Tx, { id, assetId }: HealingRecord): Promise<boolean> {
    await assetRepository.lock(tx, assetId);
    const current = await healingRepository.lock(tx, id);
    return current !== null && isOpen(current);
  }
}

interface Work {
  readonly healing: HealingRecord;
  readonly asset: AssetRecord;
  readonly damaged: HeldCopy;
  readonly good: HeldCopy;
  /** The store to heal in failed to prove its locks, and is used all the same. */
  readonly isUnproved: boolean;
}

function isOpen({ state }: HealingRecord): boolean {
  return state === 'asked' || state === 'placing';
}

/** From now on the restored one is read. */
async function pin(tx: Tx, { healing, asset }: Work, { object, retention }: PlacedCopy): Promise<void> {
  if (healing.copy === 'original') {
    await assetRepository.change(tx, asset.id, { objectVersion: object.versionId, ...lockOf(retention) });
    return;
  }
  const row = await replicaRepository.find(tx, asset.id);
  if (row !== null) await replicaRepository.put(tx, { ...row, objectVersion: object.versionId, ...lockOf(retention) });
}

/** The copy as it is once the healing is recorded. */
function healedCopy({ damaged }: Work, placed: PlacedCopy): HeldCopy {
  const { copy, record } = damaged;
  const former = { ...record.former, [copy]: [...record.former[copy], ...keptOf(damaged, placed)] };
  const { lockMode, retainUntil: until } = lockOf(placed.retention);
  const lockedUntil = lockMode === 'COMPLIANCE' ? until : null;
  return { ...damaged, object: placed.object, record: { ...record, former }, lockedUntil };
}

/** What is kept of the damaged one: its version, or the files moved aside. */
function keptOf({ object }: HeldCopy, placed: PlacedCopy): string[] {
  return [...(object.versionId === null ? [] : [object.versionId]), ...placed.setAside];
}

/** What was damaged, from where it was healed, both versions, and what the bytes were proved to be. */
function healedFields({ healing, damaged, good }: Work, placed: PlacedCopy): EventFields {
  const { object, digests, retention, setAside, wasThere } = placed;
  const storeOf = ({ copy, record }: HeldCopy): EventValue => record.placed[copy]?.storeId ?? null;
  return {
    ...{ healing: healing.id, copy: healing.copy, found: healing.found, ...fieldsOf(healing.foundFacts) },
    ...{ store: storeOf(damaged), object_key: object.key, object_version: object.versionId },
    ...{ former_version: damaged.object.versionId, set_aside: [...setAside] },
    ...{ from: good.copy, from_store: storeOf(good), from_key: good.object.key, from_version: good.object.versionId },
    ...{ size_bytes: digests.sizeBytes, sha256: digestText(digests.sha256), sm3: `sm3:${toHex(digests.sm3)}` },
    ...{ block_root: digestText(digests.blockRoot), ...lockFields(retention) },
    // Put down by a try that was cut off before it could say so.
    ...(wasThere ? { resumed: true } : {}),
  };
}
