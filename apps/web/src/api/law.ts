import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  AdoptProcedure,
  AgencyLimitList,
  AskExcuse,
  AskExtension,
  CalendarView,
  CaseLineView,
  CaseView,
  Certificate,
  Decide,
  KeepCertificate,
  SetAgencyLimit,
  SetPeople,
  StateCondition,
} from '#contract';
import type { Page } from './cases.js';
import { useCaseChange } from './cases.js';
import { get, send } from './client.js';

export function useStateCondition(caseId: string) {
  return useCaseChange(caseId, (stated: Omit<StateCondition, 'at'>) =>
    send<CaseView>('POST', `/cases/${caseId}/statements`, stated),
  );
}

export function useSetPeople(caseId: string, occurrenceId: string) {
  return useCaseChange(caseId, (people: SetPeople) =>
    send<CaseView>('PUT', `/cases/${caseId}/occurrences/${occurrenceId}/people`, people),
  );
}

export function useAskExcuse(caseId: string) {
  return useCaseChange(caseId, (asked: AskExcuse) => send<CaseView>('POST', `/cases/${caseId}/excuses`, asked));
}

export function useAskExtension(caseId: string) {
  return useCaseChange(caseId, (asked: AskExtension) => send<CaseView>('POST', `/cases/${caseId}/extensions`, asked));
}

/** Of an excuse or an extension. */
export function useDecide(caseId: string, kind: 'excuses' | 'extensions') {
  return useCaseChange(caseId, ({ id, decision }: { id: string; decision: Decide }) =>
    send<CaseView>('POST', `/cases/${caseId}/${kind}/${id}/decision`, decision),
  );
}

export function useAdoptProcedure(caseId: string) {
  return useCaseChange(caseId, (adopted: AdoptProcedure) =>
    send<CaseView>('POST', `/cases/${caseId}/procedure`, adopted),
  );
}

export type LineList = 'due' | 'late';

/** What an officer is to do, or what is late in a supervisor's units; the most pressing first. */
export function useLines(list: LineList, kind: CaseLineView['kind'] | undefined) {
  return useInfiniteQuery({
    queryKey: ['lines', list, kind],
    queryFn: ({ pageParam, signal }) =>
      get<Page<CaseLineView>>(`/${list}`, { kind, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: (previous) => previous,
  });
}

export function useCertificates() {
  return useQuery({
    queryKey: ['certificates'],
    queryFn: ({ signal }) => get<{ items: Certificate[] }>('/certificates', {}, signal),
  });
}

export function useKeepCertificate() {
  return useRuleChange(['certificates'], (kept: KeepCertificate) => send<unknown>('POST', '/certificates', kept));
}

export function useWithdrawCertificate() {
  return useRuleChange(['certificates'], ({ id, reason }: { id: string; reason: string }) =>
    send<unknown>('POST', `/certificates/${id}/withdrawal`, { reason }),
  );
}

/** Days off and days worked instead, as far as they are known. */
export function useCalendar() {
  return useQuery({ queryKey: ['calendar'], queryFn: ({ signal }) => get<CalendarView>('/calendar', {}, signal) });
}

export function useAgencyLimits() {
  return useQuery({
    queryKey: ['agency-limits'],
    queryFn: ({ signal }) => get<AgencyLimitList>('/agency-limits', {}, signal),
  });
}

export function useSetAgencyLimit() {
  return useRuleChange(['agency-limits'], (set: SetAgencyLimit) => send<AgencyLimitList>('PUT', '/agency-limits', set));
}

function useRuleChange<V, R>(queryKey: readonly string[], mutationFn: (value: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey }) });
}
