import type { Id } from './ids.js';

export type CaseState = 'open' | 'closed' | 'archived';

/** How a case ends, after 《市场监督管理行政处罚程序规定》 on 结案: what was done, or why nothing is left to do. */
export const CLOSING_MANNERS = [
  'executed',
  'execution-ended',
  'investigation-ended',
  'no-penalty',
  'not-established',
  'transferred',
  'other',
] as const;
export type ClosingManner = (typeof CLOSING_MANNERS)[number];

/** What stands in the way of closing a case. */
export type ClosingObstacle = 'unfinished-upload' | 'unsealed' | 'quarantined';

/** One coming of a step in a case: `n` counts from 1, since a step can come more than once. */
export interface StepOccurrence {
  readonly id: Id;
  readonly stepId: string;
  readonly n: number;
  readonly state: OccurrenceState;
  /** RFC 3339 UTC; when the step really began and ended, as stated by the officer. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly address: string | null;
}

export type OccurrenceState = 'waiting' | 'open' | 'done';

export interface Party {
  readonly kind: 'person' | 'organisation';
  readonly name: string;
}

/** Where a step occurrence may go from here. Going back is a correction and needs a reason. */
export function isNextState(from: OccurrenceState, to: OccurrenceState): 'forward' | 'back' | 'no' {
  const order: readonly OccurrenceState[] = ['waiting', 'open', 'done'];
  const step = order.indexOf(to) - order.indexOf(from);
  if (step === 0) return 'no';
  return step > 0 ? 'forward' : 'back';
}
