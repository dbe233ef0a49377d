import type { AssetKind } from './asset.js';
import type { StepOccurrence } from './case.js';
import type { Id } from './ids.js';
import type { Procedure, ProcedureStep } from './procedure.js';

/** Clips closer than this belong together: device standards ask ≤ 0.04 s between segments, real ones need more. */
export const GAP_TOLERANCE_MS = 1_000;

export interface ReplayInput {
  readonly assetId: Id;
  readonly occurrenceId: Id;
  readonly kind: AssetKind;
  /** ms since 1970 UTC; device time corrected by the measured offset, else the time of receipt. */
  readonly atMs: number;
  readonly durationMs: number | null;
}

export interface TimeFinding {
  readonly afterAssetId: Id;
  readonly beforeAssetId: Id;
  readonly startMs: number;
  readonly endMs: number;
}

export interface ReplayChapter<T extends ReplayInput> {
  readonly step: ProcedureStep;
  readonly occurrence: StepOccurrence;
  readonly items: readonly T[];
  /** Time inside the chapter that no recording covers, and time that several cover. */
  readonly gaps: readonly TimeFinding[];
  readonly overlaps: readonly TimeFinding[];
}

/**
 * The whole case in order: steps as the procedure has them, then their occurrences, items by time inside each.
 * Items of unknown length (photographs, papers) neither make nor fill gaps.
 */
export function arrangeReplay<T extends ReplayInput>(
  procedure: Procedure,
  occurrences: readonly StepOccurrence[],
  items: readonly T[],
  gapLimitMs = GAP_TOLERANCE_MS,
): ReplayChapter<T>[] {
  return procedure.steps.flatMap((step) =>
    occurrences
      .filter((occurrence) => occurrence.stepId === step.id)
      .sort((a, b) => a.n - b.n)
      .map((occurrence) => {
        const inside = items.filter((item) => item.occurrenceId === occurrence.id).sort(byTime);
        return { step, occurrence, items: inside, ...findGapsAndOverlaps(inside, gapLimitMs) };
      }),
  );
}

/** Looks along one clock: a gap lies between the end of all coverage so far and the next start. */
export function findGapsAndOverlaps(
  items: readonly ReplayInput[],
  limitMs = GAP_TOLERANCE_MS,
): { gaps: TimeFinding[]; overlaps: TimeFinding[] } {
  const clips = items.filter((item) => isRecording(item.kind) && item.durationMs !== null).sort(byTime);
  const gaps: TimeFinding[] = [];
  const overlaps: TimeFinding[] = [];
  let last: { item: ReplayInput; endMs: number } | null = null;
  for (const item of clips) {
    const endMs = item.atMs + (item.durationMs ?? 0);
    if (last !== null) {
      const found = { afterAssetId: last.item.assetId, beforeAssetId: item.assetId };
      if (item.atMs - last.endMs > limitMs) gaps.push({ ...found, startMs: last.endMs, endMs: item.atMs });
      const sharedUntilMs = Math.min(last.endMs, endMs);
      if (sharedUntilMs - item.atMs > limitMs) overlaps.push({ ...found, startMs: item.atMs, endMs: sharedUntilMs });
    }
    if (last === null || endMs > last.endMs) last = { item, endMs };
  }
  return { gaps, overlaps };
}

export function isRecording(kind: AssetKind): boolean {
  return kind === 'video' || kind === 'sound';
}

function byTime(a: ReplayInput, b: ReplayInput): number {
  return a.atMs - b.atMs || (a.assetId < b.assetId ? -1 : 1);
}
