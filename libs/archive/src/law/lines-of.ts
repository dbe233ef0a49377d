import {
  breachesOf,
  type ClockStanding,
  clocksOf,
  type DutyStanding,
  dutiesOf,
  isOwed,
  newId,
  REVIEW_LIMIT,
  ruleOfReviewLimit,
} from '#domain';
import type { CaseLineRecord } from '#persistence';
import { owedStatements } from './owed-statements.js';
import type { CaseFile } from './read-standing.js';

/** What is to be done in an open case and by when, and what was done wrong; nothing of a closed one. */
export function linesOf(file: CaseFile, now: Date): CaseLineRecord[] {
  if (file.record.state !== 'open') return [];
  const { procedure, standing, reckoning } = file;
  const clocks = clocksOf(procedure, standing, { ...reckoning, now }).filter(isOpen);
  const duties = dutiesOf(procedure, standing).filter((duty) => duty.occurrenceId !== null && isOwed(duty));
  const handIn = clocks.filter(({ limit }) => 'recordings' in limit.from).map(({ occurrenceId }) => occurrenceId);
  return [
    ...clocks.map((clock) => clockLine(file, clock, now)),
    ...reviewLines(file, now),
    ...duties
      // What is undetermined is asked for as a statement; what is still to be handed in has a clock of its own.
      .filter(({ status }) => status === 'missing')
      .filter(({ about, occurrenceId }) => about !== 'recording' || !handIn.includes(occurrenceId))
      .map((duty) => dutyLine(file, duty, now)),
    ...statementLines(file, now),
    ...breachLines(file, now),
  ];
}

function isOpen({ limit, metAt }: ClockStanding): boolean {
  return limit.sense === 'within' && metAt === null;
}

function clockLine({ record }: CaseFile, clock: ClockStanding, now: Date): CaseLineRecord {
  const { limit, rule, occurrenceId, startedAt, due } = clock;
  return {
    ...{ id: newId(now.getTime()), caseId: record.id, kind: 'clock', ref: limit.id, of: limit.of, occurrenceId },
    ...{ startedAt, dueAt: due.at, lateAt: limit.of === 'agency' ? due.at : null, words: limit.title, rule },
  };
}

/** From submission to the opinion: the limit is the agency's own, by the policy in force when it was submitted. */
function reviewLines({ record, reviews }: CaseFile, now: Date): CaseLineRecord[] {
  return reviews
    .filter(({ state }) => state === 'open')
    .map(({ occurrenceId, n, submittedAt, dueAt, policyVersion }) => ({
      ...{ id: newId(now.getTime()), caseId: record.id, kind: 'clock', ref: REVIEW_LIMIT, of: 'agency', occurrenceId },
      ...{ startedAt: submittedAt, dueAt, lateAt: dueAt },
      words: { zh: `出具法制审核意见（第 ${n} 次送审）`, en: `Opinion of the legal review, submission ${n}` },
      rule: ruleOfReviewLimit(policyVersion),
    }));
}

/** What a step asks for is there when it ends. */
function dutyLine({ record, standing }: CaseFile, duty: DutyStanding, now: Date): CaseLineRecord {
  const coming = standing.comings.find(({ id }) => id === duty.occurrenceId);
  const [startedAt, dueAt] = [coming?.startedAt ?? null, coming?.endedAt ?? null];
  return {
    ...{ id: newId(now.getTime()), caseId: record.id, kind: 'duty', ref: duty.stepId, of: 'agency' },
    ...{ occurrenceId: duty.occurrenceId, startedAt, dueAt, lateAt: dueAt, words: duty.words, rule: duty.rule },
  };
}

function statementLines(file: CaseFile, now: Date): CaseLineRecord[] {
  const { record, procedure } = file;
  return owedStatements(file, now).map(({ condition, occurrenceId }) => ({
    ...{ id: newId(now.getTime()), caseId: record.id, kind: 'statement', ref: condition.id, of: 'agency' },
    ...{ occurrenceId, startedAt: null, dueAt: null, lateAt: null },
    words: { zh: `待填明：${condition.title.zh}`, en: `To be stated: ${condition.title.en}` },
    rule: {
      ...{ procedureId: procedure.id, version: procedure.version, part: `conditions/${condition.id}` },
      ...{ title: condition.title, source: condition.source },
    },
  }));
}

function breachLines({ record, procedure, standing, reckoning }: CaseFile, now: Date): CaseLineRecord[] {
  return breachesOf(procedure, standing, reckoning).map(({ stepId, occurrenceId, words, rule }) => {
    const startedAt = standing.comings.find(({ id }) => id === occurrenceId)?.startedAt ?? null;
    return {
      ...{ id: newId(now.getTime()), caseId: record.id, kind: 'breach', ref: stepId, of: 'agency' },
      ...{ occurrenceId, startedAt, dueAt: null, lateAt: startedAt, words, rule },
    };
  });
}
