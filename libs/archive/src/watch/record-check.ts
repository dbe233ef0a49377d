import { isDeepStrictEqual } from 'node:util';
import { byWeight, type CheckCause, type CheckFacts, type CheckResult, type Copy, type Id } from '#domain';
import { type AssetCheckRecord, assetCheckRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem } from '../ledger/append-events.js';
import { fieldsOf } from './check-fields.js';
import type { Examination } from './examine-original.js';
import { nextTurn } from './turns.js';

export interface CheckedAsset {
  readonly result: CheckResult;
  readonly also: readonly CheckResult[];
  readonly facts: CheckFacts;
}

export interface SeenCopy {
  readonly assetId: Id;
  readonly copy: Copy;
  readonly found: Examination;
  readonly cause: CheckCause;
}

/**
 * Keeps what was found of a copy, in the transaction of the caller, who has locked the asset. A finding, a finding that
 * changes and a recovery are events in the asset's chain, each once; that all is still as it was is only noted.
 */
export async function recordCheck(
  tx: Tx,
  parts: Pick<ArchiveParts, 'clock' | 'settings' | 'replica'>,
  { assetId, copy, found, cause }: SeenCopy,
): Promise<{ check: CheckedAsset; isNews: boolean }> {
  const now = parts.clock.now();
  const before = await assetCheckRepository.find(tx, assetId, copy);
  const { facts } = found;
  const check = { ...byWeight(found.results), facts };
  const dueAt = nextTurn(assetId, check.result, { now, copy, periodMs: periodOf(parts, copy) });
  // A finding that stands is not covered up by a look that could not be had.
  if (check.result === 'not-run' && before !== null && isFinding(before.result)) {
    await assetCheckRepository.put(tx, { ...before, dueAt });
    return { check, isNews: false };
  }
  const isSame = before?.result === check.result;
  const record: AssetCheckRecord = {
    ...{ ...check, assetId, copy, dueAt },
    since: isSame ? before.since : now,
    checkedAt: check.result === 'not-run' ? (before?.checkedAt ?? null) : now,
  };
  await assetCheckRepository.put(tx, record);
  const isNews = isSame
    ? !isDeepStrictEqual([before.also, before.facts], [check.also, facts])
    : check.result !== 'intact' || (before?.result ?? 'intact') !== 'intact';
  if (isNews) {
    const of = copy === 'original' ? {} : { copy };
    const was = before?.result ?? null;
    const fields = { ...of, result: check.result, also: [...check.also], was, cause, ...fieldsOf(facts) };
    await appendEvents(tx, bySystem(now), [{ type: 'asset.checked', chain: `asset:${assetId}`, public: fields }]);
  }
  return { check, isNews };
}

export function periodOf({ settings, replica }: Pick<ArchiveParts, 'settings' | 'replica'>, copy: Copy): number {
  return copy === 'replica' && replica !== null ? replica.settings.watchPeriodMs : settings.watchPeriodMs;
}

function isFinding(result: CheckResult | null): boolean {
  return result !== null && result !== 'intact' && result !== 'not-run';
}
