import type { CheckResult, Copy, Id } from '#domain';

const DAY_MS = 86_400_000;

/**
 * When the original is to be looked at next. Every original has its own moment in the period, by the random end of its
 * id: the load is flat however many were received on one day, and no two looks are further apart than the period.
 * What was not found intact is looked at again within a day, so that a recovery is seen.
 */
export function nextTurn(
  assetId: Id,
  result: CheckResult,
  { now, periodMs, copy = 'original' }: { now: Date; periodMs: number; copy?: Copy },
): Date {
  // A replica has its turn half a period later: one of the two was looked at not long ago.
  const aheadMs = copy === 'replica' ? Math.floor(periodMs / 2) : 0;
  const turn = new Date(ownMoment(assetId, new Date(now.getTime() + aheadMs), periodMs).getTime() - aheadMs);
  return result === 'intact' ? turn : new Date(Math.min(turn.getTime(), now.getTime() + DAY_MS));
}

/** The asset's moment in the period, the first after `now`. */
function ownMoment(assetId: Id, now: Date, periodMs: number): Date {
  const phaseMs = Math.floor((Number.parseInt(assetId.slice(-8), 16) / 2 ** 32) * periodMs);
  const periods = Math.floor((now.getTime() - phaseMs) / periodMs) + 1;
  return new Date(phaseMs + periods * periodMs);
}
