import type { CaseDetail, CaseLine, CaseReplay } from '#archive';
import { toOccurrence } from '#archive';
import type { CaseSummary, CaseView, ClosingView, OriginalsCheckView, ProcedureView, Replay } from '#contract';
import type { Procedure, StepOccurrence, TimeFinding } from '#domain';
import { toAssetSummary, toPlay } from '../assets/asset-view.js';
import { toLaw } from '../law/law-view.js';

/** The file as it is: what the web reads by the domain's own readers. */
export function toProcedure(procedure: Procedure): ProcedureView {
  return structuredClone(procedure) as ProcedureView;
}

export function toCaseSummary({ record, procedure, unitName }: CaseLine): CaseSummary {
  return {
    id: record.id,
    number: record.number,
    title: record.title,
    state: record.state,
    level: record.level,
    procedureId: record.procedureId,
    procedureTitle: procedure.title,
    unitName,
    openedAt: record.openedAt.toISOString(),
    changedAt: record.changedAt.toISOString(),
    assetCount: record.assetCount,
  };
}

export function toCase(detail: CaseDetail): CaseView {
  return {
    ...toCaseSummary(detail),
    procedure: toProcedure(detail.procedure),
    occurrences: detail.occurrences.map(toOccurrence),
    officers: [...detail.officers],
    parties: [...detail.parties],
    mayEdit: detail.mayEdit,
    mayUpload: detail.mayUpload,
    mayExport: detail.mayExport,
    mayCheck: detail.mayCheck,
    closing: detail.closing && toClosing(detail.closing),
    originalsCheck: detail.originalsCheck && toOriginalsCheck(detail.originalsCheck),
    law: toLaw(detail.law),
  };
}

function toOriginalsCheck(check: NonNullable<CaseDetail['originalsCheck']>): OriginalsCheckView {
  return {
    ...check,
    askedAt: check.askedAt.toISOString(),
    doneAt: check.doneAt?.toISOString() ?? null,
    notIntact: [...check.notIntact],
  };
}

function toClosing(closing: NonNullable<CaseDetail['closing']>): ClosingView {
  const { originals, timestamp } = closing;
  return {
    ...closing,
    at: closing.at.toISOString(),
    quarantined: [...closing.quarantined],
    originals: originals && { ...originals, at: originals.at.toISOString() },
    timestamp: timestamp && { ...timestamp, at: timestamp.at.toISOString() },
  };
}

export function toReplay(replay: CaseReplay): Replay {
  return {
    case: toCaseSummary(replay.line),
    chapters: replay.chapters.map((chapter) => ({
      step: structuredClone(chapter.step) as ProcedureView['steps'][number],
      occurrence: chapter.occurrence satisfies StepOccurrence,
      items: chapter.items.map(({ line }) => ({ asset: toAssetSummary(line), play: toPlay(line) })),
      gaps: chapter.gaps.map(toFinding),
      overlaps: chapter.overlaps.map(toFinding),
    })),
  };
}

function toFinding(finding: TimeFinding): Replay['chapters'][number]['gaps'][number] {
  return {
    afterAssetId: finding.afterAssetId,
    beforeAssetId: finding.beforeAssetId,
    startAt: new Date(finding.startMs).toISOString(),
    endAt: new Date(finding.endMs).toISOString(),
    durationMs: finding.endMs - finding.startMs,
  };
}
