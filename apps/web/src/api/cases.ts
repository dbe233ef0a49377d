import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type {
  AskOriginalsCheck,
  AssetSummary,
  BeginExportInput,
  CaseSummary,
  CaseView,
  ChangeCase,
  ChangeOccurrence,
  CloseCaseInput,
  ClosingObstacles,
  EventView,
  ExportView,
  OpenCaseInput,
  ProcedureView,
  Replay,
} from '#contract';
import { get, send } from './client.js';

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

export interface CaseFilter {
  readonly search: string;
  readonly state: CaseSummary['state'] | undefined;
}

export function useCases(filter: CaseFilter) {
  return useInfiniteQuery({
    queryKey: ['cases', filter],
    queryFn: ({ pageParam, signal }) =>
      get<Page<CaseSummary>>('/cases', { ...filter, cursor: pageParam, limit: 30 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: (previous) => previous,
  });
}

/** Asked again while its originals are looked at, or a case that was closed waits for its time-stamp. */
export function useCase(id: string) {
  return useQuery({
    queryKey: ['case', id],
    queryFn: ({ signal }) => get<CaseView>(`/cases/${id}`, {}, signal),
    refetchInterval: ({ state }) => settlingMs(state.data),
  });
}

function settlingMs(subject: CaseView | undefined): number | false {
  if (!subject) return false;
  const { originalsCheck, closing } = subject;
  if (isUnderWay(originalsCheck)) return originalsCheck?.cause === 'court' ? 1_500 : 3_000;
  return closing !== null && closing.hasAuthority === true && closing.timestamp === null ? 3_000 : false;
}

export function isUnderWay(check: CaseView['originalsCheck']): boolean {
  return check !== null && check.doneAt === null;
}

/** All material of one case. Asked again while something is on its way to being sealed or looked at. */
export function useCaseAssets(caseId: string) {
  return useQuery({
    queryKey: ['case', caseId, 'assets'],
    queryFn: ({ signal }) => allAssetsOf(caseId, signal),
    refetchInterval: (query) => (query.state.data?.some(isUnsettled) ? 2_000 : false),
  });
}

async function allAssetsOf(caseId: string, signal: AbortSignal): Promise<AssetSummary[]> {
  const items: AssetSummary[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<AssetSummary> = await get<Page<AssetSummary>>('/assets', { caseId, cursor, limit: 200 }, signal);
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

export function isUnsettled(asset: AssetSummary): boolean {
  if (asset.custody === 'received') return true;
  return asset.custody === 'sealed' && asset.viewing.state === 'pending';
}

export function useReplay(caseId: string) {
  return useQuery({
    queryKey: ['case', caseId, 'replay'],
    queryFn: ({ signal }) => get<Replay>(`/cases/${caseId}/replay`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useEvents(of: 'cases' | 'assets', id: string) {
  return useInfiniteQuery({
    queryKey: [of, id, 'events'],
    queryFn: ({ pageParam, signal }) =>
      get<Page<EventView>>(`/${of}/${id}/events`, { cursor: pageParam, limit: 100 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}

export function useProcedures() {
  return useQuery({
    queryKey: ['procedures'],
    queryFn: ({ signal }) => get<{ items: ProcedureView[] }>('/procedures', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useOpenCase() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: OpenCaseInput) => send<CaseView>('POST', '/cases', body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['cases'] }),
  });
}

export function useChangeCase(caseId: string) {
  return useCaseChange(caseId, (change: ChangeCase) => send<CaseView>('PATCH', `/cases/${caseId}`, change));
}

/** What stands in the way of closing it, as it is now. */
export function useClosingObstacles(caseId: string) {
  return useQuery({
    // Apart from what the case is: once it is closed there is nothing to ask any more.
    queryKey: ['closing', caseId],
    queryFn: ({ signal }) => get<ClosingObstacles>(`/cases/${caseId}/close`, {}, signal),
    gcTime: 0,
  });
}

export function useCloseCase(caseId: string) {
  return useCaseChange(caseId, (closing: CloseCaseInput) => send<CaseView>('POST', `/cases/${caseId}/close`, closing));
}

/** Changes nothing that is shown or played: only what is known of the case is renewed. */
export function useAskOriginalsCheck(caseId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: AskOriginalsCheck) => send<CaseView>('POST', `/cases/${caseId}/checks`, asked),
    onSuccess: (subject) => client.setQueryData(['case', caseId], subject),
  });
}

/**
 * What a file is, and so which duty it meets, is known once it was looked at: the case is asked again whenever material
 * of it settles.
 */
export function useFollowSettling(caseId: string, assets: readonly AssetSummary[] | undefined): void {
  const client = useQueryClient();
  const settled = assets?.filter((asset) => !isUnsettled(asset)).length;
  const before = useRef(settled);
  useEffect(() => {
    if (before.current !== undefined && settled !== before.current)
      void client.invalidateQueries({
        predicate: ({ queryKey: [of, id, what] }) => of === 'case' && id === caseId && what !== 'assets',
      });
    before.current = settled;
  }, [client, caseId, settled]);
}

/** Dossiers of a case, newest first. Asked again while one is being made. */
export function useExports(caseId: string) {
  return useQuery({
    queryKey: ['case', caseId, 'exports'],
    queryFn: ({ signal }) => get<{ items: ExportView[] }>(`/cases/${caseId}/exports`, {}, signal),
    refetchInterval: (query) => (query.state.data?.items.some(isBeingMade) ? 1_500 : false),
  });
}

export function isBeingMade({ state }: ExportView): boolean {
  return state === 'waiting' || state === 'checking';
}

export function useBeginExport(caseId: string) {
  return useCaseChange(caseId, (asked: BeginExportInput) =>
    send<ExportView>('POST', `/cases/${caseId}/exports`, asked),
  );
}

/** Where the dossier is taken from: the browser downloads it by itself, and goes on after a cut. */
export function dossierAddress({ id }: ExportView): string {
  return `/api/v1/exports/${id}/dossier.zip`;
}

export function useAddOccurrence(caseId: string) {
  return useCaseChange(caseId, (stepId: string) => send<CaseView>('POST', `/cases/${caseId}/occurrences`, { stepId }));
}

export function useChangeOccurrence(caseId: string) {
  return useCaseChange(caseId, ({ id, change }: { id: string; change: ChangeOccurrence }) =>
    send<CaseView>('PATCH', `/cases/${caseId}/occurrences/${id}`, change),
  );
}

export function useCaseChange<V, R>(caseId: string, mutationFn: (value: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['case', caseId] }),
        client.invalidateQueries({ queryKey: ['cases'] }),
      ]),
  });
}
