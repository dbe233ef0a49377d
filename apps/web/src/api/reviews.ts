import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  CaseReviewsView,
  DescribeDecisionInput,
  GiveOpinionInput,
  RecordDiscussion,
  ReviewQuery,
  ReviewRules,
  ReviewStaffingView,
  ReviewSummary,
  ReviewView,
  SetReviewPolicy,
  SubmitReviewInput,
} from '#contract';
import type { Page } from './cases.js';
import { get, send } from './client.js';

export type ReviewListName = ReviewQuery['list'];

export function useReviews(list: ReviewListName) {
  return useInfiniteQuery({
    queryKey: ['reviews', list],
    queryFn: ({ pageParam, signal }) =>
      get<Page<ReviewSummary>>('/reviews', { list, cursor: pageParam, limit: 30 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchInterval: 60_000,
  });
}

/** Asked again until its opinion is a paper of the dossier. */
export function useReview(id: string) {
  return useQuery({
    queryKey: ['review', id],
    queryFn: ({ signal }) => get<ReviewView>(`/reviews/${id}`, {}, signal),
    refetchInterval: ({ state: { data } }) => (data?.endedAt && data.papers.opinion === null ? 2_000 : false),
  });
}

export function useCaseReviews(caseId: string) {
  return useQuery({
    queryKey: ['case', caseId, 'reviews'],
    queryFn: ({ signal }) => get<CaseReviewsView>(`/cases/${caseId}/reviews`, {}, signal),
  });
}

export function useReviewRules() {
  return useQuery({
    queryKey: ['review-rules'],
    queryFn: ({ signal }) => get<ReviewRules>('/review-rules', {}, signal),
  });
}

export function useReviewStaffing(isAllowed: boolean) {
  return useQuery({
    queryKey: ['review-staffing'],
    queryFn: ({ signal }) => get<ReviewStaffingView>('/review-staffing', {}, signal),
    enabled: isAllowed,
  });
}

export function useSetReviewRules() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SetReviewPolicy) => send<ReviewRules>('PUT', '/review-rules', body),
    onSuccess: (rules) => client.setQueryData(['review-rules'], rules),
  });
}

export function useJudgeDecision(caseId: string) {
  return useReviewChange((body: DescribeDecisionInput) =>
    send<CaseReviewsView>('POST', `/cases/${caseId}/decision-findings`, body),
  );
}

export function useSubmitReview(caseId: string) {
  return useReviewChange((body: SubmitReviewInput) => send<ReviewView>('POST', `/cases/${caseId}/reviews`, body));
}

export function useTakeReview(id: string) {
  return useReviewChange(() => send<ReviewView>('POST', `/reviews/${id}/take`));
}

export function useGiveOpinion(id: string) {
  return useReviewChange((body: GiveOpinionInput) => send<ReviewView>('POST', `/reviews/${id}/opinions`, body));
}

export function useDisputeReview(id: string) {
  return useReviewChange((reason: string) => send<ReviewView>('POST', `/reviews/${id}/disputes`, { reason }));
}

export function useRecordDiscussion(id: string) {
  return useReviewChange((body: RecordDiscussion) => send<ReviewView>('POST', `/reviews/${id}/discussions`, body));
}

/** A review changes its case as well: what is due there, and which gates are open. */
function useReviewChange<V, R>(mutationFn: (value: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all(['review', 'reviews', 'case', 'cases'].map((name) => client.invalidateQueries({ queryKey: [name] }))),
  });
}
