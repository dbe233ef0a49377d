import { CaretRightOutlined, CheckSquareOutlined, EditOutlined, FolderOpenOutlined } from '@ant-design/icons';
import { Button, Collapse } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import type { AssetSummary, CaseView } from '#contract';
import { useCase, useCaseAssets, useFollowSettling } from '../api/cases.js';
import { useMissingNotes } from '../api/marks.js';
import { useUnsorted } from '../api/recorders.js';
import { ErrorNotice } from '../components/error-notice.js';
import { PageLoading } from '../components/page-loading.js';
import { CaseStateTag, LevelTag } from '../components/state-tags.js';
import { CloseCaseDialog } from '../features/cases/close-case-dialog.js';
import { ClosingNotice } from '../features/cases/closing-notice.js';
import { CorrectCaseDialog } from '../features/cases/correct-case-dialog.js';
import { ExportDialog } from '../features/cases/export-dialog.js';
import { StepList } from '../features/cases/step-list.js';
import { StepPanel } from '../features/cases/step-panel.js';
import { type StepStanding, standingsOf } from '../features/cases/step-standing.js';
import { useNoStrayDrops } from '../features/cases/use-file-drop.js';
import { EventList } from '../features/events/event-list.js';
import { AgendaCard } from '../features/law/agenda-card.js';
import { AskedLine } from '../features/law/asked-line.js';
import { ClockList } from '../features/law/clock-list.js';
import { NewerProcedure } from '../features/law/newer-procedure.js';
import { Questions } from '../features/law/questions.js';
import { FlowChart } from '../features/procedures/flow-chart.js';
import { flowOfCase } from '../features/procedures/flow-of-case.js';
import { CaseOffers } from '../features/sorting/case-offers.js';
import { UnfinishedUploads } from '../features/uploads/unfinished-uploads.js';
import { useUploads } from '../features/uploads/upload-context.js';
import type { UploadTarget } from '../features/uploads/upload-item.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { timeText } from '../i18n/quantities.js';
import '../features/cases/cases.css';
import '../features/law/law.css';

export function CasePage() {
  const { caseId = '' } = useParams();
  const subject = useCase(caseId);
  const assets = useCaseAssets(caseId);
  useFollowSettling(caseId, assets.data);
  usePageTitle(subject.data?.title);
  // All that stands above the steps comes at once, so that nothing moves under the hand.
  const notes = useMissingNotes(caseId);
  const unsorted = useUnsorted(subject.data?.mayUpload === true && subject.data.closing === null);
  if (subject.isPending || notes.isLoading || unsorted.isLoading) return <PageLoading />;
  const failed = subject.error ?? (assets.data === undefined ? assets.error : null);
  if (failed || !subject.data) {
    return (
      <div className="lh-page">
        <ErrorNotice error={failed} onRetry={() => void Promise.all([subject.refetch(), assets.refetch()])} />
      </div>
    );
  }
  return <CaseBody subject={subject.data} assets={assets.data} />;
}

const NO_ASSETS: AssetSummary[] = [];

function CaseBody({ subject, assets }: { subject: CaseView; assets: AssetSummary[] | undefined }) {
  const { t, label } = useLanguage();
  const uploads = useUploads();
  const [search, setSearch] = useSearchParams();
  const standings = useMemo(() => standingsOf(subject, assets ?? NO_ASSETS), [subject, assets]);
  useNoStrayDrops();
  // Where the page begins is where it stays, whatever of the case comes in meanwhile, until another step is chosen.
  const first = useRef<string | null>(null);
  if (first.current === null && assets) first.current = firstOfInterest(standings)?.occurrence.id ?? null;
  const wanted = search.get('step') ?? first.current;
  const chosen = standings.find(({ occurrence }) => occurrence.id === wanted) ?? firstOfInterest(standings);
  // At once: files that are picked before the new step has come up would be lost with the old one.
  const choose = (step: string) => setSearch({ step }, { replace: true, flushSync: true });
  const panel = useRef<HTMLDivElement>(null);
  // Where the list lies above the step, choosing would otherwise change something out of sight.
  const goTo = (step: string) => {
    choose(step);
    panel.current?.focus({ preventScroll: true });
    panel.current?.scrollIntoView({ block: 'start', behavior: 'smooth' });
  };
  const targetOf = (standing: StepStanding, paperId: string | null = null): UploadTarget => ({
    caseId: subject.id,
    ...{ occurrenceId: standing.occurrence.id, paperId },
    where: [
      subject.number,
      label(standing.step.title),
      ...(standing.occurrence.n > 1 ? [t.case.nth(standing.occurrence.n)] : []),
    ].join(' · '),
  });
  const take = (standing: StepStanding, files: File[], paperId: string | null = null) => {
    if (files.length === 0) return;
    uploads.add(files, targetOf(standing, paperId));
    choose(standing.occurrence.id);
  };
  const targetById = (occurrenceId: string) => {
    const standing = standings.find(({ occurrence }) => occurrence.id === occurrenceId);
    return standing ? targetOf(standing) : null;
  };
  return (
    <div className="lh-page lh-page-wide">
      <CaseHead subject={subject} hasMaterial={(assets ?? []).length > 0} onChoose={goTo} />
      {subject.closing && <ClosingNotice closing={subject.closing} />}
      {subject.closing === null && <AgendaCard subject={subject} onChoose={goTo} />}
      <CaseOffers subject={subject} />
      <NewerProcedure subject={subject} />
      <UnfinishedUploads caseId={subject.id} targetOf={targetById} />
      <div className="lh-case">
        <StepList
          standings={standings}
          chosenId={chosen?.occurrence.id ?? ''}
          mayUpload={subject.mayUpload}
          onChoose={choose}
          onFiles={take}
        />
        <div ref={panel} tabIndex={-1} className="lh-panel-place">
          {chosen && (
            <StepPanel
              key={chosen.occurrence.id}
              subject={subject}
              standing={chosen}
              loading={assets === undefined}
              onFiles={(files, paperId) => take(chosen, files, paperId)}
              onChoose={goTo}
            />
          )}
        </div>
      </div>
      <Collapse
        ghost
        destroyOnHidden
        items={[
          { key: 'chart', label: t.law.chart, children: <CaseChart subject={subject} onChoose={goTo} /> },
          { key: 'conditions', label: t.law.conditions, children: <CaseConditions subject={subject} /> },
          { key: 'clocks', label: t.law.clocks, children: <CaseClocks subject={subject} /> },
          { key: 'log', label: t.case.history, children: <EventList of="cases" id={subject.id} /> },
        ]}
      />
    </div>
  );
}

/** The procedure as a picture, with where the case is on it; a step is one click away. */
function CaseChart({ subject, onChoose }: { subject: CaseView; onChoose: (occurrenceId: string) => void }) {
  const standing = useMemo(() => flowOfCase(subject), [subject]);
  const goTo = (stepId: string) => {
    const coming = subject.occurrences.filter((one) => one.stepId === stepId).sort((a, b) => b.n - a.n)[0];
    if (coming) onChoose(coming.id);
  };
  return <FlowChart procedure={subject.procedure} standing={standing} onStep={goTo} />;
}

/** Answered from the agenda as they come up; here all of them, to read and to correct. */
function CaseConditions({ subject }: { subject: CaseView }) {
  const { t } = useLanguage();
  const ofCase = subject.law.conditions.filter(({ occurrenceId }) => occurrenceId === null);
  return (
    <>
      <p className="lh-muted lh-gap-below">{t.law.conditionsHint}</p>
      <Questions caseId={subject.id} conditions={ofCase} mayEdit={subject.mayEdit} />
    </>
  );
}

function CaseClocks({ subject }: { subject: CaseView }) {
  return (
    <>
      <ClockList subject={subject} />
      {subject.law.extensions.map((extension) => (
        <AskedLine key={extension.id} caseId={subject.id} asked={extension} />
      ))}
    </>
  );
}

/** Where work is going on; else what is needed and may begin; else the first that waits and is sure to come. */
function firstOfInterest(standings: readonly StepStanding[]): StepStanding | undefined {
  const waiting = standings.filter(({ occurrence, isRuledOut }) => occurrence.state === 'waiting' && !isRuledOut);
  const needed = waiting.filter(({ law }) => law.needed === 'yes');
  return (
    standings.find(({ occurrence }) => occurrence.state === 'open') ??
    needed.find(({ law }) => law.beginning.length === 0) ??
    needed[0] ??
    waiting[0] ??
    standings[0]
  );
}

interface HeadProps {
  readonly subject: CaseView;
  readonly hasMaterial: boolean;
  readonly onChoose: (occurrenceId: string) => void;
}

function CaseHead({ subject, hasMaterial, onChoose }: HeadProps) {
  const { t, label } = useLanguage();
  const navigate = useNavigate();
  const [correcting, setCorrecting] = useState(false);
  const [closing, setClosing] = useState(false);
  const [exporting, setExporting] = useState(false);
  const facts = [
    label(subject.procedureTitle),
    subject.unitName,
    `${t.case.officers} ${subject.officers.map(({ name }) => name).join('、')}`,
    ...(subject.parties.length > 0 ? [`${t.case.parties} ${subject.parties.map(({ name }) => name).join('、')}`] : []),
    `${t.case.openedAt} ${timeText(subject.openedAt)}`,
  ];
  return (
    <header className="lh-page-head">
      <div className="lh-title-block">
        <p className="lh-kicker">
          {subject.number} <CaseStateTag state={subject.state} />
          <LevelTag level={subject.level} />
        </p>
        <h1>{subject.title}</h1>
        <p className="lh-muted lh-facts-line">
          {facts.map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
        </p>
      </div>
      <div className="lh-row">
        {subject.mayEdit && (
          <Button size="large" icon={<EditOutlined />} onClick={() => setCorrecting(true)}>
            {t.case.correct}
          </Button>
        )}
        {subject.mayEdit && (
          <Button size="large" icon={<CheckSquareOutlined />} onClick={() => setClosing(true)}>
            {t.closing.button}
          </Button>
        )}
        {subject.mayExport && (
          <Button size="large" icon={<FolderOpenOutlined />} onClick={() => setExporting(true)}>
            {t.export.button}
          </Button>
        )}
        <Button
          type="primary"
          size="large"
          icon={<CaretRightOutlined />}
          disabled={!hasMaterial}
          onClick={() => void navigate(`/cases/${subject.id}/replay`)}
        >
          {t.case.replay}
        </Button>
      </div>
      {correcting && <CorrectCaseDialog subject={subject} onClose={() => setCorrecting(false)} />}
      {closing && <CloseCaseDialog subject={subject} onChoose={onChoose} onClose={() => setClosing(false)} />}
      {exporting && <ExportDialog caseId={subject.id} onClose={() => setExporting(false)} />}
    </header>
  );
}
