import type { AssetKind } from './asset.js';
import type { Id } from './ids.js';
import { findGapsAndOverlaps, GAP_TOLERANCE_MS, isRecording, type TimeFinding } from './replay.js';

/** A pause this long ends a recording; a shorter one is a gap in it. */
export const PAUSE_MS = 10 * 60_000;

/** A file of a recorder: a clip, a photograph, a piece of sound. */
export interface Clip {
  readonly assetId: Id;
  readonly kind: AssetKind;
  /** Who knows it by: its row in the register, else the number in the name. */
  readonly recorder: string;
  readonly officer: string | null;
  readonly sequence: number | null;
  /** ms since 1970 UTC, corrected by the measured offset. */
  readonly atMs: number;
  readonly durationMs: number | null;
  /** Marked as a key file on the recorder. */
  readonly isKeyMarked: boolean;
}

/** 一次录制: clips of one recorder and officer that follow one another, with what else it took meanwhile. */
export interface Recording<T extends Clip = Clip> {
  readonly recorder: string;
  readonly officer: string | null;
  readonly startMs: number;
  readonly endMs: number;
  /** Clips in the order of time. */
  readonly clips: readonly T[];
  /** Photographs and other files without a length, taken during it. */
  readonly stills: readonly T[];
  readonly gaps: readonly TimeFinding[];
  readonly overlaps: readonly TimeFinding[];
  /** Numbers between the first and the last clip that no file of the recording has: what may never have come. */
  readonly missingSequences: readonly number[];
}

/** More missing numbers than these are another way of counting, and no list is of use to anyone. */
const MOST_MISSING = 200;

/**
 * Groups what recorders gave: same recorder, same officer, no pause longer than `pauseMs`. A photograph belongs to the
 * recording it was taken in, or right before or after; others of one recorder form groups of their own. Every item is
 * in exactly one group, whatever its order in the list.
 */
export function groupRecordings<T extends Clip>(
  items: readonly T[],
  limits: { readonly pauseMs?: number; readonly gapLimitMs?: number } = {},
): Recording<T>[] {
  const { pauseMs = PAUSE_MS, gapLimitMs = GAP_TOLERANCE_MS } = limits;
  return [...bySource(items).values()]
    .flatMap((ofOne) => groupsOf(ofOne, pauseMs))
    .map((group) => toRecording(group, gapLimitMs))
    .sort((a, b) => a.startMs - b.startMs || (a.recorder < b.recorder ? -1 : 1));
}

interface Group<T> {
  readonly clips: T[];
  readonly stills: T[];
  startMs: number;
  endMs: number;
}

function bySource<T extends Clip>(items: readonly T[]): Map<string, T[]> {
  const sources = new Map<string, T[]>();
  for (const item of items) {
    const key = JSON.stringify([item.recorder, item.officer]);
    sources.set(key, [...(sources.get(key) ?? []), item]);
  }
  return sources;
}

function groupsOf<T extends Clip>(items: readonly T[], pauseMs: number): Group<T>[] {
  const groups: Group<T>[] = [];
  const ordered = [...items].sort(inOrder);
  for (const clip of ordered.filter(isClip)) {
    const last = groups.at(-1);
    const endMs = clip.atMs + (clip.durationMs ?? 0);
    if (last !== undefined && clip.atMs - last.endMs <= pauseMs) {
      last.clips.push(clip);
      last.endMs = Math.max(last.endMs, endMs);
    } else groups.push({ clips: [clip], stills: [], startMs: clip.atMs, endMs });
  }
  for (const still of ordered.filter((item) => !isClip(item))) {
    const near = groups.find(({ startMs, endMs }) => still.atMs >= startMs - pauseMs && still.atMs <= endMs + pauseMs);
    if (near === undefined) groups.push({ clips: [], stills: [still], startMs: still.atMs, endMs: still.atMs });
    else {
      near.stills.push(still);
      // A run of photographs goes on with its last; a recording ends with its clips.
      if (near.clips.length === 0) near.endMs = Math.max(near.endMs, still.atMs);
    }
  }
  return groups;
}

function isClip({ kind, durationMs }: Clip): boolean {
  return isRecording(kind) && durationMs !== null;
}

function inOrder(a: Clip, b: Clip): number {
  return a.atMs - b.atMs || (a.sequence ?? 0) - (b.sequence ?? 0) || (a.assetId < b.assetId ? -1 : 1);
}

function toRecording<T extends Clip>({ clips, stills, startMs, endMs }: Group<T>, gapLimitMs: number): Recording<T> {
  const [first] = [...clips, ...stills];
  const spans = clips.map((clip) => ({ ...clip, occurrenceId: '' }));
  return {
    recorder: first?.recorder ?? '',
    officer: first?.officer ?? null,
    startMs,
    endMs,
    clips,
    stills,
    ...findGapsAndOverlaps(spans, gapLimitMs),
    missingSequences: missingIn([...clips, ...stills]),
  };
}

/** Recorders count their files through: a number left out is a file that is not here. */
function missingIn(items: readonly Clip[]): number[] {
  const numbers = new Set(items.flatMap(({ sequence }) => sequence ?? []));
  if (numbers.size === 0) return [];
  const [from, to] = [Math.min(...numbers), Math.max(...numbers)];
  const missing: number[] = [];
  if (to - from - numbers.size > MOST_MISSING) return [];
  for (let n = from; n <= to; n++) if (!numbers.has(n)) missing.push(n);
  return missing;
}

/** A break that somebody explained in writing: between these two, from then to then. */
export interface GapExplanation {
  readonly afterAssetId: Id;
  readonly beforeAssetId: Id;
  readonly startMs: number;
  readonly endMs: number;
}

/** What was explained holds for the break between the same two, as long as it has not grown since. */
export function isExplained(
  gap: TimeFinding,
  explanations: readonly GapExplanation[],
  gapLimitMs = GAP_TOLERANCE_MS,
): boolean {
  return explanations.some(
    (one) =>
      one.afterAssetId === gap.afterAssetId &&
      one.beforeAssetId === gap.beforeAssetId &&
      gap.endMs - gap.startMs <= one.endMs - one.startMs + gapLimitMs,
  );
}
