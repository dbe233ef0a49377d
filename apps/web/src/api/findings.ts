import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import type { AskHealing, FindingView, HealingView } from '#contract';
import { isUnderWay } from '../features/findings/finding-words.js';
import type { Page } from './cases.js';
import { get, send } from './client.js';

/**
 * Findings that stand, and those that were healed. Asked again by itself: whoever has a page open learns of a new one
 * within a minute, and sees a healing go on.
 */
export function useFindings(isAllowed = true) {
  return useInfiniteQuery({
    queryKey: ['findings'],
    queryFn: ({ pageParam, signal }) => get<Page<FindingView>>('/findings', { cursor: pageParam, limit: 50 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some(isBeingHealed)) ? 1_500 : 60_000),
    enabled: isAllowed,
  });
}

function isBeingHealed({ healing }: FindingView): boolean {
  return healing !== null && isUnderWay(healing);
}

export function useAskHealing() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ assetId, ...body }: AskHealing & { assetId: string }) =>
      send<HealingView>('POST', `/assets/${assetId}/healings`, body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['findings'] }),
  });
}
