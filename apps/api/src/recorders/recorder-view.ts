import type { AssetRecordingFacts, RecorderFacts, RecorderLine, SourceLine, UnsortedItem } from '#archive';
import type { AssetRecording, AssetSource, RecorderDetail, RecorderView, Unsorted } from '#contract';
import { errorOf } from '#domain';
import { toAssetSummary } from '../assets/asset-view.js';
import { toFinding } from '../cases/case-view.js';

export function toRecorder({ recorder, unitName, holder, clock, drift }: RecorderLine): RecorderView {
  const { id, kind, serial, maker, model, state, unitId, addedAt } = recorder;
  return {
    ...{ id, kind, serial, maker, model, state, unitId, unitName, addedAt: addedAt.toISOString() },
    holder: holder && { ...holder, since: holder.since.toISOString() },
    clock: clock && { ...clock, at: clock.at.toISOString() },
    drift: drift && { msPerDay: drift.msPerDay, isTooMuch: drift.isTooMuch },
  };
}

export function toRecorderDetail(detail: RecorderFacts): RecorderDetail {
  return {
    ...toRecorder(detail),
    mayKeep: detail.mayKeep,
    issues: detail.issues.map(({ id, accountId, name, officerNumber, issuedAt, returnedAt, note }) => ({
      ...{ id, accountId, name, officerNumber, note },
      ...{ issuedAt: issuedAt.toISOString(), returnedAt: returnedAt?.toISOString() ?? null },
    })),
    checks: detail.checks.map(({ id, kind, passed, findings, at, name }) => ({
      ...{ id, kind, passed, findings, at: at.toISOString(), by: name },
    })),
    clocks: detail.clocks.map((clock) => ({
      ...{ id: clock.id, source: clock.source, wasSet: clock.wasSet, assetId: clock.assetId, by: clock.name },
      ...{ at: clock.at.toISOString(), deviceAt: clock.deviceAt.toISOString(), errorMs: errorOf(clock) },
    })),
    lists: detail.lists.map(({ id, fileName, entryCount, encoding, format, importedAt, name }) => ({
      ...{ id, fileName, entryCount, encoding, format, at: importedAt.toISOString(), by: name },
    })),
  };
}

export function toSource({ source, recorder, officerName, statedByName, flags }: SourceLine): AssetSource {
  const isRead = source !== null && source.ruleId !== null && source.ruleVersion !== null;
  return {
    isKnown: source !== null,
    recorder: recorder && { id: recorder.id, serial: recorder.serial, model: recorder.model },
    device: source?.device ?? null,
    officer: source?.officerId ? { id: source.officerId, name: officerName ?? '' } : null,
    officerNumber: source?.officerNumber ?? null,
    sequence: source?.sequence ?? null,
    isKeyMarked: source?.isKeyMarked ?? false,
    rule: isRead ? { id: source.ruleId ?? '', version: source.ruleVersion ?? 0 } : null,
    statedBy: statedByName,
    flags: [...flags],
  };
}

export function toUnsorted({ line, source, proposals, mayLink }: UnsortedItem): Unsorted {
  return {
    asset: toAssetSummary(line),
    source: toSource(source),
    proposals: proposals.map(({ caseId, caseNumber, occurrenceId, step, reasons, isClear }) => ({
      ...{ caseId, caseNumber, occurrenceId, step, reasons: [...reasons], isClear },
    })),
    mayLink,
  };
}

export function toAssetRecording({ line, recording, mayState }: AssetRecordingFacts): AssetRecording {
  return {
    source: toSource(line),
    mayState,
    recording: recording && {
      startAt: new Date(recording.startMs).toISOString(),
      endAt: new Date(recording.endMs).toISOString(),
      items: [...recording.clips, ...recording.stills]
        .sort((a, b) => a.atMs - b.atMs)
        .map(({ line: { asset, ...rest }, sequence, isKeyMarked }) => ({
          ...{ asset: toAssetSummary({ asset, ...rest }), sequence, isKeyMarked },
        })),
      gaps: recording.gaps.map(toFinding),
      overlaps: recording.overlaps.map(toFinding),
      missingSequences: [...recording.missingSequences],
    },
  };
}
