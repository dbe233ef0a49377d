import type { CheckFacts } from '#domain';
import { BLOCK_BYTES } from '#tlog';
import type { BadBlocks } from './bad-blocks.js';

export interface RecordingFacts {
  readonly sizeBytes: number;
  readonly durationMs: number;
  /** Lengths of the stretches from key frame to key frame, when they are known. */
  readonly stretchesMs: readonly number[] | null;
}

/**
 * About which part of a recording lies in the bad blocks. Nothing tells at which byte a picture is stored, so it is
 * reckoned as if every second took as many bytes, and widened to the key frames around it where those are known: what
 * follows a damaged picture, up to the next key frame, is made from it.
 */
export function damagedRange(
  recording: RecordingFacts,
  bad: BadBlocks,
): Required<Pick<CheckFacts, 'range' | 'rangeSource'>> | null {
  const { sizeBytes, durationMs, stretchesMs } = recording;
  if (sizeBytes === 0 || durationMs === 0) return null;
  const timeOf = (block: number): number => (Math.min(sizeBytes, block * BLOCK_BYTES) / sizeBytes) * durationMs;
  const startMs = Math.min(Math.floor(timeOf(bad.first)), durationMs - 1);
  const endMs = Math.max(Math.ceil(timeOf(bad.last + 1)), startMs + 1);
  if (!stretchesMs?.length) return { range: { startMs, endMs }, rangeSource: 'proportional' };
  const cuts = cutsOf(stretchesMs);
  const range = {
    startMs: cuts.findLast((cut) => cut <= startMs) ?? 0,
    endMs: cuts.find((cut) => cut >= endMs) ?? durationMs,
  };
  return { range, rangeSource: 'key-frames' };
}

/** Moments of the key frames, and the end. */
function cutsOf(stretchesMs: readonly number[]): number[] {
  let at = 0;
  const ends = stretchesMs.map((stretch) => {
    at += stretch;
    return Math.round(at);
  });
  return [0, ...ends];
}
