import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type { AssetQuery, AssetSummary, AssetView, LinkAsset, Receipt, unfinishedUploadSchema } from '#contract';
import { isUnsettled, type Page } from './cases.js';
import { get, send } from './client.js';

export type UnfinishedUpload = z.infer<typeof unfinishedUploadSchema>;

export type AssetFilter = Pick<AssetQuery, 'search' | 'linked' | 'mine' | 'kind' | 'custody'>;

export function useAssets(filter: AssetFilter) {
  return useInfiniteQuery({
    queryKey: ['assets', filter],
    queryFn: ({ pageParam, signal }) =>
      get<Page<AssetSummary>>('/assets', { ...filter, cursor: pageParam, limit: 30 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: (previous) => previous,
    // Only what is new moves on by itself; who has paged on is reading.
    refetchInterval: ({ state }) =>
      state.data?.pages.length === 1 && state.data.pages[0]?.items.some(isUnsettled) ? 3_000 : false,
  });
}

/** One asset in full; asked again until it is sealed, looked at, and its proxy, if one is owed, is there. */
export function useAsset(id: string) {
  return useQuery({ ...assetQuery(id), refetchInterval: (query) => (isMoving(query.state.data) ? 1_500 : false) });
}

export function assetQuery(id: string) {
  return {
    queryKey: ['asset', id],
    queryFn: ({ signal }: { signal: AbortSignal }) => get<AssetView>(`/assets/${id}`, {}, signal),
  };
}

export function isMoving(asset: AssetView | undefined): boolean {
  if (!asset) return false;
  return isUnsettled(asset) || asset.play.proxyState === 'owed' || asset.play.proxyState === 'making';
}

/** An upload just ended is followed until the archive has said what became of it. */
export function useCustodyOf(id: string | null, everyMs: number) {
  return useQuery({
    queryKey: ['asset', id],
    queryFn: ({ signal }) => get<AssetView>(`/assets/${id}`, {}, signal),
    enabled: id !== null,
    refetchInterval: (query) => (isCustodySettled(query.state.data) ? false : everyMs),
  });
}

function isCustodySettled(asset: AssetView | undefined): boolean {
  return asset !== undefined && asset.custody !== 'received' && asset.custody !== 'receiving';
}

export function useReceipt(id: string) {
  return useQuery({
    queryKey: ['asset', id, 'receipt'],
    queryFn: ({ signal }) => get<Receipt>(`/assets/${id}/receipt`, {}, signal),
  });
}

export function useLinkAsset(assetId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: LinkAsset) => send<unknown>('PUT', `/assets/${assetId}/link`, body),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['asset', assetId] }),
        client.invalidateQueries({ queryKey: ['assets'] }),
        client.invalidateQueries({ queryKey: ['unsorted'] }),
        client.invalidateQueries({ queryKey: ['case'] }),
      ]),
  });
}

export function useAskProxy(assetId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => send<unknown>('POST', `/assets/${assetId}/proxy`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['asset', assetId] }),
  });
}

export const UNFINISHED_KEY = ['uploads', 'unfinished'] as const;

export function useUnfinishedUploads() {
  return useQuery({
    queryKey: UNFINISHED_KEY,
    queryFn: ({ signal }) => get<{ items: UnfinishedUpload[] }>('/uploads', {}, signal),
  });
}
