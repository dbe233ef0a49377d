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

/**
 * Which of the two was looked at: the original, or its replica in the second store. What is found of one says nothing
 * of the other.
 */
export const COPIES = ['original', 'replica'] as const;
export type Copy = (typeof COPIES)[number];

export function otherCopy(copy: Copy): Copy {
  return copy === 'original' ? 'replica' : 'original';
}

/** Bytes are not there, or not as they were received: what a good copy can heal. */
export const HEALABLE: ReadonlySet<CheckResult> = new Set(['missing', 'altered', 'unreadable']);

/**
 * Why a healing was not done. `copy-…`: what was found of the copy it was to be healed from. `no-copy`: there is none.
 * `not-damaged`: the bytes are right after all. `not-read-back`: the store gave back other bytes than were put down.
 * `events-altered`: the events that say what the bytes must be are not those that were logged.
 */
export const HEALING_REFUSALS = [
  'copy-missing',
  'copy-altered',
  'copy-unreadable',
  'no-copy',
  'not-damaged',
  'not-read-back',
  'events-altered',
] as const;
export type HealingRefusal = (typeof HEALING_REFUSALS)[number];

/** What made somebody look. */
export type CheckCause = 'scrub' | 'archive-check' | 'court' | 'export' | 'close' | 'healing' | 'replication';

/** Why all originals of a case are looked at again: it was closed, or somebody is about to show them. */
export const CASE_CHECK_CAUSES = ['close', 'court'] as const satisfies readonly CheckCause[];
export type CaseCheckCause = (typeof CASE_CHECK_CAUSES)[number];

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
  /** Damaged ones that a healing left beside the healed one, by its event: kept, and no finding. */
  readonly formerVersions?: number;
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
