import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  Accepted,
  AcceptProposals,
  AddRecorder,
  Arrivals,
  AssetRecording,
  ChangeRecorder,
  CheckRecorder,
  ExplainGap,
  ImportList,
  IssueRecorder,
  MeasureClock,
  MeasuredClock,
  NamesRead,
  RecorderDetail,
  RecorderList,
  Replay,
  ReturnRecorder,
  StateSource,
  Unsorted,
} from '#contract';
import type { Page } from './cases.js';
import { get, send } from './client.js';

export function useRecorders() {
  return useQuery({ queryKey: ['recorders'], queryFn: ({ signal }) => get<RecorderList>('/recorders', {}, signal) });
}

export function useRecorder(id: string) {
  return useQuery({
    queryKey: ['recorder', id],
    queryFn: ({ signal }) => get<RecorderDetail>(`/recorders/${id}`, {}, signal),
  });
}

/** What was listed and never came; of all recorders when none is named. */
export function useArrivals(recorderId: string | undefined, isAllowed = true) {
  return useQuery({
    queryKey: ['arrivals', recorderId ?? 'all'],
    queryFn: ({ signal }) => get<Arrivals>('/arrivals', { recorderId }, signal),
    enabled: isAllowed,
  });
}

export function useAddRecorder() {
  return useRegisterChange((body: AddRecorder) => send<RecorderDetail>('POST', '/recorders', body));
}

export function useChangeRecorder(id: string) {
  return useRegisterChange((body: ChangeRecorder) => send<RecorderDetail>('PATCH', `/recorders/${id}`, body));
}

export function useIssueRecorder(id: string) {
  return useRegisterChange((body: IssueRecorder) => send<RecorderDetail>('POST', `/recorders/${id}/issues`, body));
}

export function useReturnRecorder(id: string) {
  return useRegisterChange((body: ReturnRecorder) => send<RecorderDetail>('POST', `/recorders/${id}/returns`, body));
}

export function useCheckRecorder(id: string) {
  return useRegisterChange((body: CheckRecorder) => send<RecorderDetail>('POST', `/recorders/${id}/checks`, body));
}

export function useMeasureClock(id: string) {
  return useRegisterChange((body: MeasureClock) => send<MeasuredClock>('POST', `/recorders/${id}/clocks`, body));
}

export function useImportList(id: string) {
  return useRegisterChange((body: ImportList) => send<RecorderDetail>('POST', `/recorders/${id}/lists`, body));
}

/** What the register says decides whose material it is and when it was taken: all of that is asked anew. */
function useRegisterChange<V, R>(mutationFn: (value: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all(
        [['recorders'], ['recorder'], ['arrivals'], ['unsorted'], ['asset'], ['assets']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}

/** Material of no case, newest first. */
export function useUnsorted(isAllowed = true) {
  return useInfiniteQuery({
    enabled: isAllowed,
    queryKey: ['unsorted'],
    queryFn: ({ pageParam, signal }) => get<Page<Unsorted>>('/unsorted', { cursor: pageParam, limit: 60 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}

export function useAcceptProposals() {
  return useSorting((body: AcceptProposals) => send<Accepted>('POST', '/unsorted/accept', body));
}

export function useReadNamesAgain() {
  return useSorting(() => send<NamesRead>('POST', '/unsorted/names'));
}

export function useStateSource(assetId: string) {
  return useSorting((body: StateSource) => send<AssetRecording>('PUT', `/assets/${assetId}/recorder`, body));
}

export function useAssetRecording(assetId: string) {
  return useQuery({
    queryKey: ['asset', assetId, 'recording'],
    queryFn: ({ signal }) => get<AssetRecording>(`/assets/${assetId}/recording`, {}, signal),
  });
}

function useSorting<V, R>(mutationFn: (value: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all(
        [['unsorted'], ['asset'], ['assets'], ['case'], ['cases']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}

/** Answers the replay as it is then, which the page goes on with: nothing that plays begins anew. */
export function useExplainGap(caseId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ExplainGap) => send<Replay>('POST', `/cases/${caseId}/gaps`, body),
    onSuccess: (replay) => {
      client.setQueryData(['case', caseId, 'replay'], replay);
      return client.invalidateQueries({ queryKey: ['case', caseId], exact: true });
    },
  });
}
