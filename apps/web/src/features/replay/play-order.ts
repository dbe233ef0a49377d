import type { Replay } from '#contract';

type ReplayItem = Replay['chapters'][number]['items'][number];
type Finding = Replay['chapters'][number]['overlaps'][number];
type Gap = Replay['chapters'][number]['gaps'][number];

export const PHOTO_MS = 4_000;
export const PAGE_MS = 3_000;
/** A notice in place of what cannot be played. */
export const NOTICE_MS = 3_000;

/** One item on the line of the whole case. */
export interface ReplayEntry extends ReplayItem {
  readonly index: number;
  readonly chapterIndex: number;
  /** `moving` runs on the clock of its recording, `still` on ours, `notice` says why it cannot be shown. */
  readonly shown: 'moving' | 'still' | 'notice';
  /** Where the tied range begins inside the recording; 0 when the whole is tied. */
  readonly fromMs: number;
  readonly lengthMs: number;
  /** On the line of the whole case. */
  readonly startMs: number;
  readonly gapBefore: Gap | null;
  readonly overlapBeforeMs: number | null;
}

/** All items in the order given by the server, laid end to end. */
export function layOut(replay: Replay): ReplayEntry[] {
  const entries: ReplayEntry[] = [];
  let startMs = 0;
  for (const [chapterIndex, chapter] of replay.chapters.entries()) {
    for (const item of chapter.items) {
      const shown = shownAs(item);
      const { fromMs, lengthMs } = extentOf(item, shown);
      entries.push({
        ...item,
        index: entries.length,
        chapterIndex,
        shown,
        fromMs,
        lengthMs,
        startMs,
        gapBefore: chapter.gaps.find(({ beforeAssetId }) => beforeAssetId === item.asset.id) ?? null,
        overlapBeforeMs: lengthBefore(chapter.overlaps, item),
      });
      startMs += lengthMs;
    }
  }
  return entries;
}

export function totalMs(entries: readonly ReplayEntry[]): number {
  const last = entries.at(-1);
  return last ? last.startMs + last.lengthMs : 0;
}

/** The item at a moment of the whole case, and how far into it; held to the ends. */
export function locate(entries: readonly ReplayEntry[], atMs: number): { index: number; offsetMs: number } {
  const found = entries.findLast((entry) => entry.startMs <= Math.max(0, atMs));
  if (!found) return { index: 0, offsetMs: 0 };
  return { index: found.index, offsetMs: Math.min(Math.max(0, atMs - found.startMs), found.lengthMs) };
}

/** Which page of a paper is on screen. */
export function pageAt(entry: ReplayEntry, offsetMs: number): number {
  const pages = Math.max(1, entry.play.pages.length);
  return Math.min(pages - 1, Math.floor((offsetMs / entry.lengthMs) * pages));
}

function shownAs({ asset, play }: ReplayItem): ReplayEntry['shown'] {
  if (asset.viewing.state !== 'viewable') return 'notice';
  if (asset.kind === 'video' || asset.kind === 'sound') return play.mode === 'none' ? 'notice' : 'moving';
  return play.pages.length > 0 ? 'still' : 'notice';
}

function extentOf({ asset, play }: ReplayItem, shown: ReplayEntry['shown']): { fromMs: number; lengthMs: number } {
  if (shown === 'notice') return { fromMs: 0, lengthMs: NOTICE_MS };
  if (shown === 'still') {
    return { fromMs: 0, lengthMs: asset.kind === 'paper' ? PAGE_MS * play.pages.length : PHOTO_MS };
  }
  const whole = asset.durationMs ?? 0;
  const range = asset.link?.range;
  if (!range) return { fromMs: 0, lengthMs: Math.max(1, whole) };
  const endMs = whole > 0 ? Math.min(range.endMs, whole) : range.endMs;
  return { fromMs: range.startMs, lengthMs: Math.max(1, endMs - range.startMs) };
}

function lengthBefore(findings: readonly Finding[], { asset }: ReplayItem): number | null {
  return findings.find((finding) => finding.beforeAssetId === asset.id)?.durationMs ?? null;
}
