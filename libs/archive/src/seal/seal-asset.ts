import { type Digest, type Id, isArchiveError, retainUntil, toHex, utc } from '#domain';
import type { Retention } from '#object-store';
import { type AssetRecord, assetCheckRepository, assetRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { storedOriginal } from '../assets/stored-original.js';
import { digestFile, type FileDigests } from '../digest/digest-file.js';
import { withLinesOfAsset } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, bySystem } from '../ledger/append-events.js';
import { digestText } from '../ledger/canonical.js';
import { enqueueWork } from '../upkeep/enqueue-owed.js';
import { nextTurn } from '../watch/turns.js';
import type { LockProof } from './lock-proof.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'replica' | 'queue' | 'clock' | 'settings' | 'threads' | 'log'>;

export type SealResult = 'sealed' | 'quarantined' | 'nothing-owed';

/**
 * Reads the stored version back once, computes SHA-256, SM3 and the block root, compares them with what was received
 * and declared, locks the version, records. Nothing is called sealed before all of it holds; any difference
 * quarantines the asset and says why. Idempotent: a crash anywhere before the record repeats it whole.
 */
export class SealAsset {
  readonly #parts: Needs;
  readonly #proof: LockProof;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, proof: LockProof, rules: RuleShelf) {
    this.#parts = parts;
    this.#proof = proof;
    this.#rules = rules;
  }

  /**
   * @throws ArchiveError `storage-unavailable` and the like: worth another try; nothing is recorded. `lock-not-held`
   *   when the store failed the lock self-test: the original stays received
   */
  async run(assetId: Id, signal?: AbortSignal): Promise<SealResult> {
    const asset = await assetRepository.find(this.#parts.database.reader, assetId);
    if (asset?.custody !== 'received') return 'nothing-owed';
    const isProved = (await this.#proof.require()) !== 'failed';
    const found = await this.#readBack(asset, signal);
    if ('difference' in found) return await this.#quarantine(asset, found.difference, found.facts);
    const result = await this.#lockAndRecord(asset, found.digests, isProved);
    if (result === 'sealed' && this.#parts.replica !== null)
      await enqueueWork(this.#parts, assetId, ['asset.replicate']);
    return result;
  }

  async #readBack(asset: AssetRecord, signal?: AbortSignal): Promise<{ digests: FileDigests } | Difference> {
    const { store, threads } = this.#parts;
    const object = storedOriginal(asset);
    try {
      const versions = await store.listVersions(object.area, object.key);
      if (versions.length > 1) return { difference: 'extra-version', facts: { versions: versions.length } };
      // Reading asks for the recorded size: what was added behind it, or is missing at the end, shows only here.
      const { sizeBytes } = await store.stat(object);
      if (sizeBytes !== asset.sizeBytes) return sizeDiffers(asset, sizeBytes);
      const digests = await digestFile(threads, await store.readBlocks(object, signal), signal);
      return compare(asset, digests) ?? { digests };
    } catch (error) {
      if (isArchiveError(error, 'object-missing')) {
        // A store that is not there is no finding about the original.
        await store.check();
        return { difference: 'missing', facts: {} };
      }
      // It became shorter while it was read.
      if (isArchiveError(error, 'object-altered')) return { difference: 'size', facts: { expected: asset.sizeBytes } };
      throw error;
    }
  }

  async #lockAndRecord(asset: AssetRecord, digests: FileDigests, isProved: boolean): Promise<SealResult> {
    const { database, clock, settings } = this.#parts;
    const retention = await this.#lock(asset, isProved);
    const sealedAt = clock.now();
    return await database.transaction(async (tx) => {
      const current = await assetRepository.lock(tx, asset.id);
      if (current?.custody !== 'received') return 'nothing-owed';
      const sha256 = digestText(digests.sha256);
      const sm3: Digest = `sm3:${toHex(digests.sm3)}`;
      const lockedUntil = retention.mode === 'none' ? null : retention.until;
      await assetRepository.change(tx, asset.id, {
        custody: 'sealed',
        sha256,
        sm3,
        sealedAt,
        retainUntil: lockedUntil,
        lockMode: retention.mode,
      });
      // It was just read from its first byte to its last: that was the first look of the watch.
      const dueAt = nextTurn(asset.id, 'intact', { now: sealedAt, periodMs: settings.watchPeriodMs });
      const seen = { assetId: asset.id, copy: 'original' as const, result: 'intact' as const, also: [], facts: {} };
      await assetCheckRepository.put(tx, { ...seen, since: sealedAt, checkedAt: sealedAt, dueAt });
      await appendEvents(tx, bySystem(sealedAt), [
        {
          type: 'asset.sealed',
          chain: `asset:${asset.id}`,
          public: {
            size_bytes: digests.sizeBytes,
            sha256,
            sm3,
            block_root: digestText(digests.blockRoot),
            object_key: asset.objectKey,
            object_version: asset.objectVersion,
            declared_sha256: asset.declaredSha256,
            lock: retention.mode,
            retain_until: lockedUntil === null ? null : utc(lockedUntil),
            ...(isProved ? {} : { lock_proved: false }),
          },
        },
      ]);
      return 'sealed';
    });
  }

  /** On a store that may be without locks, what it does hold is recorded. */
  async #lock(asset: AssetRecord, isProved: boolean): Promise<Retention> {
    const { store, clock, settings } = this.#parts;
    const object = storedOriginal(asset);
    const until = retainUntil(asset.receivedAt ?? clock.now(), settings.retentionDays);
    try {
      return await store.lock(object, until);
    } catch (error) {
      if (isProved || !isArchiveError(error, 'lock-not-held')) throw error;
      return await store.retention(object);
    }
  }

  async #quarantine(asset: AssetRecord, difference: string, facts: Difference['facts']): Promise<SealResult> {
    const { database, clock, log } = this.#parts;
    const at = clock.now();
    log.error({ assetId: asset.id, difference, ...facts }, 'asset quarantined');
    return await database.transaction(async (tx) => {
      const current = await assetRepository.lock(tx, asset.id);
      if (current?.custody !== 'received') return 'nothing-owed';
      await assetRepository.change(tx, asset.id, { custody: 'quarantined', quarantineReason: difference });
      await withLinesOfAsset(tx, this.#rules, { assetId: asset.id, now: at }, () =>
        appendEvents(tx, bySystem(at), [
          { type: 'asset.quarantined', chain: `asset:${asset.id}`, public: { difference, ...facts } },
        ]),
      );
      return 'quarantined';
    });
  }
}

interface Difference {
  /** `missing`, `extra-version`, `size`, `block-root`, `declared-sha256`. */
  readonly difference: string;
  readonly facts: { readonly [name: string]: string | number | null };
}

/** The first thing that differs, most telling first; null when all agree. */
function compare(asset: AssetRecord, digests: FileDigests): Difference | null {
  if (digests.sizeBytes !== asset.sizeBytes) return sizeDiffers(asset, digests.sizeBytes);
  const root = digestText(digests.blockRoot);
  if (root !== asset.blockRoot) return { difference: 'block-root', facts: { expected: asset.blockRoot, found: root } };
  const whole = digestText(digests.sha256);
  if (asset.declaredSha256 !== null && whole !== asset.declaredSha256) {
    return { difference: 'declared-sha256', facts: { expected: asset.declaredSha256, found: whole } };
  }
  return null;
}

function sizeDiffers(asset: AssetRecord, foundBytes: number): Difference {
  return { difference: 'size', facts: { expected: asset.sizeBytes, found: foundBytes } };
}
