import type { MediaRange } from './asset.js';

/**
 * What looking at a stored original again can say, worst first. `lock-weaker`: shorter or weaker than was recorded at
 * the seal. `extra-version`: somebody wrote or put a delete marker at its key; the original itself is still read by
 * its version. `not-run`: the look could not be had (store away, time out), which says nothing about the original.
 */
export const CHECK_RESULTS = [
  'missing',
  'altered',
  'unreadable',
  'lock-weaker',
  'extra-version',
  'not-run',
  'intact',
] as const;
export type CheckResult = (typeof CHECK_RESULTS)[number];

/** What made somebody look. */
export type CheckCause = 'scrub' | 'archive-check' | 'court' | 'export' | 'close';

/** What is known of a finding. Only what holds from one look to the next: the same finding is told once. */
export interface CheckFacts {
  /** Blocks are counted from 0; a block is 1 MiB. Absent when the list of blocks cannot tell. */
  readonly firstBadBlock?: number;
  readonly badBlocks?: number;
  /** Blocks the original had when it was received. */
  readonly blocks?: number;
  readonly expectedBytes?: number;
  readonly foundBytes?: number;
  /** About which part of a recording lies in the bad blocks. */
  readonly range?: MediaRange;
  /**
   * `proportional`: as if every second took as many bytes. `key-frames`: the same, widened to the key frames around
   * it, because a picture is made of all that follows its key frame.
   */
  readonly rangeSource?: 'proportional' | 'key-frames';
  readonly extraVersions?: number;
  readonly deleteMarkers?: number;
  readonly lockMode?: 'COMPLIANCE' | 'GOVERNANCE' | 'none';
  /** RFC 3339 UTC. */
  readonly lockUntil?: string;
  /** Error code, where an error is what was found. */
  readonly reason?: string;
}

/** The worst names the finding; the others go with it. */
export function byWeight(results: readonly CheckResult[]): {
  readonly result: CheckResult;
  readonly also: readonly CheckResult[];
} {
  const [result = 'intact', ...also] = CHECK_RESULTS.filter((candidate) => results.includes(candidate));
  return { result, also };
}
