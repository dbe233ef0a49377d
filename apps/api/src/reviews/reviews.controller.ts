import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { Archive } from '#archive';
import {
  type CaseReviewsView,
  caseReviewsSchema,
  describeDecisionSchema,
  disputeReviewSchema,
  giveOpinionSchema,
  type RecordDiscussion,
  type ReviewQuery,
  type ReviewRules,
  type ReviewStaffingView,
  type ReviewView,
  recordDiscussionSchema,
  reviewPageSchema,
  reviewQuerySchema,
  reviewRulesSchema,
  reviewSchema,
  reviewStaffingSchema,
  type SetReviewPolicy,
  setReviewPolicySchema,
  submitReviewSchema,
} from '#contract';
import type { Actor } from '#domain';
import { readCursor, writeCursor } from '../http/cursor.js';
import { Body, By, Endpoint, IdParam, Query } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';
import { toCaseReviews, toReview, toReviewSummary, toRules, toStaffing } from './review-view.js';

/** Legal review 法制审核: what needs one, its submission, what is said at every level, and where disagreement goes. */
@Controller()
export class ReviewsController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({
    method: 'GET',
    path: 'review-rules',
    summary: '法制审核规则与重大执法决定目录 How decisions are reviewed, and which are major',
    response: reviewRulesSchema,
  })
  async rules(): Promise<ReviewRules> {
    const { policy, catalogue } = await this.archive.reviews.viewRules.run();
    return toRules(policy, catalogue);
  }

  @Endpoint({
    method: 'PUT',
    path: 'review-rules',
    summary: '设定法制审核规则 Set how decisions are reviewed',
    body: setReviewPolicySchema,
    response: reviewRulesSchema,
  })
  async setRules(@By() actor: Actor, @Body() { version, reason, ...body }: SetReviewPolicy): Promise<ReviewRules> {
    await this.archive.reviews.setPolicy.run(actor, { body, version, reason });
    return await this.rules();
  }

  @Endpoint({
    method: 'GET',
    path: 'review-staffing',
    summary: '法制审核人员配备 Reviewers for officers, by unit',
    response: reviewStaffingSchema,
  })
  async staffing(@By() actor: Actor): Promise<ReviewStaffingView> {
    return toStaffing(await this.archive.reviews.staffing.run(actor));
  }

  @Endpoint({
    method: 'GET',
    path: 'cases/:id/reviews',
    summary: '案件的法制审核 Reviews of a case, and what can be submitted',
    response: caseReviewsSchema,
  })
  async ofCase(@By() actor: Actor, @IdParam('id') id: string): Promise<CaseReviewsView> {
    return toCaseReviews(await this.archive.reviews.ofCase.run(actor, id));
  }

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/decision-findings',
    summary: '对照目录判断是否重大执法决定 Look a decision up in the catalogue',
    body: describeDecisionSchema,
    response: caseReviewsSchema,
    status: 201,
  })
  async judge(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() described: z.infer<typeof describeDecisionSchema>,
  ): Promise<CaseReviewsView> {
    await this.archive.reviews.judge.run(actor, id, described);
    return await this.ofCase(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'cases/:id/reviews',
    summary: '送法制审核 Submit a case for legal review',
    body: submitReviewSchema,
    response: reviewSchema,
    status: 201,
  })
  async submit(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() wish: z.infer<typeof submitReviewSchema>,
  ): Promise<ReviewView> {
    return await this.view(actor, await this.archive.reviews.submit.run(actor, id, wish));
  }

  @Endpoint({
    method: 'GET',
    path: 'reviews',
    summary: '法制审核列表 Reviews I may see, first due first',
    query: reviewQuerySchema,
    response: reviewPageSchema,
  })
  async list(@By() actor: Actor, @Query() query: ReviewQuery): Promise<z.infer<typeof reviewPageSchema>> {
    const { list, limit } = query;
    const page = await this.archive.reviews.list.run(actor, { list, limit, cursor: readCursor(query.cursor) });
    return { items: page.items.map(toReviewSummary), nextCursor: writeCursor(page.next) };
  }

  @Endpoint({ method: 'GET', path: 'reviews/:id', summary: '一次法制审核 A review', response: reviewSchema })
  async view(@By() actor: Actor, @IdParam('id') id: string): Promise<ReviewView> {
    return toReview(await this.archive.reviews.view.run(actor, id));
  }

  @Endpoint({
    method: 'POST',
    path: 'reviews/:id/take',
    summary: '受理 Say that one is at a review',
    response: reviewSchema,
  })
  async take(@By() actor: Actor, @IdParam('id') id: string): Promise<ReviewView> {
    await this.archive.reviews.take.run(actor, id);
    return await this.view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'reviews/:id/opinions',
    summary: '出具审核意见或者签批 Give the opinion of a stage, or sign',
    body: giveOpinionSchema,
    response: reviewSchema,
    status: 201,
  })
  async giveOpinion(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() opinion: z.infer<typeof giveOpinionSchema>,
  ): Promise<ReviewView> {
    await this.archive.reviews.giveOpinion.run(actor, id, opinion);
    return await this.view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'reviews/:id/disputes',
    summary: '提出异议，提交集体讨论 Disagree: it goes up to collective discussion',
    body: disputeReviewSchema,
    response: reviewSchema,
    status: 201,
  })
  async dispute(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() { reason }: z.infer<typeof disputeReviewSchema>,
  ): Promise<ReviewView> {
    await this.archive.reviews.dispute.run(actor, id, reason);
    return await this.view(actor, id);
  }

  @Endpoint({
    method: 'POST',
    path: 'reviews/:id/discussions',
    summary: '记录集体讨论结果 Record what the discussion decided',
    body: recordDiscussionSchema,
    response: reviewSchema,
    status: 201,
  })
  async discuss(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() discussion: RecordDiscussion,
  ): Promise<ReviewView> {
    await this.archive.reviews.discuss.run(actor, id, discussion);
    return await this.view(actor, id);
  }
}
