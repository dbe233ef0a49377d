import type { CheckCause, Copy, Custody, ErrorCode, Id } from '#domain';
import { assetRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { heldCopy } from '../replica/held-copy.js';
import { type Examination, type ExaminationOptions, examineOriginal } from './examine-original.js';
import { type CheckedAsset, recordCheck } from './record-check.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'replica' | 'threads' | 'clock' | 'settings' | 'log'>;

export interface CheckOptions extends ExaminationOptions {
  readonly cause: CheckCause;
  /** The original, when not said. */
  readonly copy?: Copy;
}

/** What is quarantined is known not to be as it was sent; what is still arriving has no original yet. */
const WATCHED: ReadonlySet<Custody> = new Set(['received', 'sealed']);

/**
 * Looks at one original, or at its replica, again and keeps what was found. Nothing is removed, written over or healed
 * by a finding.
 */
export class CheckAsset {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /**
   * @returns null for an asset that is not watched, or has no replica
   * @throws ArchiveError `storage-unavailable` and the like when the look could not be had; see `giveUp`
   */
  async run(assetId: Id, { cause, copy = 'original', ...options }: CheckOptions): Promise<CheckedAsset | null> {
    const asset = await assetRepository.find(this.#parts.database.reader, assetId);
    if (asset === null || !WATCHED.has(asset.custody)) return null;
    const held = await heldCopy(this.#parts, asset, copy);
    if (held === null) return null;
    const found = await examineOriginal(this.#parts, asset, held, options);
    return await this.record(assetId, { copy, found, cause });
  }

  /** The look could not be had, and nobody tries again soon. A finding that stands is not covered up by it. */
  async giveUp(assetId: Id, reason: ErrorCode, cause: CheckCause, copy: Copy = 'original'): Promise<void> {
    await this.record(assetId, { copy, found: { results: ['not-run'], facts: { reason } }, cause });
  }

  /** Keeps what somebody found who looked for another reason. */
  async record(
    assetId: Id,
    seen: { readonly copy: Copy; readonly found: Examination; readonly cause: CheckCause },
  ): Promise<CheckedAsset | null> {
    const { database, log } = this.#parts;
    const recorded = await database.transaction(async (tx) => {
      const asset = await assetRepository.lock(tx, assetId);
      if (asset === null || !WATCHED.has(asset.custody)) return null;
      return await recordCheck(tx, this.#parts, { assetId, ...seen });
    });
    const { copy } = seen;
    if (recorded?.isNews) log.error({ assetId, copy, ...recorded.check }, 'what was found of an original has changed');
    return recorded?.check ?? null;
  }
}
