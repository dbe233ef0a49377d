import { fitWithin, type Size } from './filters.js';
import { RENDITION_FLOOR_BYTES, RENDITION_SHARE } from './limits.js';
import type { VideoFacts } from './probe-facts.js';

export interface PicturePlan {
  readonly poster: Size & { readonly atMs: number };
  readonly storyboard: StoryboardPlan | null;
  /**
   * `key-frames`: one pass over all key frames. `seek`: one jump a tile; in a long recording most key frames would be
   * decoded only to be dropped.
   */
  readonly method: 'key-frames' | 'seek';
}

export interface StoryboardPlan {
  readonly tile: Size;
  /** Tile n shows the picture at n × intervalMs. */
  readonly count: number;
  readonly intervalMs: number;
}

export const SHEET_COLUMNS = 5;
export const SHEET_ROWS = 5;
export const SHEET_TILES = SHEET_COLUMNS * SHEET_ROWS;

const MAX_TILES = 100;
const TILE_WIDTH = 160;
const SHORTEST_INTERVAL_MS = 2_000;
const SEEK_FROM_MS = 10 * 60_000;
const POSTER_WIDTHS = [1280, 960, 640, 480, 320, 160];
// JPEG at the qualities used, for busy pictures; calm ones come out at a third.
const POSTER_BYTES_PER_PIXEL = 0.2;
const TILE_BYTES_PER_PIXEL = 0.3;

/**
 * How large and how many pictures to make. Those of a recording that plays by itself share 5 % of its size, less what
 * the peaks take; a recording that needs a proxy is not stinted.
 */
export function planPictures(recording: {
  readonly video: VideoFacts;
  readonly durationMs: number | null;
  /** null: no budget. */
  readonly playableSizeBytes: number | null;
}): PicturePlan {
  const { video, playableSizeBytes } = recording;
  const budget = playableSizeBytes === null ? Number.POSITIVE_INFINITY : renditionBudget(playableSizeBytes);
  const durationMs = recording.durationMs ?? 0;
  return {
    poster: { ...posterSize(video, budget * 0.4), atMs: Math.min(Math.round(durationMs / 10), 60_000) },
    storyboard: planStoryboard(video, durationMs, budget * 0.35),
    method: durationMs > SEEK_FROM_MS ? 'seek' : 'key-frames',
  };
}

/** Bytes all renditions of a playable original may take together. */
export function renditionBudget(originalSizeBytes: number): number {
  return Math.max(RENDITION_FLOOR_BYTES, Math.floor(originalSizeBytes * RENDITION_SHARE));
}

function posterSize(video: VideoFacts, budget: number): Size {
  const sizes = POSTER_WIDTHS.map((width) => fitWithin(video, { width, height: width }));
  const fitting = sizes.find((size) => size.width * size.height * POSTER_BYTES_PER_PIXEL <= budget);
  return fitting ?? fitWithin(video, { width: 160, height: 160 });
}

function planStoryboard(video: VideoFacts, durationMs: number, budget: number): StoryboardPlan | null {
  const tile = fitWithin(video, { width: TILE_WIDTH, height: TILE_WIDTH });
  const affordable = Math.floor(budget / (tile.width * tile.height * TILE_BYTES_PER_PIXEL));
  const most = Math.min(MAX_TILES, affordable);
  if (durationMs < 2 * SHORTEST_INTERVAL_MS || most < 2) return null;
  const intervalMs = Math.max(SHORTEST_INTERVAL_MS, Math.ceil(durationMs / most));
  return { tile, count: Math.max(1, Math.ceil(durationMs / intervalMs)), intervalMs };
}

/** WebVTT whose cues point at tiles (`sheet-1.jpg#xywh=160,0,160,90`), as players with previews read it. */
export function storyboardVtt(plan: StoryboardPlan, durationMs: number, sheets: readonly string[]): string {
  const cues: string[] = ['WEBVTT', ''];
  for (let n = 0; n < plan.count; n++) {
    const sheet = sheets[Math.floor(n / SHEET_TILES)];
    if (sheet === undefined) break;
    const place = n % SHEET_TILES;
    const left = (place % SHEET_COLUMNS) * plan.tile.width;
    const top = Math.floor(place / SHEET_COLUMNS) * plan.tile.height;
    const endMs = Math.min((n + 1) * plan.intervalMs, Math.max(durationMs, n * plan.intervalMs + 1));
    cues.push(`${vttTime(n * plan.intervalMs)} --> ${vttTime(endMs)}`);
    cues.push(`${sheet}#xywh=${left},${top},${plan.tile.width},${plan.tile.height}`, '');
  }
  return cues.join('\n');
}

function vttTime(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}
