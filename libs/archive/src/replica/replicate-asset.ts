import { type Id, isArchiveError, toHex, utc } from '#domain';
import type { ObjectStore, Retention } from '#object-store';
import { type AssetRecord, assetRepository, replicaRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem } from '../ledger/append-events.js';
import { digestText } from '../ledger/canonical.js';
import type { LockProof } from '../seal/lock-proof.js';
import type { CheckAsset } from '../watch/check-asset.js';
import { recordCheck } from '../watch/record-check.js';
import { lockEnd, requireHeldCopy } from './held-copy.js';
import { NotReadBack, type PlacedCopy, placeCopy, SourceDiffers } from './place-copy.js';
import type { OpenedReplica } from './replica.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'replica' | 'clock' | 'settings' | 'threads' | 'log'>;

/** `not-as-sealed`: the original, or what was read back of its copy, is not what was sealed; a finding says so. */
export type ReplicationResult = 'replicated' | 'not-as-sealed' | 'nothing-owed';

/**
 * Copies a sealed original into the second store: hashed on the way and held against the seal, read back, locked,
 * recorded. Idempotent: a crash anywhere before the record repeats it, and takes what is there and right.
 */
export class ReplicateAsset {
  readonly #parts: Needs;
  readonly #proof: LockProof | null;
  readonly #check: CheckAsset;

  /** @param proof of the locks of the second store; null where there is none */
  constructor(parts: Needs, proof: LockProof | null, check: CheckAsset) {
    this.#parts = parts;
    this.#proof = proof;
    this.#check = check;
  }

  /**
   * @throws ArchiveError `storage-unavailable`, `storage-foreign` and the like: worth another try; nothing is recorded
   */
  async run(assetId: Id, signal?: AbortSignal): Promise<ReplicationResult> {
    const replica = this.#parts.replica && (await this.#parts.replica.open());
    if (!replica) return 'nothing-owed';
    const asset = await assetRepository.find(this.#parts.database.reader, assetId);
    if (asset === null || !(await this.#isOwed(asset, replica))) return 'nothing-owed';
    const isUnproved = (await this.#proof?.require()) === 'failed';
    const placed = await this.#place(asset, { store: replica.store, isUnproved }, signal);
    return placed === null ? 'not-as-sealed' : await this.#record(asset, replica, placed);
  }

  async #isOwed({ id, custody }: AssetRecord, replica: OpenedReplica): Promise<boolean> {
    const row = await replicaRepository.find(this.#parts.database.reader, id);
    return custody === 'sealed' && row?.storeId !== replica.id;
  }

  /** @returns null when a finding was recorded instead */
  async #place(
    asset: AssetRecord,
    { store, isUnproved }: { readonly store: ObjectStore; readonly isUnproved: boolean },
    signal?: AbortSignal,
  ): Promise<PlacedCopy | null> {
    const { replica } = this.#parts;
    const original = await requireHeldCopy(this.#parts, asset, 'original');
    const { object, record } = original;
    try {
      return await placeCopy(this.#parts, {
        ...{ record, signal, attempt: asset.id, mayBeThere: true, isUnproved },
        from: original,
        to: { store, key: object.key, damagedVersion: null },
        lockUntil: lockEnd(this.#parts, asset, original),
        bytesPerSecond: replica?.settings.bytesPerSecond,
      });
    } catch (error) {
      if (error instanceof NotReadBack) await this.#copyDiffers(asset.id);
      else if (isOfTheOriginal(error)) await this.#check.run(asset.id, { cause: 'replication', signal });
      else throw error;
      return null;
    }
  }

  async #copyDiffers(assetId: Id): Promise<void> {
    const found = { results: ['altered'] as const, facts: {} };
    await this.#check.record(assetId, { copy: 'replica', found, cause: 'replication' });
  }

  async #record(
    asset: AssetRecord,
    { id: storeId, store }: OpenedReplica,
    { object, retention, digests, setAside }: PlacedCopy,
  ): Promise<ReplicationResult> {
    const { database, clock } = this.#parts;
    const at = clock.now();
    return await database.transaction(async (tx) => {
      const current = await assetRepository.lock(tx, asset.id);
      const before = await replicaRepository.find(tx, asset.id);
      if (current?.custody !== 'sealed' || before?.storeId === storeId) return 'nothing-owed';
      await replicaRepository.put(tx, {
        ...{ assetId: asset.id, storeId, objectKey: object.key, objectVersion: object.versionId },
        ...{ sizeBytes: object.sizeBytes, replicatedAt: at, ...lockOf(retention) },
      });
      await appendEvents(tx, bySystem(at), [
        {
          type: 'asset.replicated',
          chain: `asset:${asset.id}`,
          public: {
            ...{ store: storeId, store_kind: store.kind, object_key: object.key, object_version: object.versionId },
            ...{ size_bytes: digests.sizeBytes, sha256: digestText(digests.sha256), sm3: `sm3:${toHex(digests.sm3)}` },
            ...{ block_root: digestText(digests.blockRoot), ...lockFields(retention) },
            ...(setAside.length === 0 ? {} : { set_aside: [...setAside] }),
          },
        },
      ]);
      // It was just read from its first byte to its last: that was the first look.
      const found = { results: [], facts: {} };
      await recordCheck(tx, this.#parts, { assetId: asset.id, copy: 'replica', found, cause: 'replication' });
      return 'replicated';
    });
  }
}

/** It is gone, ends early, or is not what was sealed. */
function isOfTheOriginal(error: unknown): boolean {
  const isGone = isArchiveError(error, 'object-missing') || isArchiveError(error, 'object-altered');
  return isGone || error instanceof SourceDiffers;
}

export function lockOf({ mode, until }: Retention): { lockMode: Retention['mode']; retainUntil: Date | null } {
  return { lockMode: mode, retainUntil: mode === 'none' ? null : until };
}

/** As events say it. */
export function lockFields(retention: Retention): { lock: string; retain_until: string | null } {
  const { lockMode, retainUntil: until } = lockOf(retention);
  return { lock: lockMode, retain_until: until === null ? null : utc(until) };
}
