import type { ArchiveParts } from './archive.js';
import { LinkAsset } from './assets/link-asset.js';
import { IssueReceipt } from './assets/receipts.js';
import { ListAssets, ViewAsset } from './assets/view-assets.js';
import { AskOriginalsCheck } from './cases/ask-originals-check.js';
import { AddOccurrence, ChangeCase, ChangeOccurrence } from './cases/change-case.js';
import { CheckCaseOriginals } from './cases/check-case-originals.js';
import { CloseCase } from './cases/close-case.js';
import { FindClosingObstacles } from './cases/closing-obstacles.js';
import { OpenCase } from './cases/open-case.js';
import { KeepProcedures, ListProcedures, ProcedureShelf } from './cases/procedures.js';
import { ListCases, ViewCase } from './cases/view-cases.js';
import { CheckArchive } from './check/check-archive.js';
import { BeginExport } from './export/begin-export.js';
import { MakeDossier } from './export/make-dossier.js';
import { OpenDossier, ViewExports } from './export/read-export.js';
import { AgencyWords } from './forms/agency-words.js';
import { CompareForm } from './forms/compare-form.js';
import { DraftForm, SaveForm } from './forms/draft-form.js';
import { FormShelf, KeepFormTemplates } from './forms/form-templates.js';
import { AskPrint, IssueForm, VoidForm } from './forms/issue-form.js';
import { PrintForm } from './forms/print-form.js';
import { ViewForms } from './forms/view-forms.js';
import { AdoptProcedure } from './law/adopt-procedure.js';
import { KeepCertificate, ListCertificates, WithdrawCertificate } from './law/certificates.js';
import { ListDue, ListLate } from './law/due-and-late.js';
import { AskExcuse, DecideExcuse } from './law/excuses.js';
import { AskExtension, DecideExtension } from './law/extensions.js';
import { RecordingLists } from './law/recording-list.js';
import { RefreshOwedLines } from './law/refresh-lines.js';
import { RuleShelf } from './law/rule-shelf.js';
import { DescribeCalendar, KeepCalendar, ListAgencyLimits, SetAgencyLimit } from './law/rules.js';
import { SetPeople } from './law/set-people.js';
import { StateCondition } from './law/state-condition.js';
import { TakeInProcedure, ViewProcedure } from './law/take-in-procedure.js';
import { ListEvents } from './ledger/list-events.js';
import { DescribeLedger, TellLedgerKeys } from './ledger/log/describe-ledger.js';
import { MeasureLedger } from './ledger/log/measure-ledger.js';
import { ReadLog } from './ledger/log/read-log.js';
import { LookAtAsset } from './look/look-at-asset.js';
import { AskForProxy, MakeProxy } from './look/make-proxy.js';
import { ListSegments, MakeSegments, OpenSegment, TrimSegments } from './look/segments.js';
import { AttachTranscript } from './marks/attach-transcript.js';
import { PutMark, ReviseMark } from './marks/mark-asset.js';
import { ListMissingNotes, ViewMarks } from './marks/view-marks.js';
import {
  ChangeAccount,
  CreateAccount,
  CreateUnit,
  ListAccounts,
  ListUnits,
  MakeFirstAdministrator,
} from './people/accounts.js';
import { Authenticate, ChangePassword, SignIn, SignOut } from './people/sessions.js';
import { ActiveUploads } from './receive/active-uploads.js';
import { BeginUpload } from './receive/begin-upload.js';
import { BlockPool } from './receive/block-pool.js';
import { DropUpload, SweepUploads } from './receive/drop-upload.js';
import { FinishUpload, FinishWholeUpload } from './receive/finish-upload.js';
import { ReceiveMade } from './receive/receive-made.js';
import { FindUploadStatus, ListUnfinishedUploads } from './receive/upload-status.js';
import { WriteUpload } from './receive/write-upload.js';
import { ExplainGap } from './recorders/explain-gap.js';
import { ReadNamesAgain, StateSource } from './recorders/identify-asset.js';
import { ImportList, ListArrivals } from './recorders/import-list.js';
import {
  AddRecorder,
  ChangeRecorder,
  IssueRecorder,
  RecordRecorderCheck,
  ReturnRecorder,
} from './recorders/keep-register.js';
import { MeasureClock } from './recorders/measure-clock.js';
import { KeepNameRules, NameRuleShelf } from './recorders/name-rules.js';
import { AcceptProposals, ListUnsorted } from './recorders/sort-material.js';
import { ListRecorders, ViewRecorder } from './recorders/view-recorders.js';
import { ViewRecording } from './recorders/view-recording.js';
import { ReplayCase } from './replay/replay-case.js';
import { AskHealing } from './replica/ask-healing.js';
import { HealAsset } from './replica/heal-asset.js';
import { ReplicateAsset } from './replica/replicate-asset.js';
import { GiveOpinion, TakeReview } from './reviews/act-in-review.js';
import { DisputeReview, RecordDiscussion } from './reviews/dispute-review.js';
import { JudgeDecision } from './reviews/judge-decision.js';
import { ReviewForms } from './reviews/review-forms.js';
import { KeepCatalogues, SetReviewPolicy, ViewReviewRules } from './reviews/review-rules.js';
import { ViewStaffing } from './reviews/staffing.js';
import { SubmitReview } from './reviews/submit-review.js';
import { ListReviews, ViewCaseReviews, ViewReview } from './reviews/view-reviews.js';
import { LockProof, replicaVaultOf, vaultOf } from './seal/lock-proof.js';
import { SealAsset } from './seal/seal-asset.js';
import { EnqueueOwed } from './upkeep/enqueue-owed.js';
import { CheckReadiness, DescribeSystem, MeasureQueues, RecordSandbox } from './upkeep/system-state.js';
import { OpenOriginal, OpenRendition } from './viewing/open-original.js';
import { EndIdleViewings, OpenViewing, ReportViewing } from './viewing/viewings.js';
import { CheckAsset } from './watch/check-asset.js';
import { ListFindings } from './watch/list-findings.js';
import { SweepWatch } from './watch/sweep-watch.js';

const MEBIBYTE = 1_048_576;

/** All use cases over one set of parts. What several of them share (who writes, memory, procedures) is made here once. */
export function assembleArchive(parts: ArchiveParts) {
  const procedures = new ProcedureShelf(parts);
  const rules = new RuleShelf(procedures, parts);
  const forms = new FormShelf(parts);
  const active = new ActiveUploads();
  const pool = new BlockPool(Math.floor(parts.settings.uploadMemoryBytes / MEBIBYTE));
  const nameRules = new NameRuleShelf(parts);
  const link = new LinkAsset(parts, rules);
  const listAssets = new ListAssets(parts);
  const finish = new FinishUpload(parts, { rules, nameRules });
  const finishWhole = new FinishWholeUpload(parts, active, finish);
  const begin = new BeginUpload(parts);
  const write = new WriteUpload(parts, { active, pool, finish });
  const drop = new DropUpload(parts, active, finishWhole);
  const openViewing = new OpenViewing(parts);
  const lockProof = new LockProof(parts, vaultOf(parts));
  const replicaVault = replicaVaultOf(parts);
  const replicaProof = replicaVault && new LockProof(parts, replicaVault);
  const checkAsset = new CheckAsset(parts);
  const askHealing = new AskHealing(parts);
  const status = new FindUploadStatus(parts, active);
  const receiveMade = new ReceiveMade(parts, { begin, write, drop });
  return {
    people: assemblePeople(parts),
    cases: assembleCases(parts, { procedures, rules }),
    law: assembleLaw(parts, { procedures, rules }),
    uploads: {
      ...{ begin, write, status, finishWhole, drop },
      listUnfinished: new ListUnfinishedUploads(parts),
      sweep: new SweepUploads(parts, finishWhole),
    },
    assets: assembleAssets(parts, { link, listAssets, openViewing }),
    marks: assembleMarks(parts, openViewing),
    reviews: assembleReviews(parts, rules, new ReviewForms(parts, rules, forms)),
    forms: assembleForms(parts, { procedures, forms, openViewing }),
    exports: assembleExports(parts, procedures),
    recorders: assembleRecorders(parts, { nameRules, rules }),
    sorting: assembleSorting(parts, { procedures, rules, nameRules, link, listAssets }),
    work: {
      seal: new SealAsset(parts, lockProof, rules),
      look: new LookAtAsset(parts, rules),
      makeProxy: new MakeProxy(parts),
      makeSegments: new MakeSegments(parts),
      makeDossier: new MakeDossier(parts),
      printForm: new PrintForm(parts, forms, receiveMade),
      enqueueOwed: new EnqueueOwed(parts),
      endIdleViewings: new EndIdleViewings(parts),
      trimSegments: new TrimSegments(parts),
      checkAsset,
      checkCaseOriginals: new CheckCaseOriginals(parts, checkAsset),
      replicate: new ReplicateAsset(parts, replicaProof, checkAsset),
      heal: new HealAsset(parts, { original: lockProof, replica: replicaProof }, checkAsset),
      refreshLines: new RefreshOwedLines(parts, rules),
      sweepWatch: new SweepWatch(parts, askHealing),
    },
    ledger: assembleLedger(parts),
    system: {
      describe: new DescribeSystem(parts),
      queueDepth: new MeasureQueues(parts),
      recordSandbox: new RecordSandbox(parts),
      readiness: new CheckReadiness(parts),
      check: new CheckArchive(parts, checkAsset),
      lockProof,
      replicaProof,
      askHealing,
      listFindings: new ListFindings(parts),
    },
  };
}

function assemblePeople(parts: ArchiveParts) {
  return {
    signIn: new SignIn(parts),
    authenticate: new Authenticate(parts),
    signOut: new SignOut(parts),
    changePassword: new ChangePassword(parts),
    createAccount: new CreateAccount(parts),
    changeAccount: new ChangeAccount(parts),
    listAccounts: new ListAccounts(parts),
    createUnit: new CreateUnit(parts),
    listUnits: new ListUnits(parts),
    makeFirstAdministrator: new MakeFirstAdministrator(parts),
  };
}

function assembleLedger(parts: ArchiveParts) {
  return {
    listEvents: new ListEvents(parts),
    log: new ReadLog(parts),
    describe: new DescribeLedger(parts),
    keys: new TellLedgerKeys(parts),
    measure: new MeasureLedger(parts),
  };
}

interface Shelves {
  readonly procedures: ProcedureShelf;
  readonly rules: RuleShelf;
}

function assembleLaw(parts: ArchiveParts, { procedures, rules }: Shelves) {
  const takeInProcedure = new TakeInProcedure(parts);
  const viewProcedure = new ViewProcedure(parts);
  return {
    keepCalendar: new KeepCalendar(parts),
    describeCalendar: new DescribeCalendar(parts, rules),
    takeInProcedure,
    viewProcedure,
    recordingLists: new RecordingLists(viewProcedure, takeInProcedure),
    adoptProcedure: new AdoptProcedure(parts, rules, procedures),
    stateCondition: new StateCondition(parts, rules),
    setPeople: new SetPeople(parts, rules),
    askExcuse: new AskExcuse(parts, rules),
    decideExcuse: new DecideExcuse(parts, rules),
    askExtension: new AskExtension(parts, rules),
    decideExtension: new DecideExtension(parts, rules),
    keepCertificate: new KeepCertificate(parts),
    withdrawCertificate: new WithdrawCertificate(parts),
    listCertificates: new ListCertificates(parts),
    listAgencyLimits: new ListAgencyLimits(parts),
    setAgencyLimit: new SetAgencyLimit(parts),
    due: new ListDue(parts),
    late: new ListLate(parts),
  };
}

function assembleCases(parts: ArchiveParts, { procedures, rules }: Shelves) {
  return {
    keepProcedures: new KeepProcedures(parts),
    listProcedures: new ListProcedures(parts),
    open: new OpenCase(parts, rules),
    list: new ListCases(parts, procedures),
    view: new ViewCase(parts, procedures, rules),
    change: new ChangeCase(parts, rules),
    addOccurrence: new AddOccurrence(parts, rules),
    changeOccurrence: new ChangeOccurrence(parts, rules),
    close: new CloseCase(parts, rules),
    closingObstacles: new FindClosingObstacles(parts, rules),
    askOriginalsCheck: new AskOriginalsCheck(parts),
    replay: new ReplayCase(parts, procedures),
    explainGap: new ExplainGap(parts, rules),
  };
}

interface AssetNeeds {
  readonly link: LinkAsset;
  readonly listAssets: ListAssets;
  readonly openViewing: OpenViewing;
}

function assembleAssets(parts: ArchiveParts, { link, listAssets, openViewing }: AssetNeeds) {
  return {
    list: listAssets,
    view: new ViewAsset(parts),
    link,
    receipt: new IssueReceipt(parts),
    openOriginal: new OpenOriginal(parts, openViewing),
    openRendition: new OpenRendition(parts, openViewing),
    openSegment: new OpenSegment(parts, openViewing),
    listSegments: new ListSegments(parts),
    askForProxy: new AskForProxy(parts),
    reportViewing: new ReportViewing(parts),
  };
}

interface SortingNeeds {
  readonly procedures: ProcedureShelf;
  readonly rules: RuleShelf;
  readonly nameRules: NameRuleShelf;
  readonly link: LinkAsset;
  readonly listAssets: ListAssets;
}

function assembleSorting(parts: ArchiveParts, { procedures, rules, nameRules, link, listAssets }: SortingNeeds) {
  return {
    list: new ListUnsorted(parts, procedures, listAssets),
    accept: new AcceptProposals(parts, procedures, link),
    state: new StateSource(parts, rules),
    readNamesAgain: new ReadNamesAgain(parts, nameRules),
    viewRecording: new ViewRecording(parts),
  };
}

function assembleRecorders(
  parts: ArchiveParts,
  { nameRules, rules }: { readonly nameRules: NameRuleShelf; readonly rules: RuleShelf },
) {
  return {
    keepNameRules: new KeepNameRules(parts),
    nameRules,
    add: new AddRecorder(parts, rules),
    change: new ChangeRecorder(parts),
    issue: new IssueRecorder(parts, rules),
    takeBack: new ReturnRecorder(parts, rules),
    recordCheck: new RecordRecorderCheck(parts),
    measureClock: new MeasureClock(parts, rules),
    list: new ListRecorders(parts),
    view: new ViewRecorder(parts),
    importList: new ImportList(parts, nameRules),
    arrivals: new ListArrivals(parts),
  };
}

function assembleMarks(parts: ArchiveParts, openViewing: OpenViewing) {
  return {
    put: new PutMark(parts),
    revise: new ReviseMark(parts),
    transcribe: new AttachTranscript(parts),
    view: new ViewMarks(parts, openViewing),
    missing: new ListMissingNotes(parts),
  };
}

function assembleReviews(parts: ArchiveParts, rules: RuleShelf, papers: ReviewForms) {
  return {
    keepCatalogues: new KeepCatalogues(parts),
    viewRules: new ViewReviewRules(parts),
    setPolicy: new SetReviewPolicy(parts),
    judge: new JudgeDecision(parts, rules),
    submit: new SubmitReview(parts, rules, papers),
    take: new TakeReview(parts, rules),
    giveOpinion: new GiveOpinion(parts, rules, papers),
    dispute: new DisputeReview(parts),
    discuss: new RecordDiscussion(parts, rules),
    list: new ListReviews(parts, rules),
    view: new ViewReview(parts, rules),
    ofCase: new ViewCaseReviews(parts, rules),
    staffing: new ViewStaffing(parts, rules),
  };
}

function assembleForms(
  parts: ArchiveParts,
  {
    procedures,
    forms,
    openViewing,
  }: { readonly procedures: ProcedureShelf; readonly forms: FormShelf; readonly openViewing: OpenViewing },
) {
  return {
    keepTemplates: new KeepFormTemplates(parts),
    view: new ViewForms(parts, forms, procedures),
    draft: new DraftForm(parts, forms, procedures),
    save: new SaveForm(parts, forms),
    issue: new IssueForm(parts, forms),
    askPrint: new AskPrint(parts),
    void: new VoidForm(parts, forms),
    compare: new CompareForm(parts, forms, openViewing),
    agencyWords: new AgencyWords(parts),
  };
}

function assembleExports(parts: ArchiveParts, procedures: ProcedureShelf) {
  return { begin: new BeginExport(parts, procedures), view: new ViewExports(parts), open: new OpenDossier(parts) };
}

export type Archive = ReturnType<typeof assembleArchive>;
