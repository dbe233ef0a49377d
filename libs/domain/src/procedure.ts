import type { Limit } from './deadline.js';
import type { Label } from './rule-mistakes.js';

/** Classes of administrative acts: penalty, inspection, measures, enforcement, permit, levy, filing, payment. */
export const ACTS = [
  'penalty',
  'inspection',
  'compulsion-measure',
  'compulsory-enforcement',
  'permit',
  'levy',
  'filing',
  'payment',
] as const;
export type Act = (typeof ACTS)[number];

/** What a step is to the engine, where it must know; everything else it needs is in the step's own fields. */
export const STEP_KINDS = [
  'none',
  'filing',
  'legal-review',
  'notice',
  'hearing',
  'decision',
  'service',
  'publication',
  'closing',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** Duty to record in sound and picture: none, optional, required, or the full course of the step; least first. */
export const RECORDING_DUTIES = ['none', 'optional', 'required', 'full'] as const;
export type RecordingDuty = (typeof RECORDING_DUTIES)[number];

/** As what somebody takes part in a step. `chair` conducts a hearing, `head` answers for the agency. */
export const ACTING_ROLES = ['officer', 'reviewer', 'chair', 'head'] as const;
export type ActingRole = (typeof ACTING_ROLES)[number];

/** Why a duty may go unmet: secret or privacy, emergency, objective impossibility. */
export const EXCUSE_KINDS = ['secret-or-privacy', 'emergency', 'impossible'] as const;
export type ExcuseKind = (typeof EXCUSE_KINDS)[number];

/**
 * A fact that an officer states, yes or no; until it is stated nothing that hangs on it passes a gate. `case`: one
 * answer for the case. `occurrence`: one for each coming of a step (a party absent at one seizure and there at the next).
 */
export interface Condition {
  readonly id: string;
  readonly title: Label;
  readonly of: 'case' | 'occurrence';
  readonly source: string;
}

/**
 * `may`: left to the case. An object: needed when any of `when` holds (or there is none) and none of `unless` does.
 */
export type Need = 'always' | 'may' | ConditionalNeed;

export interface ConditionalNeed {
  readonly when?: readonly string[];
  readonly unless?: readonly string[];
}

export interface PaperDuty {
  readonly id: string;
  readonly title: Label;
  readonly need: Need;
  /** Whether it carries a number of the agency's. */
  readonly numbered: boolean;
  /** Whether it is served on a party. */
  readonly served: boolean;
}

/**
 * Further columns of 音像记录事项清单 that agencies fill in for people: what is recorded, where, with what, by whom, its
 * content, the time limit of the act, how and how long it is kept, its class (入户、场景、约谈、检查、确认), remarks. No rule
 * reads them.
 */
export const RECORDING_DETAILS = [
  'item',
  'place',
  'manner',
  'department',
  'recorder',
  'content',
  'timeLimit',
  'storage',
  'retention',
  'class',
  'remarks',
] as const;
export type RecordingDetail = (typeof RECORDING_DETAILS)[number];
export type RecordingDetails = { readonly [K in RecordingDetail]?: string };

export interface RecordingRule {
  readonly duty: RecordingDuty;
  /** The events a recording starts and ends with; null where none is ever asked for. */
  readonly from: Label | null;
  readonly to: Label | null;
  /** Where more is asked for: in full in enforcement premises, required for service by leaving. */
  readonly raised: readonly RaisedDuty[];
  readonly details?: RecordingDetails;
}

export interface RaisedDuty {
  readonly duty: RecordingDuty;
  /** Any of these. */
  readonly when: readonly string[];
  readonly source: string;
  readonly details?: RecordingDetails;
}

/** Who must be there: so many people of these roles with certificates valid on that day. */
export interface ActingRule {
  readonly count: number;
  readonly roles: readonly ActingRole[];
  /** None of them may be an officer of the case. */
  readonly independent: boolean;
}

export interface ProcedureStep {
  readonly id: string;
  readonly title: Label;
  readonly kind: StepKind;
  /** Whether the step can come more than once in a case (two site checks, several interviews). */
  readonly repeatable: boolean;
  readonly need: Need;
  /** Steps that are done before this one begins, those of them that apply; what they wait for is waited for too. */
  readonly after: readonly string[];
  readonly who: ActingRule;
  readonly recording: RecordingRule;
  readonly papers: readonly PaperDuty[];
  /** The clause the step and its duties follow. */
  readonly source: string;
}

/** `recordings due`: the end of each step that must be recorded; `handed-in`: its recordings are with the archive. */
export type Moment =
  | { readonly step: string; readonly at: 'begins' | 'ends' }
  | { readonly case: 'opened' | 'closed' }
  | { readonly recordings: 'due' | 'handed-in' };

/**
 * A time limit of the law. `within`: `until` comes before it has run out. `not-before`: it must have run out first
 * (notice seven days ahead of a hearing). `of`: whose time it is; a party's that runs out is lapsed, not broken.
 */
export interface ProcedureLimit {
  readonly id: string;
  readonly title: Label;
  readonly of: 'agency' | 'party';
  readonly sense: 'within' | 'not-before';
  readonly need: Need;
  readonly from: Moment;
  readonly until: Moment;
  readonly limit: Limit;
  /** Whether the law leaves the length to the agency; what stands here is then the default. */
  readonly agencyMaySet: boolean;
  readonly extension: {
    readonly limit: Limit;
    readonly times: number;
    readonly approver: Label;
  } | null;
  /** What stops the clock: while one of the steps goes on, or one of the conditions holds. */
  readonly pauses: { readonly steps: readonly string[]; readonly conditions: readonly string[] };
  readonly source: string;
}

/** A versioned template of one class of act. Files are never edited once used: a change is a new version. */
export interface Procedure {
  readonly id: string;
  readonly version: number;
  readonly title: Label;
  readonly act: Act;
  /** Whether a decision under it can need a legal review; when, is the need of the step of that kind. */
  readonly legalReview: boolean;
  /** The excuses its law allows, for recordings and for papers. */
  readonly excuses: {
    readonly recordings: ExcuseRule;
    readonly papers: ExcuseRule;
  };
  readonly conditions: readonly Condition[];
  readonly steps: readonly ProcedureStep[];
  readonly limits: readonly ProcedureLimit[];
  readonly source: string;
}

export interface ExcuseRule {
  readonly kinds: readonly ExcuseKind[];
  readonly source: string;
}

export function findStep(procedure: Procedure, stepId: string): ProcedureStep | undefined {
  return procedure.steps.find((step) => step.id === stepId);
}

export function isMoreDuty(duty: RecordingDuty, than: RecordingDuty): boolean {
  return RECORDING_DUTIES.indexOf(duty) > RECORDING_DUTIES.indexOf(than);
}

/** Every condition a need hangs on. */
export function conditionsOf(need: Need): string[] {
  return typeof need === 'string' ? [] : [...(need.when ?? []), ...(need.unless ?? [])];
}
