import type { WorkCalendar } from './calendar.js';
import { isCertifiedOn } from './certificates.js';
import { clocksOf, type Reckoning } from './clocks.js';
import { FAULT_TEXT, type Fault, type FaultCode } from './faults.js';
import type { Id } from './ids.js';
import { type ActingRole, type Condition, conditionsOf, type Procedure, type ProcedureStep } from './procedure.js';
import { orderOf, type StepOrder } from './procedure-order.js';
import type { Label } from './rule-mistakes.js';
import {
  begunComings,
  type CaseStanding,
  type Coming,
  neededBy,
  type Participant,
  type Review,
  type Rule,
  ruleOfStep,
  stated,
} from './standing.js';

/** What all looks at one step need. */
export interface StepView {
  readonly procedure: Procedure;
  readonly standing: CaseStanding;
  readonly order: StepOrder;
  readonly step: ProcedureStep;
  readonly occurrenceId: Id | null;
}

export function viewOf(
  procedure: Procedure,
  standing: CaseStanding,
  step: ProcedureStep,
  occurrenceId: Id | null = null,
): StepView {
  return { procedure, standing, order: orderOf(procedure), step, occurrenceId };
}

/** Steps that come before this one, in the procedure's order. */
export function stepsBefore({ procedure, order, step }: StepView): ProcedureStep[] {
  const before = order.get(step.id);
  return procedure.steps.filter(({ id }) => before?.has(id));
}

export function faultOfStep(
  view: StepView,
  code: FaultCode,
  other: Label = view.step.title,
  rule: Rule = ruleOfStep(view.procedure, view.step),
): Fault {
  const words = FAULT_TEXT[code]({ step: view.step.title, other });
  return { code, stepId: view.step.id, occurrenceId: view.occurrenceId, words, rule };
}

/** Steps that apply and were not done when this one begins, or begun and not ended. */
export function faultsOfOrder(view: StepView, at: Date): Fault[] {
  return stepsBefore(view).flatMap((before): Fault[] => {
    // What begins after this one is another matter: it is then the one that is out of order.
    const begun = begunComings(view.standing, before.id).filter((one) => !isAfter(one.startedAt, at));
    const rule = ruleOfStep(view.procedure, before);
    if (begun.some((one) => !isDoneBy(one, at))) return [faultOfStep(view, 'step-going-on', before.title, rule)];
    if (begun.length > 0) return [];
    const needed = neededBy(before.need, view.standing);
    if (needed === 'yes') return [faultOfStep(view, 'step-missing', before.title, rule)];
    return needed === 'unknown' ? unstatedFaults(view, before.need) : [];
  });
}

/** Names each condition that was not stated. */
export function unstatedFaults(view: StepView, need: ProcedureStep['need'], occurrenceId: Id | null = null): Fault[] {
  return conditionsOf(need)
    .filter((id) => stated(id, view.standing, occurrenceId) === null)
    .flatMap((id) => view.procedure.conditions.filter((condition) => condition.id === id))
    .map((condition) => faultOfStep(view, 'condition-unstated', condition.title, ruleOfCondition(view, condition)));
}

function ruleOfCondition({ procedure }: StepView, { id, title, source }: Condition): Rule {
  return { procedureId: procedure.id, version: procedure.version, part: `conditions/${id}`, title, source };
}

/** Limits that must have run out before the step begins. */
export function faultsOfWaiting(view: StepView, at: Date, reckoning: Reckoning): Fault[] {
  const { procedure, standing, step } = view;
  const limits = procedure.limits.filter(
    ({ sense, until }) => sense === 'not-before' && 'step' in until && until.step === step.id,
  );
  return limits.flatMap((limit): Fault[] => {
    const clocks = clocksOf(
      { ...procedure, limits: [limit] },
      { ...standing, closedAt: null },
      { ...reckoning, now: at },
    );
    const running = clocks.filter(({ startedAt, due }) => startedAt <= at && (due.at === null || at <= due.at));
    const [first] = running;
    if (first === undefined) return [];
    if (neededBy(limit.need, standing) === 'unknown') return unstatedFaults(view, limit.need);
    return [faultOfStep(view, 'too-early', limit.title, first.rule)];
  });
}

/** Whether those present suffice: so many, in their roles, qualified on the day, none of them of the case where it says so. */
export function faultsOfPeople(
  view: StepView,
  people: readonly Participant[],
  at: Date,
  calendar: WorkCalendar,
): Fault[] {
  const shortfall = shortfallOf(view.step, people, at, view.standing, calendar);
  return shortfall === null ? [] : [faultOfStep(view, 'people', shortfall)];
}

const ROLE_TEXT: Record<ActingRole, Label> = {
  officer: { zh: '执法人员', en: 'officers' },
  reviewer: { zh: '审核人员', en: 'reviewers' },
  chair: { zh: '主持人', en: 'chairs' },
  head: { zh: '负责人', en: 'heads' },
};

function shortfallOf(
  { who }: ProcedureStep,
  people: readonly Participant[],
  at: Date,
  { officerIds }: CaseStanding,
  calendar: WorkCalendar,
): Label | null {
  const day = calendar.dateOf(at);
  const fit = people.filter(
    ({ accountId, role, certified }) =>
      who.roles.includes(role) &&
      isCertifiedOn({ certified }, day) &&
      !(who.independent && officerIds.includes(accountId)),
  );
  const found = new Set(fit.map(({ accountId }) => accountId)).size;
  if (found >= who.count) return null;
  const roles = who.roles.map((role) => ROLE_TEXT[role]);
  const [zh, en] = [roles.map((role) => role.zh).join('或'), roles.map((role) => role.en).join(' or ')];
  const [outsideZh, outsideEn] = who.independent ? ['非本案的', ' not of the case'] : ['', ''];
  return {
    zh: `须有当日持有效证件的${outsideZh}${zh} ${who.count} 人，现有 ${found} 人`,
    en: `${who.count} ${en}${outsideEn} with certificates valid on the day are needed, ${found} found`,
  };
}

/** What is wrong with the legal review a decision stands on; nothing where none is demanded. */
export function faultsOfReview(view: StepView, at: Date, calendar: WorkCalendar): Fault[] {
  if (!view.procedure.legalReview) return [];
  return stepsBefore(view)
    .filter(({ kind }) => kind === 'legal-review')
    .flatMap((reviewStep) => {
      const begun = begunComings(view.standing, reviewStep.id);
      if (begun.length === 0 && neededBy(reviewStep.need, view.standing) === 'no') return [];
      const rule = ruleOfStep(view.procedure, reviewStep);
      const review = lastReview(view.standing, begun, at);
      if (review === undefined) return [faultOfStep(view, 'review-missing', reviewStep.title, rule)];
      if (review.outcome === 'returned') return [faultOfStep(view, 'review-returned', reviewStep.title, rule)];
      return [
        ...staleFaults(view, reviewStep, review, rule),
        ...reviewerFaults(view, reviewStep, review, rule, calendar),
      ];
    });
}

function lastReview({ reviews }: CaseStanding, begun: readonly Coming[], at: Date): Review | undefined {
  let last: Review | undefined;
  for (const review of reviews)
    if (
      begun.some(({ id }) => id === review.occurrenceId) &&
      review.at <= at &&
      (last === undefined || review.at >= last.at)
    )
      last = review;
  return last;
}

/** A review says nothing of what came after it. */
function staleFaults(view: StepView, reviewStep: ProcedureStep, { at }: Review, rule: Rule): Fault[] {
  return stepsBefore({ ...view, step: reviewStep })
    .filter(({ id }) => begunComings(view.standing, id).some((one) => isAfter(one.startedAt, at) || !isDoneBy(one, at)))
    .map(({ title }) => faultOfStep(view, 'review-stale', title, rule));
}

function reviewerFaults(
  view: StepView,
  reviewStep: ProcedureStep,
  { reviewers, at }: Review,
  rule: Rule,
  calendar: WorkCalendar,
): Fault[] {
  const shortfall = shortfallOf(reviewStep, reviewers, at, view.standing, calendar);
  return shortfall === null ? [] : [faultOfStep(view, 'reviewer-unfit', shortfall, rule)];
}

export function isDoneBy({ state, endedAt }: Coming, at: Date): boolean {
  return state === 'done' && !isAfter(endedAt, at);
}

function isAfter(time: Date | null, at: Date): boolean {
  return time !== null && time > at;
}
