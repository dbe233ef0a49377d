/** One tile of a storyboard sprite: what the picture looks like from `startMs` to `endMs`. */
export interface StoryboardCue {
  readonly startMs: number;
  readonly endMs: number;
  readonly url: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const TIMING = /^((?:\d+:)?\d{2}:\d{2}\.\d{3})\s+-->\s+((?:\d+:)?\d{2}:\d{2}\.\d{3})/;
const TILE = /^(.*)#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/;

/**
 * Reads a WebVTT thumbnail track whose payloads are `sprite.jpg#xywh=x,y,w,h` (Media Fragments URI 1.0 §4.2.2).
 * Lines it does not know are passed over: a storyboard is a convenience, never a reason to fail.
 * @param baseUrl address of the track, against which tile addresses are resolved
 */
export function parseStoryboard(vtt: string, baseUrl: string): StoryboardCue[] {
  const cues: StoryboardCue[] = [];
  const lines = vtt.split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    const timing = TIMING.exec(line.trim());
    const tile = TILE.exec(lines[i + 1]?.trim() ?? '');
    if (!timing || !tile) continue;
    const [x, y, width, height] = tile.slice(2).map(Number) as [number, number, number, number];
    const url = new URL(tile[1] ?? '', baseUrl).href;
    cues.push({ startMs: toMs(timing[1] ?? ''), endMs: toMs(timing[2] ?? ''), url, x, y, width, height });
  }
  return cues.sort((a, b) => a.startMs - b.startMs);
}

/** The tile at a moment: the last that has begun, so that small holes show the picture before them. */
export function cueAt(cues: readonly StoryboardCue[], ms: number): StoryboardCue | null {
  let low = 0;
  let high = cues.length - 1;
  let found: StoryboardCue | null = cues[0] ?? null;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const cue = cues[middle];
    if (cue && cue.startMs <= ms) {
      found = cue;
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  return found;
}

function toMs(clock: string): number {
  return clock.split(':').reduce((total, part) => total * 60 + Number(part), 0) * 1000;
}
