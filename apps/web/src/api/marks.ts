import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AssetMarksView, AttachTranscriptInput, MissingNotesView, PutMarkInput, ReviseMarkInput } from '#contract';
import { get, send } from './client.js';

export function useMarks(assetId: string) {
  return useQuery({
    queryKey: ['asset', assetId, 'marks'],
    queryFn: ({ signal }) => get<AssetMarksView>(`/assets/${assetId}/marks`, {}, signal),
  });
}

export function useMissingNotes(caseId: string) {
  return useQuery({
    queryKey: ['case', caseId, 'missing-notes'],
    queryFn: ({ signal }) => get<MissingNotesView>(`/cases/${caseId}/missing-notes`, {}, signal),
  });
}

export function usePutMark(assetId: string) {
  return useMarkChange(assetId, (body: PutMarkInput) => send<AssetMarksView>('POST', `/assets/${assetId}/marks`, body));
}

export function useReviseMark(assetId: string) {
  return useMarkChange(assetId, ({ id, ...body }: ReviseMarkInput & { id: string }) =>
    send<AssetMarksView>('PUT', `/assets/${assetId}/marks/${id}`, body),
  );
}

export function useAttachTranscript(assetId: string) {
  return useMarkChange(assetId, (body: AttachTranscriptInput) =>
    send<AssetMarksView>('POST', `/assets/${assetId}/transcripts`, body),
  );
}

function useMarkChange<V>(assetId: string, mutationFn: (value: V) => Promise<AssetMarksView>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: (marks) => {
      client.setQueryData(['asset', assetId, 'marks'], marks);
      void client.invalidateQueries({ queryKey: ['case'] });
    },
  });
}
