import { isDeepStrictEqual } from 'node:util';
import {
  byWeight,
  type CheckCause,
  type CheckFacts,
  type CheckResult,
  type Custody,
  type ErrorCode,
  type EventValue,
  type Id,
} from '#domain';
import { type AssetCheckRecord, assetCheckRepository, assetRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem, type EventFields } from '../ledger/append-events.js';
import { type Examination, type ExaminationOptions, examineOriginal } from './examine-original.js';
import { nextTurn } from './turns.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'threads' | 'clock' | 'settings' | 'log'>;

export interface CheckOptions extends ExaminationOptions {
  readonly cause: CheckCause;
}

export interface CheckedAsset {
  readonly result: CheckResult;
  readonly also: readonly CheckResult[];
  readonly facts: CheckFacts;
}

/** What is quarantined is known not to be as it was sent; what is still arriving has no original yet. */
const WATCHED: ReadonlySet<Custody> = new Set(['received', 'sealed']);

/**
 * Looks at one original again and keeps what was found. A finding, a finding that changes and a recovery are events in
 * the asset's chain, each once; that all is still as it was is only noted. Nothing is removed, written over or healed
 * by a finding.
 */
export class CheckAsset {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /**
   * @returns null for an asset that is not watched
   * @throws ArchiveError `storage-unavailable` and the like when the look could not be had; see `giveUp`
   */
  async run(assetId: Id, { cause, ...options }: CheckOptions): Promise<CheckedAsset | null> {
    const asset = await assetRepository.find(this.#parts.database.reader, assetId);
    if (asset === null || !WATCHED.has(asset.custody)) return null;
    const found = await examineOriginal(this.#parts, asset, options);
    return await this.#record(assetId, found, cause);
  }

  /** The look could not be had, and nobody tries again soon. A finding that stands is not covered up by it. */
  async giveUp(assetId: Id, reason: ErrorCode, cause: CheckCause): Promise<void> {
    await this.#record(assetId, { results: ['not-run'], facts: { reason } }, cause);
  }

  async #record(assetId: Id, found: Examination, cause: CheckCause): Promise<CheckedAsset | null> {
    const { database, log } = this.#parts;
    const recorded = await database.transaction(async (tx) => await this.#recordIn(tx, assetId, found, cause));
    if (recorded?.isNews) log.error({ assetId, ...recorded.check }, 'what was found of an original has changed');
    return recorded?.check ?? null;
  }

  async #recordIn(tx: Tx, assetId: Id, { results, facts }: Examination, cause: CheckCause) {
    const { clock, settings } = this.#parts;
    const asset = await assetRepository.lock(tx, assetId);
    if (asset === null || !WATCHED.has(asset.custody)) return null;
    const now = clock.now();
    const before = await assetCheckRepository.find(tx, assetId);
    const check = { ...byWeight(results), facts };
    const dueAt = nextTurn(assetId, check.result, { now, periodMs: settings.watchPeriodMs });
    if (check.result === 'not-run' && before !== null && isFinding(before.result)) {
      await assetCheckRepository.put(tx, { ...before, dueAt });
      return { check, isNews: false };
    }
    const isSame = before?.result === check.result;
    const record: AssetCheckRecord = {
      ...check,
      assetId,
      dueAt,
      since: isSame ? before.since : now,
      checkedAt: check.result === 'not-run' ? (before?.checkedAt ?? null) : now,
    };
    await assetCheckRepository.put(tx, record);
    const isNews = isSame
      ? !isDeepStrictEqual([before.also, before.facts], [check.also, check.facts])
      : check.result !== 'intact' || (before?.result ?? 'intact') !== 'intact';
    if (isNews) {
      const was = before?.result ?? null;
      const fields = { result: check.result, also: [...check.also], was, cause, ...fieldsOf(facts) };
      await appendEvents(tx, bySystem(now), [{ type: 'asset.checked', chain: `asset:${assetId}`, public: fields }]);
    }
    return { check, isNews };
  }
}

function isFinding(result: CheckResult | null): boolean {
  return result !== null && result !== 'intact' && result !== 'not-run';
}

/** As events write names. */
function fieldsOf({ range, ...facts }: CheckFacts): EventFields {
  const fields: Record<string, EventValue> = {};
  for (const [name, value] of Object.entries(facts)) fields[snakeCase(name)] = value;
  if (range) Object.assign(fields, { range_start_ms: range.startMs, range_end_ms: range.endMs });
  return fields;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
