import {
  CheckCircleFilled,
  ClockCircleOutlined,
  ExclamationCircleFilled,
  MinusCircleOutlined,
  QuestionCircleOutlined,
} from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import type { CaseView } from '#contract';
import { useLanguage } from '../../i18n/language.js';
import { FileButton } from '../cases/drop-zone.js';
import type { ShownDuty, StepStanding } from '../cases/step-standing.js';
import { PaperForms } from '../forms/paper-forms.js';
import { AskDialog } from './ask-dialog.js';
import { AskedLine } from './asked-line.js';
import { RuleNote } from './rule-note.js';

interface Props {
  readonly subject: CaseView;
  readonly standing: StepStanding;
  /** Files as one paper of the step; null: as its recording. */
  readonly onFiles: (files: File[], paperId: string | null) => void;
}

const MARKS = {
  held: <CheckCircleFilled />,
  excused: <CheckCircleFilled />,
  missing: <ExclamationCircleFilled />,
  undetermined: <QuestionCircleOutlined />,
  optional: <MinusCircleOutlined />,
  'not-applicable': <MinusCircleOutlined />,
  'to-come': <ClockCircleOutlined />,
} as const;

/** What the step must have: what is there, what is missing, and the way to bring it. What does not apply is not named. */
export function DutyList({ subject, standing, onFiles }: Props) {
  const { t } = useLanguage();
  const [asking, setAsking] = useState<ShownDuty | null>(null);
  const { duties } = standing;
  const { excuses } = subject.procedure;
  const shown = duties.filter(
    ({ status, about }) => status !== 'not-applicable' && !(about === 'recording' && isFree(standing)),
  );
  const kindsOf = ({ paperId }: ShownDuty) => (paperId === null ? excuses.recordings : excuses.papers).kinds;
  const asked = subject.law.excuses.filter(({ occurrenceId }) => occurrenceId === standing.occurrence.id);
  if (shown.length === 0) return null;
  return (
    <section className="lh-duties" aria-label={t.law.duties}>
      <ul>
        {shown.map((duty) => (
          <DutyLine
            key={duty.paperId ?? 'recording'}
            {...{ subject, duty, standing }}
            mayAdd={subject.mayUpload && subject.closing === null}
            mayExcuse={
              subject.mayEdit && duty.status === 'missing' && kindsOf(duty).length > 0 && !isAsked(duty, asked)
            }
            onFiles={(files) => onFiles(files, duty.paperId)}
            onExcuse={() => setAsking(duty)}
          />
        ))}
      </ul>
      {asked.map((excuse) => (
        <AskedLine key={excuse.id} caseId={subject.id} asked={excuse} />
      ))}
      {asking && (
        <AskDialog caseId={subject.id} of={{ duty: asking, kinds: kindsOf(asking) }} onClose={() => setAsking(null)} />
      )}
    </section>
  );
}

/** Nothing is ever asked to be recorded of it. */
function isFree({ step, law }: StepStanding): boolean {
  return step.recording.duty === 'none' && law.recording === 'none';
}

function isAsked({ paperId }: ShownDuty, asked: CaseView['law']['excuses']): boolean {
  return asked.some((excuse) => excuse.paperId === paperId && excuse.decision === null);
}

interface LineProps {
  readonly subject: CaseView;
  readonly duty: ShownDuty;
  readonly standing: StepStanding;
  readonly mayAdd: boolean;
  readonly mayExcuse: boolean;
  readonly onFiles: (files: File[]) => void;
  readonly onExcuse: () => void;
}

function DutyLine({ subject, duty, standing, mayAdd, mayExcuse, onFiles, onExcuse }: LineProps) {
  const { t, label } = useLanguage();
  const { step, law } = standing;
  const paper = step.papers.find(({ id }) => id === duty.paperId);
  const isFull = duty.about === 'recording' && law.recording === 'full';
  const name = paper ? t.law.paperName(label(paper.title)) : isFull ? t.law.recordingFull : t.law.recording;
  const { from, to } = step.recording;
  const notes = [
    ...(paper?.numbered ? [t.law.numbered] : []),
    ...(paper?.served ? [t.law.served] : []),
    ...(!paper && from !== null && to !== null ? [t.law.fromTo(label(from), label(to))] : []),
  ];
  return (
    <li data-status={duty.status}>
      {MARKS[duty.status]}
      <span className="lh-duty-name">
        {name} <RuleNote rule={duty.rule} />
        {notes.length > 0 && <small className="lh-muted">{notes.join(' · ')}</small>}
      </span>
      <span className="lh-duty-state">{t.law.dutyStates[duty.status]}</span>
      <span className="lh-duty-actions">
        {paper && (
          <PaperForms
            caseId={subject.id}
            occurrenceId={standing.occurrence.id}
            paperId={paper.id}
            title={label(paper.title)}
            mayEdit={subject.mayEdit}
          />
        )}
        {mayAdd && duty.status !== 'held' && (
          <FileButton isSmall text={t.law.attach} label={`${t.law.attach}: ${name}`} onFiles={onFiles} />
        )}
        {mayExcuse && (
          <Button size="small" type="text" onClick={onExcuse}>
            {t.law.excuse}
          </Button>
        )}
      </span>
    </li>
  );
}
