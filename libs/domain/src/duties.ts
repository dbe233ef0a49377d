import type { Id } from './ids.js';
import type { Procedure, ProcedureStep, RecordingDuty } from './procedure.js';
import type { Label } from './rule-mistakes.js';
import {
  begunComings,
  type CaseStanding,
  type Coming,
  type Excuse,
  type Needed,
  neededBy,
  type Rule,
  recordingOf,
  ruleOf,
  ruleOfStep,
} from './standing.js';

/**
 * `optional`: not there, and need not be. `not-applicable`: the conditions stated say that it is not asked for.
 * `undetermined`: a condition it hangs on was never stated, which no gate takes for "no".
 */
export type DutyStatus = 'held' | 'missing' | 'excused' | 'optional' | 'not-applicable' | 'undetermined';

export interface DutyStanding {
  readonly about: 'step' | 'paper' | 'recording';
  readonly stepId: string;
  /** Null where the step has not begun: then what it will ask for is not told paper by paper. */
  readonly occurrenceId: Id | null;
  readonly paperId: string | null;
  readonly status: DutyStatus;
  readonly words: Label;
  readonly rule: Rule;
}

export type ExcuseFault = 'kind-not-allowed' | 'no-reason' | 'not-approved' | 'approved-by-asker';

/** Everything the procedure asks of the case, step by step in its order, with what is there and what is not. */
export function dutiesOf(procedure: Procedure, standing: CaseStanding): DutyStanding[] {
  return procedure.steps.flatMap((step) => dutiesOfStep(procedure, step, standing));
}

export function dutiesOfStep(procedure: Procedure, step: ProcedureStep, standing: CaseStanding): DutyStanding[] {
  const begun = begunComings(standing, step.id);
  return [
    dutyToCome(procedure, step, begun, standing),
    ...begun.flatMap((coming) => dutiesOfComing(procedure, step, coming, standing)),
  ];
}

/** What stands in the way of a gate. */
export function isOwed({ status }: DutyStanding): boolean {
  return status === 'missing' || status === 'undetermined';
}

/** Null when the excuse counts. */
export function faultOf(excuse: Excuse, procedure: Procedure): ExcuseFault | null {
  const { kinds } = excuse.paperId === null ? procedure.excuses.recordings : procedure.excuses.papers;
  if (!kinds.includes(excuse.kind)) return 'kind-not-allowed';
  if (excuse.reason.trim() === '') return 'no-reason';
  if (excuse.approvedBy === null) return 'not-approved';
  return excuse.approvedBy === excuse.askedBy ? 'approved-by-asker' : null;
}

/** The step itself: done when one coming is done and none is still going on. */
function dutyToCome(
  procedure: Procedure,
  step: ProcedureStep,
  begun: readonly Coming[],
  standing: CaseStanding,
): DutyStanding {
  const isDone = begun.length > 0 && begun.every(({ state }) => state === 'done');
  const needed = begun.length > 0 ? 'yes' : neededBy(step.need, standing);
  const status = statusOf(needed, isDone);
  return {
    about: 'step',
    stepId: step.id,
    occurrenceId: null,
    paperId: null,
    status,
    words: wordsOf(`环节“${step.title.zh}”`, `step “${step.title.en}”`, status, '已完成', 'done'),
    rule: ruleOfStep(procedure, step),
  };
}

function dutiesOfComing(
  procedure: Procedure,
  step: ProcedureStep,
  coming: Coming,
  standing: CaseStanding,
): DutyStanding[] {
  const excused = (paperId: string | null): boolean =>
    standing.excuses.some(
      (excuse) =>
        excuse.occurrenceId === coming.id && excuse.paperId === paperId && faultOf(excuse, procedure) === null,
    );
  const papers = step.papers.map((paper): DutyStanding => {
    const isHeld = coming.papers.some(({ paperId }) => paperId === paper.id);
    const found = statusOf(neededBy(paper.need, standing, coming.id), isHeld);
    const status = found === 'missing' && excused(paper.id) ? 'excused' : found;
    return {
      about: 'paper',
      stepId: step.id,
      occurrenceId: coming.id,
      paperId: paper.id,
      status,
      words: wordsOf(`文书《${paper.title.zh}》`, `paper “${paper.title.en}”`, status),
      rule: ruleOf(procedure, `steps/${step.id}/papers/${paper.id}`, { title: paper.title, source: step.source }),
    };
  });
  return [...papers, recordingDuty(procedure, step, coming, standing, excused(null))];
}

function recordingDuty(
  procedure: Procedure,
  step: ProcedureStep,
  coming: Coming,
  standing: CaseStanding,
  isExcused: boolean,
): DutyStanding {
  const duty = recordingOf(step, standing, coming.id);
  const isBroken = duty === 'full' && coming.recordings.length > 0 && coming.unexplainedGaps > 0;
  const isHeld = coming.recordings.length > 0 && !isBroken;
  const found = statusOf(needOfRecording(duty), isHeld);
  const status = found === 'missing' && isExcused ? 'excused' : found;
  const [zh, en] = duty === 'full' ? ['全程音像记录', 'recording in full'] : ['音像记录', 'recording'];
  const words =
    isBroken && status === 'missing'
      ? {
          zh: `“${step.title.zh}”的${zh}中断 ${coming.unexplainedGaps} 处，未作书面说明`,
          en: `the ${en} of “${step.title.en}” has ${coming.unexplainedGaps} breaks without a written explanation`,
        }
      : wordsOf(`“${step.title.zh}”的${zh}`, `${en} of “${step.title.en}”`, status);
  const raised = step.recording.raised.find((more) => more.duty === duty && step.recording.duty !== duty);
  return {
    about: 'recording',
    stepId: step.id,
    occurrenceId: coming.id,
    paperId: null,
    status,
    words,
    rule: ruleOf(procedure, `steps/${step.id}/recording`, {
      title: step.title,
      source: raised?.source ?? step.source,
    }),
  };
}

/** A recording that is there is there, though a condition not stated might ask for more of it. */
function needOfRecording(duty: RecordingDuty | null): Needed {
  if (duty === null) return 'unknown';
  if (duty === 'none') return 'no';
  return duty === 'optional' ? 'may' : 'yes';
}

function statusOf(needed: Needed, isHeld: boolean): DutyStatus {
  if (needed === 'unknown') return 'undetermined';
  if (isHeld) return 'held';
  if (needed === 'yes') return 'missing';
  return needed === 'may' ? 'optional' : 'not-applicable';
}

function wordsOf(zh: string, en: string, status: DutyStatus, heldZh = '已有', heldEn = 'there'): Label {
  const said: Record<DutyStatus, readonly [string, string]> = {
    held: [heldZh, heldEn],
    missing: ['缺', 'missing'],
    excused: ['经批准免予', 'excused with approval'],
    optional: ['可有可无', 'optional'],
    'not-applicable': ['不适用', 'does not apply'],
    undetermined: ['是否需要，取决于尚未填明的情形', 'depends on a condition that was not stated'],
  };
  const [wordZh, wordEn] = said[status];
  return { zh: `${zh}：${wordZh}`, en: `${en}: ${wordEn}` };
}
