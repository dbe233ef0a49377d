export type { ExportRecord, HealingRecord } from '#persistence';
export type { ArchiveParts, ArchiveSettings, Clock, Log } from './archive.js';
export { systemClock } from './archive.js';
export { type Archive, assembleArchive } from './assemble.js';
export type { ReceiptFacts } from './assets/receipts.js';
export type { AssetDetail, AssetLine, AssetQuery } from './assets/view-assets.js';
export type { CaseDetail, CaseLine } from './cases/view-cases.js';
export type { CheckReport } from './check/check-archive.js';
export type { Finding } from './check/check-chains.js';
export { checkLog } from './check/check-log.js';
export { digestFile, type FileDigests } from './digest/digest-file.js';
export { DigestThreads } from './digest/digest-threads.js';
export type { DrawLists, MakeOptions } from './export/make-dossier.js';
export type { DrawForm } from './forms/print-form.js';
export type { FormDetail, FormLine } from './forms/view-forms.js';
export type { CertificateLine } from './law/certificates.js';
export type { LawDetail, StepDetail } from './law/describe-law.js';
export type { LinePage, LineWithCase } from './law/due-and-late.js';
export type { AgencyLimitDetail, CalendarDetail } from './law/rules.js';
export type { ProcedureDetail, TakenIn } from './law/take-in-procedure.js';
export { appendEvents, bySystem, type EventDraft, type EventSource } from './ledger/append-events.js';
export { digestText } from './ledger/canonical.js';
export type { EventLine } from './ledger/list-events.js';
export type { LedgerState } from './ledger/log/describe-ledger.js';
export { CompareWithSigner, type FreezeReason } from './ledger/log/freeze-ledger.js';
export type { LedgerNumbers } from './ledger/log/measure-ledger.js';
export { type LogKeeperOptions, type OpenedLogKeeper, openLogKeeper } from './ledger/log/open-log-keeper.js';
export type { LogPath, LogPlace } from './ledger/log/read-log.js';
export { type Obstacle, RecoverLedger, type RecoveryPlan } from './ledger/log/recover-ledger.js';
export { SEQUENCER_IDLE_MS, Sequencer } from './ledger/log/sequencer.js';
export type { LedgerFinding, LedgerWatchState } from './ledger/log/watch-ledger.js';
export type { Look, LookFacts, MadeRendition } from './look/look-at-asset.js';
export type { MakeCopy } from './look/make-proxy.js';
export type { CutSegments, PlaylistEntry } from './look/segments.js';
export type { AssetMarks, MissingNotes } from './marks/view-marks.js';
export {
  type ArchiveOptions,
  type OpenedArchive,
  openArchive,
  openStore,
  type ReplicaOptions,
  type StoreConfig,
} from './open-archive.js';
export type { AccountWithSecret, AccountWithUnit } from './people/accounts.js';
export type { SignedIn } from './people/sessions.js';
export type { UploadPlan } from './receive/begin-upload.js';
export { MAX_CHECKED_PIECE_BYTES, type UploadPiece } from './receive/piece.js';
export type { UnfinishedUpload, UploadStatus } from './receive/upload-status.js';
export type { SourceLine } from './recorders/describe-source.js';
export { unexplainedGapsOf } from './recorders/gaps.js';
export { MAX_LIST_BYTES } from './recorders/import-list.js';
export type { UnsortedItem } from './recorders/sort-material.js';
export type { RecorderDetail as RecorderFacts, RecorderLine } from './recorders/view-recorders.js';
export type { AssetRecording as AssetRecordingFacts } from './recorders/view-recording.js';
export { type CaseReplay, type ReplayItem, toOccurrence } from './replay/replay-case.js';
export type { ReplicaState } from './replica/describe-replica.js';
export { Replica } from './replica/replica.js';
export type { PolicyInForce } from './reviews/review-rules.js';
export type { Staffing } from './reviews/staffing.js';
export type { CaseReviews, ReviewDetail, ReviewFinding, ReviewLine } from './reviews/view-reviews.js';
export type { LockTestState } from './seal/lock-proof.js';
export type { SystemState } from './upkeep/system-state.js';
export type { OpenedBytes } from './viewing/open-original.js';
export { mergeRanges } from './viewing/viewings.js';
export type { CheckOptions } from './watch/check-asset.js';
export type { FindingLine } from './watch/list-findings.js';
export type { CheckedAsset } from './watch/record-check.js';
