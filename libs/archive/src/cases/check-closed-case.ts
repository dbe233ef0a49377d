import type { CheckResult, Id } from '#domain';
import {
  type AssetRecord,
  assetCheckRepository,
  assetRepository,
  type CaseRecord,
  caseRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem } from '../ledger/append-events.js';
import type { CheckAsset } from '../watch/check-asset.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

export interface LookOptions {
  readonly signal?: AbortSignal;
  readonly bytesPerSecond?: number;
}

/** A leaf has at most 65 535 bytes; beyond this their number says enough. */
const NAMED = 1_000;

/**
 * Reads every original of a closed case again, as the watch does: what is found of one is an event of its own chain and
 * an alarm. When all have been looked at, the case's chain says so, with what was found.
 *
 * Idempotent: whatever was looked at since the case was closed is not read twice, and the last step is done once.
 */
export class CheckClosedCase {
  readonly #parts: Needs;
  readonly #originals: CheckAsset;

  constructor(parts: Needs, originals: CheckAsset) {
    this.#parts = parts;
    this.#originals = originals;
  }

  /** @throws ArchiveError of a store that is away, and the like: worth another try */
  async run(caseId: Id, options: LookOptions = {}): Promise<'checked' | 'nothing-owed'> {
    const { database } = this.#parts;
    const found = await caseRepository.find(database.reader, caseId);
    if (found === null || !isOwed(found)) return 'nothing-owed';
    for (const asset of await assetRepository.ofCase(database.reader, caseId)) {
      options.signal?.throwIfAborted();
      const last = await assetCheckRepository.find(database.reader, asset.id);
      if (last?.checkedAt && last.checkedAt >= found.closedAt) continue;
      await this.#originals.run(asset.id, { cause: 'close', ...options });
    }
    return await database.transaction((tx) => this.#record(tx, caseId));
  }

  async #record(tx: Tx, caseId: Id): Promise<'checked' | 'nothing-owed'> {
    const found = await caseRepository.lock(tx, caseId);
    if (found === null || !isOwed(found)) return 'nothing-owed';
    const at = this.#parts.clock.now();
    await caseRepository.setOriginalsChecked(tx, caseId, at);
    const seen = await resultsOf(tx, await assetRepository.ofCase(tx, caseId));
    const bad = seen.filter(({ result }) => result !== 'intact').map(({ assetId }) => assetId);
    await appendEvents(tx, bySystem(at), [
      {
        type: 'case.originals_checked',
        chain: `case:${caseId}`,
        on: bad.slice(0, NAMED).map((assetId) => `asset:${assetId}` as const),
        public: { cause: 'close', originals: seen.length, intact: seen.length - bad.length },
      },
    ]);
    return 'checked';
  }
}

function isOwed(found: CaseRecord): found is CaseRecord & { readonly closedAt: Date } {
  return found.closedAt !== null && found.originalsCheckedAt === null;
}

/** What is quarantined is known not to be as it was sent. */
async function resultsOf(
  tx: Tx,
  assets: readonly AssetRecord[],
): Promise<{ assetId: Id; result: CheckResult | 'quarantined' | null }[]> {
  const results = [];
  for (const { id: assetId, custody } of assets) {
    const result =
      custody === 'quarantined' ? custody : ((await assetCheckRepository.find(tx, assetId))?.result ?? null);
    results.push({ assetId, result });
  }
  return results;
}
