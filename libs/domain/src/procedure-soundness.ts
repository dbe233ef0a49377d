import {
  type Act,
  conditionsOf,
  type Moment,
  type Need,
  type Procedure,
  type ProcedureLimit,
  type ProcedureStep,
} from './procedure.js';
import { findCircle, orderOf, type StepOrder } from './procedure-order.js';
import type { RuleReader } from './rule-file.js';
import { type Label, MISTAKE } from './rule-mistakes.js';

/** Acts that end in a decision; an inspection ends in a result, a filing in a receipt. */
const DECIDING: ReadonlySet<Act> = new Set<Act>([
  'penalty',
  'compulsion-measure',
  'compulsory-enforcement',
  'permit',
  'levy',
  'payment',
]);

/** What is wrong between fields that are each right by themselves: names of nothing, circles, ways round a gate. */
export function findContradictions(procedure: Procedure, reader: RuleReader): void {
  checkConditions(procedure, reader);
  checkNames(procedure, reader);
  // What follows walks along the order of steps, which must lead somewhere.
  if (reader.mistakes.length > 0) return;
  const circle = findCircle(procedure);
  if (circle !== null) {
    reader.add('steps', MISTAKE.inCircle(circle));
    return;
  }
  const order = orderOf(procedure);
  checkClosing(procedure, order, reader);
  checkDecisions(procedure, order, reader);
  for (const [i, limit] of procedure.limits.entries()) checkLimit(limit, `limits[${i}]`, procedure, order, reader);
}

type StepMoment = Extract<Moment, { step: string }>;
type Asked = { readonly ids: readonly string[]; readonly place: string; readonly mayBeOfOccurrence: boolean };

/** Where conditions are asked for, and whether the answer may differ from one coming of a step to the next. */
function askedFor({ steps, limits }: Procedure): Asked[] {
  const ofSteps = steps.flatMap((step, i): Asked[] => [
    { ids: conditionsOf(step.need), place: `steps[${i}].need`, mayBeOfOccurrence: false },
    ...step.papers.map(({ need }, n) => ({
      ids: conditionsOf(need),
      place: `steps[${i}].papers[${n}].need`,
      mayBeOfOccurrence: true,
    })),
    ...step.recording.raised.map(({ when }, n) => ({
      ids: when,
      place: `steps[${i}].recording.raised[${n}].when`,
      mayBeOfOccurrence: true,
    })),
  ]);
  const ofLimits = limits.flatMap(({ need, pauses }, i): Asked[] => [
    { ids: conditionsOf(need), place: `limits[${i}].need`, mayBeOfOccurrence: false },
    { ids: pauses.conditions, place: `limits[${i}].pauses.conditions`, mayBeOfOccurrence: false },
  ]);
  return [...ofSteps, ...ofLimits];
}

/** Conditions that something asks for. */
export function usedConditions(procedure: Procedure): ReadonlySet<string> {
  return new Set(askedFor(procedure).flatMap(({ ids }) => ids));
}

function checkConditions(procedure: Procedure, reader: RuleReader): void {
  const known = new Map(procedure.conditions.map((condition) => [condition.id, condition]));
  const asked = askedFor(procedure);
  for (const { ids, place, mayBeOfOccurrence } of asked)
    for (const id of ids) {
      if (!known.has(id)) reader.add(place, MISTAKE.noCondition(id));
      if (known.get(id)?.of === 'occurrence' && !mayBeOfOccurrence) reader.add(place, MISTAKE.ofOneComing(id));
    }
  for (const { need, place } of needsOf(procedure))
    if (typeof need !== 'string')
      for (const id of need.when ?? []) if (need.unless?.includes(id)) reader.add(place, MISTAKE.neverHolds(id));
  const used = usedConditions(procedure);
  for (const [i, { id }] of procedure.conditions.entries())
    if (!used.has(id)) reader.add(`conditions[${i}]`, MISTAKE.unusedCondition);
}

function needsOf({ steps, limits }: Procedure): { need: Need; place: string }[] {
  return [
    ...steps.map(({ need }, i) => ({ need, place: `steps[${i}].need` })),
    ...steps.flatMap(({ papers }, i) =>
      papers.map(({ need }, n) => ({ need, place: `steps[${i}].papers[${n}].need` })),
    ),
    ...limits.map(({ need }, i) => ({ need, place: `limits[${i}].need` })),
  ];
}

function checkNames({ steps, limits }: Procedure, reader: RuleReader): void {
  const known = new Set(steps.map(({ id }) => id));
  const check = (ids: readonly string[], place: string): void => {
    for (const id of ids) if (!known.has(id)) reader.add(place, MISTAKE.noStep(id));
  };
  for (const [i, { after }] of steps.entries()) check(after, `steps[${i}].after`);
  for (const [i, { from, until, pauses }] of limits.entries()) {
    check(stepOf(from), `limits[${i}].from.step`);
    check(stepOf(until), `limits[${i}].until.step`);
    check(pauses.steps, `limits[${i}].pauses.steps`);
  }
}

function checkClosing({ steps }: Procedure, order: StepOrder, reader: RuleReader): void {
  const closings = steps.filter(({ kind }) => kind === 'closing');
  const [closing] = closings;
  if (closing === undefined || closings.length > 1) {
    reader.add('steps', MISTAKE.noClosing);
    return;
  }
  if (closing.need !== 'always' || closing.repeatable)
    reader.add(`steps[${steps.indexOf(closing)}].need`, MISTAKE.closingMustCome);
  for (const [i, { id }] of steps.entries()) {
    if (id === closing.id) continue;
    if (order.get(id)?.has(closing.id)) reader.add(`steps[${i}].after`, MISTAKE.afterClosing);
    else if (!order.get(closing.id)?.has(id)) reader.add(`steps[${i}].id`, MISTAKE.notBeforeClosing);
  }
}

function checkDecisions(procedure: Procedure, order: StepOrder, reader: RuleReader): void {
  const { steps, act } = procedure;
  const decisions = steps.filter(({ kind }) => kind === 'decision');
  checkReview(procedure, decisions, order, reader);
  if (decisions.length === 0) {
    if (DECIDING.has(act)) reader.add('steps', MISTAKE.noDecision(act));
    return;
  }
  for (const [i, { id, kind }] of steps.entries()) {
    const precedes = decisions.some((decision) => order.get(decision.id)?.has(id));
    const follows = decisions.some((decision) => order.get(id)?.has(decision.id));
    if ((kind === 'notice' || kind === 'hearing') && !precedes)
      reader.add(`steps[${i}].after`, MISTAKE.tooLateForDecision);
    if ((kind === 'service' || kind === 'publication') && !follows)
      reader.add(`steps[${i}].after`, MISTAKE.tooEarlyForDecision);
  }
}

function checkReview(
  { steps, legalReview }: Procedure,
  decisions: readonly ProcedureStep[],
  order: StepOrder,
  reader: RuleReader,
): void {
  const reviews = steps.filter(({ kind }) => kind === 'legal-review');
  if (!legalReview) {
    if (reviews.length > 0) reader.add('legalReview', MISTAKE.reviewUndemanded);
    return;
  }
  if (reviews.length === 0) reader.add('legalReview', MISTAKE.noReview);
  for (const review of reviews) {
    const place = `steps[${steps.indexOf(review)}]`;
    const { count, roles, independent } = review.who;
    if (review.need === 'may') reader.add(`${place}.need`, MISTAKE.reviewMay);
    if (count === 0 || !roles.includes('reviewer') || !independent)
      reader.add(`${place}.who`, MISTAKE.reviewNotIndependent);
  }
  for (const decision of decisions)
    if (!reviews.some(({ id }) => order.get(decision.id)?.has(id)))
      reader.add(`steps[${steps.indexOf(decision)}].after`, MISTAKE.decisionUnreviewed);
}

function checkLimit(
  limit: ProcedureLimit,
  place: string,
  { steps }: Procedure,
  order: StepOrder,
  reader: RuleReader,
): void {
  const { from, until, sense, pauses } = limit;
  if ('recordings' in from !== 'recordings' in until) {
    reader.add(`${place}.until`, MISTAKE.recordingsAlone);
    return;
  }
  const isFrom = 'recordings' in from ? from.recordings === 'due' : !('case' in from) || from.case === 'opened';
  const isUntil =
    'recordings' in until ? until.recordings === 'handed-in' : !('case' in until) || until.case === 'closed';
  if (!isFrom) reader.add(`${place}.from`, MISTAKE.notFrom);
  if (!isUntil) reader.add(`${place}.until`, MISTAKE.notUntil);
  if (sense === 'not-before' && !('step' in until && until.at === 'begins'))
    reader.add(`${place}.until`, MISTAKE.waitNoBegin);
  const ends = [...stepOf(from), ...stepOf(until)];
  if (pauses.steps.some((id) => ends.includes(id))) reader.add(`${place}.pauses.steps`, MISTAKE.pausesItself);
  if (!('step' in from) || !('step' in until)) return;
  const words = neverCome(from, until, steps, order);
  if (words !== null) reader.add(`${place}.until`, words);
}

/** The end of a limit that is over, or excluded, when the limit begins would leave a clock that nothing stops. */
function neverCome(
  from: StepMoment,
  until: StepMoment,
  steps: readonly ProcedureStep[],
  order: StepOrder,
): Label | null {
  const find = (id: string): ProcedureStep | undefined => steps.find((step) => step.id === id);
  const [first, last] = [find(from.step), find(until.step)];
  if (first === undefined || last === undefined) return null;
  if (first === last) {
    if (from.at === until.at) return MISTAKE.sameMoment;
    return from.at === 'ends' && !last.repeatable ? MISTAKE.neverUntil(last.id) : null;
  }
  const isPast = (order.get(first.id)?.has(last.id) ?? false) && !last.repeatable;
  return isPast || excludes(first.need, last.need) ? MISTAKE.neverUntil(last.id) : null;
}

/** Whether the one is needed only where the other is not. */
function excludes(one: Need, other: Need): boolean {
  const [a, b] = [one, other].map((need) => (typeof need === 'string' ? {} : need));
  const covers = (when: readonly string[] = [], unless: readonly string[] = []): boolean =>
    when.length > 0 && when.every((id) => unless.includes(id));
  return covers(a?.when, b?.unless) || covers(b?.when, a?.unless);
}

function stepOf(moment: Moment): string[] {
  return 'step' in moment ? [moment.step] : [];
}
