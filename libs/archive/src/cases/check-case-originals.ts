import type { CaseCheckCause, Id } from '#domain';
import { assetRepository, caseRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem } from '../ledger/append-events.js';
import type { CheckAsset } from '../watch/check-asset.js';
import { isLookedAt, type OwedCheck, originalsInCheck, owedCheckOf } from './originals-check.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

export interface LookOptions {
  readonly signal?: AbortSignal;
  readonly bytesPerSecond?: number;
}

/** `more-to-look-at`: something came into the case meanwhile; the sweep asks again. */
export type CaseCheckOutcome = 'checked' | 'nothing-owed' | 'more-to-look-at';

/** A leaf has at most 65 535 bytes; beyond this their number says enough. */
const NAMED = 1_000;

/**
 * Reads every original of a case again, as the watch does: what is found of one is an event of its own chain and an
 * alarm. When all have been looked at, the case's chain says so, with what was found.
 *
 * Idempotent: whatever was looked at since it was asked for is not read twice, and the last step is done once.
 */
export class CheckCaseOriginals {
  readonly #parts: Needs;
  readonly #originals: CheckAsset;

  constructor(parts: Needs, originals: CheckAsset) {
    this.#parts = parts;
    this.#originals = originals;
  }

  /**
   * @param cause a check that is owed for another cause is left alone: who waits for it has it done at another pace
   * @throws ArchiveError of a store that is away, and the like: worth another try
   */
  async run(caseId: Id, cause: CaseCheckCause, options: LookOptions = {}): Promise<CaseCheckOutcome> {
    const { database } = this.#parts;
    if ((await this.#owed(caseId, cause)) === null) return 'nothing-owed';
    for (const { id } of await assetRepository.ofCase(database.reader, caseId)) {
      options.signal?.throwIfAborted();
      // Asked each time: it may have become urgent, or the case may have been closed.
      const owed = await this.#owed(caseId, cause);
      if (owed === null) return 'nothing-owed';
      if (await isLookedAt(database.reader, id, owed.askedAt)) continue;
      await this.#originals.run(id, { cause, ...options });
    }
    return await database.transaction((tx) => this.#record(tx, caseId, cause));
  }

  async #owed(caseId: Id, cause: CaseCheckCause): Promise<OwedCheck | null> {
    const found = await caseRepository.find(this.#parts.database.reader, caseId);
    const owed = found && owedCheckOf(found);
    return owed?.cause === cause ? owed : null;
  }

  async #record(tx: Tx, caseId: Id, cause: CaseCheckCause): Promise<CaseCheckOutcome> {
    const found = await caseRepository.lock(tx, caseId);
    const owed = found && owedCheckOf(found);
    if (owed?.cause !== cause) return 'nothing-owed';
    const originals = await originalsInCheck(tx, caseId, owed.askedAt);
    if (!originals.every((original) => original.isDone)) return 'more-to-look-at';
    const at = this.#parts.clock.now();
    await caseRepository.setOriginalsChecked(tx, caseId, at);
    const bad = originals.filter(({ isIntact }) => !isIntact).map(({ asset }) => asset.id);
    await appendEvents(tx, bySystem(at), [
      {
        type: 'case.originals_checked',
        chain: `case:${caseId}`,
        on: bad.slice(0, NAMED).map((assetId) => `asset:${assetId}` as const),
        public: { cause, originals: originals.length, intact: originals.length - bad.length },
      },
    ]);
    return 'checked';
  }
}
