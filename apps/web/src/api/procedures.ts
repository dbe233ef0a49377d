import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AgencyWordList, ProcedureDetail, TakenIn } from '#contract';
import { get, send } from './client.js';

/** @param version null: the newest */
export function useProcedure(id: string | null, version: number | null) {
  return useQuery({
    queryKey: ['procedure', id, version],
    queryFn: ({ signal }) => get<ProcedureDetail>(`/procedures/${id}`, { version: version ?? undefined }, signal),
    enabled: id !== null,
  });
}

export function recordingListAddress(id: string, version: number): string {
  return `/api/v1/procedures/${id}/recording-list?version=${version}`;
}

/** A rule file as it is, or a sheet of the procedure named. */
export type RuleUpload =
  | { readonly kind: 'rules'; readonly file: string }
  | { readonly kind: 'list'; readonly procedureId: string; readonly sheet: string };

export function useTakeIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ upload, isTrial }: { upload: RuleUpload; isTrial: boolean }) =>
      upload.kind === 'rules'
        ? send<TakenIn>('POST', '/procedures', { file: upload.file, isTrial })
        : send<TakenIn>('POST', `/procedures/${upload.procedureId}/recording-list`, { sheet: upload.sheet, isTrial }),
    onSuccess: async ({ isTakenIn }) => {
      if (!isTakenIn) return;
      await Promise.all([
        client.invalidateQueries({ queryKey: ['procedures'] }),
        client.invalidateQueries({ queryKey: ['procedure'] }),
      ]);
    },
  });
}

export function useAgencyWords(enabled: boolean) {
  return useQuery({
    queryKey: ['agency-words'],
    queryFn: ({ signal }) => get<AgencyWordList>('/agency-words', {}, signal),
    enabled,
  });
}

export function useSetAgencyWord() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ unitId, word }: { unitId: string; word: string }) =>
      send<AgencyWordList>('PUT', `/agency-words/${unitId}`, { word }),
    onSuccess: (words) => client.setQueryData(['agency-words'], words),
  });
}
