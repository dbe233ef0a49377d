import type { Id } from './ids.js';
import type { Label } from './rule-mistakes.js';
import type { Rule } from './standing.js';

/** Why something is refused, or was done against the procedure. */
export const FAULT_CODES = [
  'case-closed',
  'step-missing',
  'step-going-on',
  'not-begun',
  'condition-unstated',
  'step-not-needed',
  'comes-once',
  'later-begun',
  'too-early',
  'people',
  'duty',
  'review-missing',
  'review-returned',
  'review-stale',
  'reviewer-unfit',
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

/** The rule that stands in the way, and what it finds. */
export interface Fault {
  readonly code: FaultCode;
  /** What was to be done, or was done. */
  readonly stepId: string;
  readonly occurrenceId: Id | null;
  readonly words: Label;
  readonly rule: Rule;
}

/** What the words are about: the step itself, and what it is measured by (another step, a limit, what is missing). */
export interface FaultNames {
  readonly step: Label;
  readonly other: Label;
}

export const FAULT_TEXT: Record<FaultCode, (names: FaultNames) => Label> = {
  'case-closed': ({ step }) => ({
    zh: `案件已结，不能再办“${step.zh}”`,
    en: `The case is closed; “${step.en}” cannot come any more`,
  }),
  'step-missing': ({ step, other }) => ({
    zh: `“${step.zh}”之前须先完成“${other.zh}”`,
    en: `“${other.en}” must be done before “${step.en}”`,
  }),
  'step-going-on': ({ step, other }) => ({
    zh: `“${other.zh}”尚未结束，不能进入“${step.zh}”`,
    en: `“${other.en}” is still going on; “${step.en}” comes after it`,
  }),
  'not-begun': ({ step }) => ({ zh: `“${step.zh}”尚未开始`, en: `“${step.en}” has not begun` }),
  'condition-unstated': ({ step, other }) => ({
    zh: `“${step.zh}”之前须先填明：${other.zh}`,
    en: `Before “${step.en}” it must be stated: ${other.en}`,
  }),
  'step-not-needed': ({ step }) => ({
    zh: `按已填明的情形，不适用“${step.zh}”`,
    en: `By the conditions stated “${step.en}” does not apply`,
  }),
  'comes-once': ({ step }) => ({ zh: `“${step.zh}”只能有一次`, en: `“${step.en}” comes once only` }),
  'later-begun': ({ step, other }) => ({
    zh: `程序倒置：“${other.zh}”已经开始，“${step.zh}”应在其前`,
    en: `Out of order: “${other.en}” has begun, and “${step.en}” belongs before it`,
  }),
  'too-early': ({ step, other }) => ({
    zh: `“${other.zh}”尚未届满，不能进行“${step.zh}”`,
    en: `“${other.en}” has not run out; “${step.en}” must wait for it`,
  }),
  people: ({ step, other }) => ({
    zh: `“${step.zh}”的办理人员不合要求：${other.zh}`,
    en: `Who acts in “${step.en}” does not suffice: ${other.en}`,
  }),
  duty: ({ step, other }) => ({ zh: `“${step.zh}”之前：${other.zh}`, en: `Before “${step.en}”: ${other.en}` }),
  'review-missing': ({ step }) => ({
    zh: `未经法制审核，不得作出“${step.zh}”`,
    en: `No “${step.en}” without a legal review`,
  }),
  'review-returned': ({ step }) => ({
    zh: `法制审核未通过，不得作出“${step.zh}”`,
    en: `The legal review was not passed; no “${step.en}”`,
  }),
  'review-stale': ({ step, other }) => ({
    zh: `法制审核之后又有“${other.zh}”，须重新审核才能作出“${step.zh}”`,
    en: `“${other.en}” came after the legal review; it is reviewed again before “${step.en}”`,
  }),
  'reviewer-unfit': ({ step, other }) => ({
    zh: `法制审核人员不合要求，不得作出“${step.zh}”：${other.zh}`,
    en: `The legal reviewer does not qualify, so no “${step.en}”: ${other.en}`,
  }),
};

/** The rule as it is cited beside every outcome: clause, procedure, version. */
export function citationOf({ procedureId, version, title, source }: Rule): Label {
  return {
    zh: `依据：${source}（${procedureId} 第 ${version} 版，${title.zh}）`,
    en: `By: ${source} (${procedureId} version ${version}, ${title.en})`,
  };
}
