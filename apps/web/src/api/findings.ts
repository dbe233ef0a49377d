import { useInfiniteQuery } from '@tanstack/react-query';
import type { FindingView } from '#contract';
import type { Page } from './cases.js';
import { get } from './client.js';

/** Findings that stand. Asked again by itself: whoever has a page open learns of a new one within a minute. */
export function useFindings(isAllowed = true) {
  return useInfiniteQuery({
    queryKey: ['findings'],
    queryFn: ({ pageParam, signal }) => get<Page<FindingView>>('/findings', { cursor: pageParam, limit: 50 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchInterval: 60_000,
    enabled: isAllowed,
  });
}
