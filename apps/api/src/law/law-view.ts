import type { CertificateLine, LawDetail, LinePage, LineWithCase, StepDetail } from '#archive';
import type { CaseLaw, CaseLineView, Certificate, ClockView, DutyView, FaultView } from '#contract';
import type { ClockStanding, DutyStanding, Fault, Id } from '#domain';

export function toLaw(law: LawDetail): CaseLaw {
  const person = (id: Id): { id: Id; name: string } => ({ id, name: law.names.get(id) ?? '' });
  return {
    at: law.at.toISOString(),
    conditions: law.conditions.map(({ condition, occurrenceId, holds, isOwed, statements }) => ({
      ...{ conditionId: condition.id, occurrenceId, title: condition.title, source: condition.source, holds, isOwed },
      statements: statements.map((one) => ({
        ...{ holds: one.holds, at: one.at.toISOString(), statedAt: one.statedAt.toISOString() },
        by: person(one.statedBy),
      })),
    })),
    steps: law.steps.map((step) => toStep(step, law)),
    stepDuties: law.stepDuties.map(toDuty),
    clocks: law.clocks.map(toClock),
    breaches: law.breaches.map(toFault),
    closing: law.closing.map(toFault),
    excuses: law.excuses.map((one) => ({
      ...{ id: one.id, occurrenceId: one.occurrenceId, paperId: one.paperId, kind: one.kind },
      ...toAsked(one, person),
    })),
    extensions: law.extensions.map((one) => ({
      ...{ id: one.id, limitId: one.limitId, occurrenceId: one.occurrenceId },
      ...toAsked(one, person),
    })),
    newestVersion: law.newestVersion,
  };
}

type Asked = LawDetail['excuses'][number] | LawDetail['extensions'][number];

function toAsked(asked: Asked, person: (id: Id) => { id: Id; name: string }) {
  const { isApproved, decidedBy, decidedAt, decisionReason } = asked;
  const isDecided = isApproved !== null && decidedBy !== null && decidedAt !== null;
  return {
    ...{ reason: asked.reason, askedBy: person(asked.askedBy), askedAt: asked.askedAt.toISOString() },
    decision: isDecided
      ? { isApproved, by: person(decidedBy), at: decidedAt.toISOString(), reason: decisionReason ?? '' }
      : null,
    mayDecide: asked.mayDecide,
  };
}

function toStep(step: StepDetail, { names }: LawDetail): CaseLaw['steps'][number] {
  return {
    ...{ occurrenceId: step.occurrenceId, stepId: step.stepId, needed: step.needed, recording: step.recording },
    people: step.people.map(({ accountId, role, isCertified }) => ({
      ...{ accountId, name: names.get(accountId) ?? '', role, isCertified },
    })),
    duties: step.duties.map(toDuty),
    papers: step.papers.map(({ paperId, assetId }) => ({ paperId, assetId })),
    beginning: step.beginning.map(toFault),
    deciding: step.deciding.map(toFault),
  };
}

function toDuty({ about, stepId, occurrenceId, paperId, status, words, rule }: DutyStanding): DutyView {
  return { about, stepId, occurrenceId, paperId, status, words, rule };
}

export function toFault({ code, stepId, occurrenceId, words, rule }: Fault): FaultView {
  return { code, stepId, occurrenceId, words, rule };
}

function toClock(clock: ClockStanding): ClockView {
  const { limit, rule, occurrenceId, startedAt, metAt, due, state, extensions, refusedExtensions } = clock;
  return {
    ...{ limitId: limit.id, title: limit.title, of: limit.of, sense: limit.sense, occurrenceId, state },
    ...{ startedAt: startedAt.toISOString(), metAt: metAt?.toISOString() ?? null },
    ...{ dueAt: due.at?.toISOString() ?? null, lastDay: due.lastDay, warnings: [...due.warnings] },
    ...{ extensions, refusedExtensions, extension: limit.extension, rule },
  };
}

export function toLines({ items }: LinePage): CaseLineView[] {
  return items.map(toLine);
}

function toLine({ line, of, isLate }: LineWithCase): CaseLineView {
  return {
    ...{ id: line.id, caseId: line.caseId, caseNumber: of.number, caseTitle: of.title, unitName: of.unitName },
    ...{ officers: [...of.officers], kind: line.kind, ref: line.ref, of: line.of, occurrenceId: line.occurrenceId },
    ...{ startedAt: line.startedAt?.toISOString() ?? null, dueAt: line.dueAt?.toISOString() ?? null, isLate },
    ...{ words: line.words, rule: line.rule },
  };
}

export function toCertificate(line: CertificateLine): Certificate {
  return { ...line, withdrawnAt: line.withdrawnAt?.toISOString() ?? null };
}
