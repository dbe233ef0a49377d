import type { LocalDate } from './calendar.js';
import type { StepOccurrence } from './case.js';
import type { Id } from './ids.js';
import type {
  ActingRole,
  ExcuseKind,
  Need,
  Procedure,
  ProcedureLimit,
  ProcedureStep,
  RecordingDuty,
} from './procedure.js';
import { isMoreDuty } from './procedure.js';
import type { Label } from './rule-mistakes.js';

/**
 * How a case stands, as far as its procedure asks: what was stated, which steps came when, who took part, and what is
 * tied to them. The rules read this and nothing else.
 */
export interface CaseStanding {
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  /** Officers in charge of the case, and whoever else may not judge it. */
  readonly officerIds: readonly Id[];
  readonly statements: readonly ConditionStatement[];
  readonly comings: readonly Coming[];
  readonly reviews: readonly Review[];
  readonly excuses: readonly Excuse[];
  readonly extensions: readonly Extension[];
}

/** The last one on a condition counts; those before say since when. */
export interface ConditionStatement {
  readonly conditionId: string;
  /** For conditions of one coming of a step; null for those of the case. */
  readonly occurrenceId: Id | null;
  readonly holds: boolean;
  readonly at: Date;
}

/** An occurrence of a step with what is tied to it. */
export interface Coming extends Pick<StepOccurrence, 'id' | 'stepId' | 'state'> {
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly people: readonly Participant[];
  /** Papers and recordings whose custody is good: received or sealed, not quarantined or disposed. */
  readonly papers: readonly { readonly paperId: string; readonly assetId: Id }[];
  /** Every video and sound. One that stands in for a paper (以音像记录代替笔录) is among the papers as well: it is both. */
  readonly recordings: readonly { readonly assetId: Id; readonly receivedAt: Date }[];
  /** Breaks of a recording in full, longer than allowed, that nobody has explained in writing. */
  readonly unexplainedGaps: number;
}

export interface Participant {
  readonly accountId: Id;
  readonly role: ActingRole;
  /** Of the certificate, or a reviewer's qualification; null when there is none. Both days count. */
  readonly certified: { readonly from: LocalDate; readonly to: LocalDate } | null;
}

export interface Review {
  readonly occurrenceId: Id;
  readonly outcome: 'passed' | 'passed-with-changes' | 'returned';
  readonly at: Date;
  /** Who reviewed: told by the review itself, since who took part in a step can be stated by an officer of the case. */
  readonly reviewers: readonly Participant[];
}

/** Why something asked for is not there. Counts only with a ground the law allows, a reason, and another's approval. */
export interface Excuse {
  readonly occurrenceId: Id;
  /** Null: the recording of the step. */
  readonly paperId: string | null;
  readonly kind: ExcuseKind;
  readonly reason: string;
  readonly askedBy: Id;
  readonly approvedBy: Id | null;
}

export interface Extension {
  readonly limitId: string;
  /** The coming the limit runs from; null for limits that run from the opening of the case. */
  readonly occurrenceId: Id | null;
  readonly approvedBy: Id;
  readonly approvedAt: Date;
}

/** A rule an outcome follows: which version of which procedure, which part of it, and the clause. */
export interface Rule {
  readonly procedureId: string;
  readonly version: number;
  /** `steps/decision`, `limits/service`, `steps/seizure/papers/decision`. */
  readonly part: string;
  readonly title: Label;
  readonly source: string;
}

export function ruleOf(procedure: Procedure, part: string, { title, source }: { title: Label; source: string }): Rule {
  return { procedureId: procedure.id, version: procedure.version, part, title, source };
}

export function ruleOfStep(procedure: Procedure, step: ProcedureStep): Rule {
  return ruleOf(procedure, `steps/${step.id}`, step);
}

export function ruleOfLimit(procedure: Procedure, limit: ProcedureLimit): Rule {
  return ruleOf(procedure, `limits/${limit.id}`, limit);
}

/** Whether something is needed; `unknown` until the conditions it hangs on are stated. */
export type Needed = 'yes' | 'no' | 'may' | 'unknown';

/** @param occurrenceId the coming that conditions of one coming are asked of */
export function neededBy(need: Need, standing: CaseStanding, occurrenceId: Id | null = null): Needed {
  if (need === 'always') return 'yes';
  if (need === 'may') return 'may';
  const when = need.when === undefined ? true : anyHolds(need.when, standing, occurrenceId);
  const unless = need.unless === undefined ? false : anyHolds(need.unless, standing, occurrenceId);
  if (when === false || unless === true) return 'no';
  return when === null || unless === null ? 'unknown' : 'yes';
}

/** Null: none is known to hold, and one at least was never stated. */
function anyHolds(ids: readonly string[], standing: CaseStanding, occurrenceId: Id | null): boolean | null {
  const said = ids.map((id) => stated(id, standing, occurrenceId));
  if (said.includes(true)) return true;
  return said.includes(null) ? null : false;
}

/** What was last stated; null when nothing was. */
export function stated(conditionId: string, { statements }: CaseStanding, occurrenceId: Id | null): boolean | null {
  const said = statements.filter(
    (one) => one.conditionId === conditionId && (one.occurrenceId === null || one.occurrenceId === occurrenceId),
  );
  let last: ConditionStatement | undefined;
  for (const one of said) if (last === undefined || one.at >= last.at) last = one;
  return last?.holds ?? null;
}

/** What a coming must have recorded; null while a condition that would raise it is not stated. */
export function recordingOf(
  step: ProcedureStep,
  standing: CaseStanding,
  occurrenceId: Id | null,
): RecordingDuty | null {
  let duty = step.recording.duty;
  let isSure = true;
  for (const raised of step.recording.raised) {
    const holds = anyHolds(raised.when, standing, occurrenceId);
    if (holds === true && isMoreDuty(raised.duty, duty)) duty = raised.duty;
    if (holds === null) isSure = false;
  }
  return isSure || duty === 'full' ? duty : null;
}

/** Comings of a step that have begun, in the order of time. */
export function begunComings({ comings }: CaseStanding, stepId: string): Coming[] {
  return comings.filter((one) => one.stepId === stepId && one.state !== 'waiting').sort(byStart);
}

function byStart(a: Coming, b: Coming): number {
  return (a.startedAt?.getTime() ?? 0) - (b.startedAt?.getTime() ?? 0);
}
