import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  CompareFormInput,
  DraftForm,
  FormSummary,
  FormTemplateView,
  FormView,
  IssueFormInput,
  SaveForm,
} from '#contract';
import { get, send } from './client.js';

/** Asked again while one is being printed. */
export function useForms(caseId: string) {
  return useQuery({
    queryKey: ['case', caseId, 'forms'],
    queryFn: ({ signal }) => get<{ items: FormSummary[] }>(`/cases/${caseId}/forms`, {}, signal),
    refetchInterval: (query) => (query.state.data?.items.some(({ print }) => print === 'owed') ? 1_500 : false),
  });
}

export function useFormTemplates(caseId: string, occurrenceId: string, paperId: string) {
  return useQuery({
    queryKey: ['form-templates', caseId, occurrenceId, paperId],
    queryFn: ({ signal }) =>
      get<{ items: FormTemplateView[] }>(`/cases/${caseId}/form-templates`, { occurrenceId, paperId }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useForm(id: string | null) {
  return useQuery({
    queryKey: ['form', id],
    queryFn: ({ signal }) => get<FormView>(`/forms/${id}`, {}, signal),
    enabled: id !== null,
    refetchInterval: (query) => (query.state.data?.print === 'owed' ? 1_000 : false),
  });
}

export function useDraftForm(caseId: string) {
  return useFormChange(caseId, (wish: DraftForm) => send<FormView>('POST', `/cases/${caseId}/forms`, wish));
}

export type FormAct =
  | { readonly act: 'save'; readonly body: SaveForm }
  | { readonly act: 'issue'; readonly body: IssueFormInput }
  | { readonly act: 'print' }
  | { readonly act: 'void'; readonly body: { readonly reason: string } }
  | { readonly act: 'comparisons'; readonly body: CompareFormInput };

/** Everything that is done with a form, one after the other. */
export function useFormAct(caseId: string) {
  return useFormChange(caseId, ({ id, ...wish }: { id: string } & FormAct) => {
    if (wish.act === 'save') return send<FormView>('PUT', `/forms/${id}`, wish.body);
    return send<FormView>('POST', `/forms/${id}/${wish.act}`, 'body' in wish ? wish.body : undefined);
  });
}

function useFormChange<V>(caseId: string, mutationFn: (value: V) => Promise<FormView>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: async (form) => {
      client.setQueryData(['form', form.id], form);
      await client.invalidateQueries({ queryKey: ['case', caseId, 'forms'] });
    },
  });
}
