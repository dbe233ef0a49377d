import { EnvironmentOutlined, FieldTimeOutlined } from '@ant-design/icons';
import type { CaseView } from '#contract';
import { DutyTag } from '../../components/state-tags.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import { DutyList } from '../law/duty-list.js';
import { PeopleLine } from '../law/people-line.js';
import { Questions } from '../law/questions.js';
import { StepClocks } from '../law/step-clocks.js';
import { StepFaults } from '../law/step-faults.js';
import { ReviewStep } from '../reviews/review-step.js';
import { AssetCards } from './asset-cards.js';
import { DropZone } from './drop-zone.js';
import { OccurrenceActions } from './occurrence-actions.js';
import { StepGaps } from './step-gaps.js';
import { StepName } from './step-list.js';
import type { StepStanding } from './step-standing.js';
import { useFileDrop } from './use-file-drop.js';

interface Props {
  readonly subject: CaseView;
  readonly standing: StepStanding;
  readonly loading: boolean;
  readonly onFiles: (files: File[], paperId: string | null) => void;
  readonly onChoose: (occurrenceId: string) => void;
}

/** One coming of a step: its duties, its times, and what it holds. Takes files wherever they are dropped on it. */
export function StepPanel({ subject, standing, loading, onFiles, onChoose }: Props) {
  const { t } = useLanguage();
  const { over, handlers } = useFileDrop(subject.mayUpload, (files) => onFiles(files, null));
  const { step, law } = standing;
  const questions = subject.law.conditions.filter(({ occurrenceId }) => occurrenceId === standing.occurrence.id);
  return (
    <section className="lh-panel" data-over={over || undefined} {...handlers}>
      <div className="lh-panel-head">
        <div>
          <h2>
            <StepName standing={standing} />
          </h2>
          <div className="lh-tags">
            {law.recording !== null && <DutyTag duty={law.recording} />}
            <span className="lh-muted">{t.case.state[standing.occurrence.state]}</span>
            {law.needed !== 'yes' && <span className="lh-muted">{t.law.needed[law.needed]}</span>}
          </div>
        </div>
        {subject.mayEdit && <OccurrenceActions caseId={subject.id} standing={standing} onChoose={onChoose} />}
      </div>
      <Circumstances standing={standing} />
      <StepClocks standing={standing} />
      <PeopleLine subject={subject} standing={standing} />
      <StepFaults subject={subject} standing={standing} onChoose={onChoose} />
      {questions.length > 0 && (
        <section className="lh-step-questions" aria-label={t.law.questions}>
          <Questions caseId={subject.id} conditions={questions} mayEdit={subject.mayEdit} />
        </section>
      )}
      <DutyList subject={subject} standing={standing} onFiles={onFiles} />
      <StepGaps caseId={subject.id} standing={standing} />
      {step.kind === 'legal-review' && <ReviewStep caseId={subject.id} occurrenceId={standing.occurrence.id} />}
      {subject.mayUpload ? (
        <DropZone
          over={over}
          here={t.case.dropHere}
          release={t.case.dropRelease}
          onFiles={(files) => onFiles(files, null)}
        />
      ) : (
        <p className="lh-muted">{t.case.noUpload}</p>
      )}
      <AssetCards subject={subject} standing={standing} loading={loading} />
      {step.source !== '' && (
        <p className="lh-muted lh-step-source">
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
