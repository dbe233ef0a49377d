import { CheckCircleFilled, EnvironmentOutlined, FieldTimeOutlined } from '@ant-design/icons';
import type { CaseView } from '#contract';
import { DutyTag } from '../../components/state-tags.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import { PaperForms } from '../forms/paper-forms.js';
import { ReviewStep } from '../reviews/review-step.js';
import { AssetCards } from './asset-cards.js';
import { DropZone } from './drop-zone.js';
import { OccurrenceActions } from './occurrence-actions.js';
import { StepName } from './step-list.js';
import type { StepStanding } from './step-standing.js';
import { useFileDrop } from './use-file-drop.js';

interface Props {
  readonly subject: CaseView;
  readonly standing: StepStanding;
  readonly loading: boolean;
  readonly onFiles: (files: File[]) => void;
  readonly onChoose: (occurrenceId: string) => void;
}

/** One coming of a step: its duties, its times, and what it holds. Takes files wherever they are dropped on it. */
export function StepPanel({ subject, standing, loading, onFiles, onChoose }: Props) {
  const { t } = useLanguage();
  const { over, handlers } = useFileDrop(subject.mayUpload, onFiles);
  const { step } = standing;
  return (
    <section className="lh-panel" data-over={over || undefined} {...handlers}>
      <div className="lh-panel-head">
        <div>
          <h2>
            <StepName standing={standing} />
          </h2>
          <div className="lh-tags">
            <DutyTag duty={step.recording.duty} />
            <span className="lh-muted">{t.case.state[standing.occurrence.state]}</span>
            {step.need !== 'always' && <span className="lh-muted">{t.case.optionalStep}</span>}
            {standing.recordingMissing && <span className="lh-missing">{t.case.missingRecording}</span>}
          </div>
        </div>
        {subject.mayEdit && <OccurrenceActions caseId={subject.id} standing={standing} onChoose={onChoose} />}
      </div>
      <Circumstances standing={standing} />
      <Papers subject={subject} standing={standing} />
      {step.kind === 'legal-review' && <ReviewStep caseId={subject.id} occurrenceId={standing.occurrence.id} />}
      {subject.mayUpload ? (
        <DropZone over={over} here={t.case.dropHere} release={t.case.dropRelease} onFiles={onFiles} />
      ) : (
        <p className="lh-muted">{t.case.noUpload}</p>
      )}
      <AssetCards subject={subject} standing={standing} loading={loading} />
      {step.source !== '' && (
        <p className="lh-muted lh-source">
          {t.app.says(t.case.source)}
          {step.source}
        </p>
      )}
    </section>
  );
}

function Circumstances({ standing: { occurrence } }: { standing: StepStanding }) {
  const { t } = useLanguage();
  const { startedAt, endedAt, address } = occurrence;
  if (startedAt === null && endedAt === null && address === null) return null;
  return (
    <p className="lh-circumstances">
      {(startedAt !== null || endedAt !== null) && (
        <span className="lh-figures">
          <FieldTimeOutlined /> {startedAt ? timeText(startedAt) : t.case.notStated}
          {endedAt !== null && ` — ${timeText(endedAt)}`}
        </span>
      )}
      {address !== null && (
        <span>
          <EnvironmentOutlined /> {address}
        </span>
      )}
    </p>
  );
}

function Papers({ subject, standing }: Pick<Props, 'subject' | 'standing'>) {
  const { step, occurrence, papersHeld } = standing;
  const { t, label } = useLanguage();
  if (step.papers.length === 0) return null;
  return (
    <div className="lh-papers">
      <span className="lh-muted">{t.case.papers}</span>
      <ul>
        {step.papers.map((paper) => (
          <li key={paper.id} data-held={papersHeld.has(paper.id) || undefined}>
            {papersHeld.has(paper.id) && <CheckCircleFilled aria-label={t.case.paperHeld} />}
            {label(paper.title)}
            <small>{paper.need === 'always' ? t.case.paperRequired : t.case.paperOptional}</small>
            <PaperForms
              caseId={subject.id}
              occurrenceId={occurrence.id}
              paperId={paper.id}
              title={label(paper.title)}
              mayEdit={subject.mayEdit}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
