import type { CaseCheckCause, Custody, Id } from '#domain';
import {
  type AssetCheckRecord,
  type AssetRecord,
  assetCheckRepository,
  assetRepository,
  type CaseRecord,
  ledgerRepository,
  type Tx,
} from '#persistence';
import { chainsNamedBy, saidBy } from '../ledger/said.js';

/** A look at all originals of a case that was asked for and is not done. */
export interface OwedCheck {
  readonly cause: CaseCheckCause;
  readonly askedAt: Date;
}

/** How one original stands in a look at all of a case. */
export interface OriginalInCheck {
  readonly asset: AssetRecord;
  readonly isDone: boolean;
  /** Means nothing while it is not done. */
  readonly isIntact: boolean;
}

/** The newest look at all originals of a case: the one under way, or the last that was done. */
export interface OriginalsCheckDetail extends OwedCheck {
  readonly done: number;
  readonly total: number;
  /** Null while it is under way. */
  readonly doneAt: Date | null;
  /** Of those that are done. */
  readonly intact: number;
  /** Of those that are done and still in the case. */
  readonly notIntact: readonly { readonly assetId: Id; readonly fileName: string }[];
}

/** What is quarantined is known not to be as it was sent, and is not read; what is still arriving is no original yet. */
const ORIGINALS: ReadonlySet<Custody> = new Set(['received', 'sealed', 'quarantined']);

export function owedCheckOf(found: CaseRecord): OwedCheck | null {
  const { originalsCheckAskedAt: askedAt, originalsCheckCause: cause, originalsCheckedAt } = found;
  return askedAt === null || cause === null || originalsCheckedAt !== null ? null : { askedAt, cause };
}

export async function isLookedAt(tx: Tx, assetId: Id, since: Date): Promise<boolean> {
  return isSince(await assetCheckRepository.find(tx, assetId), since);
}

/**
 * The originals that a check of this moment is about. What was received after it is not waited for, or a case that is
 * filled would never be done; it counts when it was looked at all the same.
 */
export async function originalsInCheck(tx: Tx, caseId: Id, askedAt: Date): Promise<OriginalInCheck[]> {
  const assets = (await assetRepository.ofCase(tx, caseId)).filter(({ custody }) => ORIGINALS.has(custody));
  const checks = await assetCheckRepository.ofMany(
    tx,
    assets.map(({ id }) => id),
  );
  const seen = new Map(checks.filter(({ copy }) => copy === 'original').map((check) => [check.assetId, check]));
  const originals = assets.map((asset) => {
    const check = seen.get(asset.id) ?? null;
    const isQuarantined = asset.custody === 'quarantined';
    const isIntact = !isQuarantined && check?.result === 'intact';
    return { asset, isDone: isQuarantined || isSince(check, askedAt), isIntact };
  });
  return originals.filter(({ asset, isDone }) => isDone || (asset.receivedAt !== null && asset.receivedAt <= askedAt));
}

/** @returns null when it was never asked for */
export async function describeOriginalsCheck(tx: Tx, found: CaseRecord): Promise<OriginalsCheckDetail | null> {
  const owed = owedCheckOf(found);
  if (owed === null) return await lastCheck(tx, found);
  const originals = await originalsInCheck(tx, found.id, owed.askedAt);
  const done = originals.filter(({ isDone }) => isDone);
  const notIntact = done.filter(({ isIntact }) => !isIntact).map(({ asset }) => named(asset));
  const counts = { done: done.length, total: originals.length, intact: done.length - notIntact.length };
  return { ...owed, ...counts, doneAt: null, notIntact };
}

/** As its event has it. */
async function lastCheck(tx: Tx, found: CaseRecord): Promise<OriginalsCheckDetail | null> {
  const { id, originalsCheckAskedAt: askedAt } = found;
  const event = askedAt === null ? null : await ledgerRepository.last(tx, `case:${id}`, 'case.originals_checked');
  if (askedAt === null || event === null) return null;
  const { cause, originals, intact } = saidBy(event) as { cause: CaseCheckCause; originals: number; intact: number };
  const bad = new Set(chainsNamedBy(event));
  // Named as long as they are in the case: who may see the case may see them.
  const assets = bad.size === 0 ? [] : await assetRepository.ofCase(tx, id);
  const notIntact = assets.filter((asset) => bad.has(`asset:${asset.id}`)).map(named);
  return { cause, askedAt, done: originals, total: originals, doneAt: event.at, intact, notIntact };
}

function isSince(check: AssetCheckRecord | null, since: Date): boolean {
  return check !== null && check.checkedAt !== null && check.checkedAt >= since;
}

function named({ id, fileName }: AssetRecord): OriginalsCheckDetail['notIntact'][number] {
  return { assetId: id, fileName };
}
