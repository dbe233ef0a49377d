import type { WorkCalendar } from './calendar.js';
import { type ClockState, type Due, dueOf, type Limit, type Pause, stateOfClock } from './deadline.js';
import { dutiesOfStep } from './duties.js';
import type { Id } from './ids.js';
import { findStep, type Moment, type Procedure, type ProcedureLimit } from './procedure.js';
import { begunComings, type CaseStanding, neededBy, type Rule, ruleOfLimit } from './standing.js';

/** Of a limit that must have run out before a step begins: still running, run out, or the step came too early. */
export type WaitState = 'waiting' | 'over' | 'too-early';

/** One limit, run from one event. A party's that is `late` has lapsed; nobody broke a rule by it. */
export interface ClockStanding {
  readonly limit: ProcedureLimit;
  readonly rule: Rule;
  /** The coming it runs from; null from the opening of the case. */
  readonly occurrenceId: Id | null;
  readonly startedAt: Date;
  /** When what it waits for came. */
  readonly metAt: Date | null;
  readonly due: Due;
  readonly state: ClockState | WaitState;
  /** How many extensions count, and how many do not: approved too late, or one too many. */
  readonly extensions: number;
  readonly refusedExtensions: number;
}

export interface Reckoning {
  readonly calendar: WorkCalendar;
  /** What the agency set for limits that are its to set, by limit id; others are not listened to. */
  readonly agencyLimits?: ReadonlyMap<string, Limit>;
}

type Instant = { readonly at: Date; readonly occurrenceId: Id | null };
/** A start with the event that ended it, if any. */
type Span = Instant & { readonly metAt: Date | null };

/** All clocks of the case, by limit and start. Of a closed case they stand as they did when it was closed. */
export function clocksOf(
  procedure: Procedure,
  standing: CaseStanding,
  { now, ...reckoning }: Reckoning & { readonly now: Date },
): ClockStanding[] {
  const seenAt = standing.closedAt ?? now;
  return procedure.limits
    .filter((limit) => neededBy(limit.need, standing) !== 'no')
    .flatMap((limit) =>
      spansOf(procedure, limit, standing).map((span) => clockOf(procedure, limit, span, standing, reckoning, seenAt)),
    );
}

function clockOf(
  procedure: Procedure,
  limit: ProcedureLimit,
  { at, occurrenceId, metAt }: Span,
  standing: CaseStanding,
  { calendar, agencyLimits }: Reckoning,
  now: Date,
): ClockStanding {
  const length = (limit.agencyMaySet ? agencyLimits?.get(limit.id) : undefined) ?? limit.limit;
  const pauses = pausesOf(limit, standing);
  const asked = standing.extensions
    .filter((one) => one.limitId === limit.id && one.occurrenceId === occurrenceId)
    .sort((a, b) => a.approvedAt.getTime() - b.approvedAt.getTime());
  let extensions: Limit[] = [];
  let due = dueOf(at, length, calendar, { pauses });
  for (const { approvedAt } of asked) {
    const isInTime = due.at === null || approvedAt <= due.at;
    if (limit.extension === null || extensions.length >= limit.extension.times || !isInTime) continue;
    extensions = [...extensions, limit.extension.limit];
    due = dueOf(at, length, calendar, { pauses, extensions });
  }
  return {
    limit,
    rule: ruleOfLimit(procedure, limit),
    occurrenceId,
    startedAt: at,
    metAt,
    due,
    state: limit.sense === 'within' ? stateOfClock(at, due, { now, metAt }) : stateOfWait(due, now, metAt),
    extensions: extensions.length,
    refusedExtensions: asked.length - extensions.length,
  };
}

function stateOfWait({ at }: Due, now: Date, cameAt: Date | null): WaitState {
  if (cameAt !== null) return at === null || cameAt <= at ? 'too-early' : 'over';
  return at === null || now <= at ? 'waiting' : 'over';
}

/** Where the limit starts and what ends it, each start by itself. */
function spansOf(procedure: Procedure, limit: ProcedureLimit, standing: CaseStanding): Span[] {
  if ('recordings' in limit.from) return recordingSpans(procedure, standing);
  const starts = instantsOf(limit.from, standing);
  const ends = instantsOf(limit.until, standing);
  if (limit.sense === 'not-before')
    return starts.map((start) => ({ ...start, metAt: ends.find(({ at }) => at >= start.at)?.at ?? null }));
  const spans = matched(starts, ends, comeAgain(procedure, limit));
  // What the conditions have ruled out will never end it: the limit binds no more.
  const isRuledOut = 'step' in limit.until && isOut(procedure, limit.until.step, standing);
  return isRuledOut ? spans.filter(({ metAt }) => metAt !== null) : spans;
}

/** Where both ends can come again each start has an end of its own, else one end serves all starts before it. */
function matched(starts: readonly Instant[], ends: readonly Instant[], isOneToOne: boolean): Span[] {
  const left = [...ends];
  return starts.map((start) => {
    const i = left.findIndex(({ at }) => at >= start.at);
    const metAt = left[i]?.at ?? null;
    if (isOneToOne && i !== -1) left.splice(i, 1);
    return { ...start, metAt };
  });
}

function comeAgain(procedure: Procedure, { from, until }: ProcedureLimit): boolean {
  return [from, until].every((moment) => 'step' in moment && (findStep(procedure, moment.step)?.repeatable ?? false));
}

function isOut(procedure: Procedure, stepId: string, standing: CaseStanding): boolean {
  const step = findStep(procedure, stepId);
  return step !== undefined && neededBy(step.need, standing) === 'no' && begunComings(standing, stepId).length === 0;
}

function instantsOf(moment: Moment, standing: CaseStanding): Instant[] {
  if ('recordings' in moment) return [];
  if ('case' in moment) {
    const at = moment.case === 'opened' ? standing.openedAt : standing.closedAt;
    return at === null ? [] : [{ at, occurrenceId: null }];
  }
  return begunComings(standing, moment.step)
    .flatMap(({ id, startedAt, endedAt }): Instant[] => {
      const at = moment.at === 'begins' ? startedAt : endedAt;
      return at === null ? [] : [{ at, occurrenceId: id }];
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** From the end of each step that had to be recorded until the last of its recordings was with the archive. */
function recordingSpans(procedure: Procedure, standing: CaseStanding): Span[] {
  return procedure.steps.flatMap((step) => {
    const duties = dutiesOfStep(procedure, step, standing).filter(({ about }) => about === 'recording');
    return begunComings(standing, step.id).flatMap(({ id, endedAt, recordings }): Span[] => {
      const status = duties.find(({ occurrenceId }) => occurrenceId === id)?.status;
      if (endedAt === null || (status !== 'held' && status !== 'missing')) return [];
      const last = Math.max(...recordings.map(({ receivedAt }) => receivedAt.getTime()));
      return [{ at: endedAt, occurrenceId: id, metAt: status === 'held' ? new Date(last) : null }];
    });
  });
}

function pausesOf({ pauses }: ProcedureLimit, standing: CaseStanding): Pause[] {
  const bySteps = pauses.steps.flatMap((stepId) =>
    begunComings(standing, stepId).flatMap(({ startedAt, endedAt }) =>
      startedAt === null ? [] : [{ from: startedAt, to: endedAt }],
    ),
  );
  return [...bySteps, ...pauses.conditions.flatMap((id) => timesOf(id, standing))];
}

/** From when a condition was stated to hold until it was stated not to. */
function timesOf(conditionId: string, { statements }: CaseStanding): Pause[] {
  const said = statements
    .filter((one) => one.conditionId === conditionId && one.occurrenceId === null)
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const times: Pause[] = [];
  let since: Date | null = null;
  for (const { holds, at } of said) {
    if (holds) since ??= at;
    else if (since !== null) {
      times.push({ from: since, to: at });
      since = null;
    }
  }
  return since === null ? times : [...times, { from: since, to: null }];
}
