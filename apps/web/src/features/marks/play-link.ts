import { type RefObject, useCallback, useMemo, useRef, useState } from 'react';
import type { AssetMarksView, MarkView } from '#contract';

/** A mark as the timeline shows it. */
export interface TimelineMark {
  readonly id: string;
  readonly kind: MarkView['kind'];
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/** Ties the list of marks to the player beside it: where one is, where to go, and what stands on the timeline. */
export interface PlayLink {
  readonly marks: readonly TimelineMark[];
  /** Kept by the player: milliseconds of a recording, or the page from 1. */
  readonly place: RefObject<number>;
  /** Where to go; another object each time, so that the same place can be gone to twice. */
  readonly jump: { readonly to: number } | null;
  readonly jumpTo: (to: number) => void;
}

export function usePlayLink(view: AssetMarksView | undefined): PlayLink {
  const place = useRef(0);
  const [jump, setJump] = useState<PlayLink['jump']>(null);
  const jumpTo = useCallback((to: number) => setJump({ to }), []);
  const marks = useMemo(() => (view?.marks ?? []).flatMap(onTimeline), [view]);
  return useMemo(() => ({ marks, place, jump, jumpTo }), [marks, jump, jumpTo]);
}

function onTimeline({ id, kind, place, text, isWithdrawn }: MarkView): TimelineMark[] {
  return isWithdrawn || !('range' in place) ? [] : [{ id, kind, ...place.range, text }];
}
