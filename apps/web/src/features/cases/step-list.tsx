import { useEffect, useRef } from 'react';
import { useLanguage } from '../../i18n/language.js';
import type { StepStanding } from './step-standing.js';
import { useFileDrop } from './use-file-drop.js';

interface Props {
  readonly standings: readonly StepStanding[];
  readonly chosenId: string;
  readonly mayUpload: boolean;
  readonly onChoose: (occurrenceId: string) => void;
  readonly onFiles: (standing: StepStanding, files: File[]) => void;
}

/** The steps of the case in order; files can be dropped on each. */
export function StepList({ standings, chosenId, mayUpload, onChoose, onFiles }: Props) {
  const { t } = useLanguage();
  return (
    <nav className="lh-steps" aria-label={t.case.steps}>
      <ol>
        {standings.map((standing) => (
          <StepLine
            key={standing.occurrence.id}
            standing={standing}
            chosen={standing.occurrence.id === chosenId}
            mayUpload={mayUpload}
            onChoose={() => onChoose(standing.occurrence.id)}
            onFiles={(files) => onFiles(standing, files)}
          />
        ))}
      </ol>
    </nav>
  );
}

interface LineProps {
  readonly standing: StepStanding;
  readonly chosen: boolean;
  readonly mayUpload: boolean;
  readonly onChoose: () => void;
  readonly onFiles: (files: File[]) => void;
}

function StepLine({ standing, chosen, mayUpload, onChoose, onFiles }: LineProps) {
  const { t } = useLanguage();
  const { step, occurrence, assets } = standing;
  const { over, handlers } = useFileDrop(mayUpload, onFiles);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // On narrow screens the list is a strip that scrolls sideways; on wide ones this moves nothing.
    if (chosen) button.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [chosen]);
  return (
    <li>
      <button
        ref={button}
        type="button"
        className="lh-step"
        data-state={occurrence.state}
        data-over={over || undefined}
        aria-current={chosen ? 'step' : undefined}
        onClick={onChoose}
        {...handlers}
      >
        <span className="lh-step-mark" aria-hidden="true" />
        <span className="lh-step-body">
          <span className="lh-step-title">
            <span>
              <StepName standing={standing} />
            </span>
            {step.recording.duty !== 'none' && (
              <span className="lh-step-duty" data-duty={step.recording.duty}>
                {t.case.dutyShort[step.recording.duty]}
              </span>
            )}
          </span>
          <span className="lh-step-sub">
            {over ? t.case.dropRelease : `${t.case.state[occurrence.state]} · ${t.case.holds(assets.length)}`}
            <Missing standing={standing} />
          </span>
        </span>
      </button>
    </li>
  );
}

export function StepName({ standing: { step, occurrence } }: { standing: StepStanding }) {
  const { t, label } = useLanguage();
  return (
    <>
      {label(step.title)}
      {step.repeatable && occurrence.n > 1 && <span className="lh-muted"> {t.case.nth(occurrence.n)}</span>}
    </>
  );
}

/** What is still owed, said softly: the officer knows best when it is due. */
function Missing({ standing }: { standing: StepStanding }) {
  const { t } = useLanguage();
  const missing = [
    ...(standing.recordingMissing ? [t.case.missingRecording] : []),
    ...(standing.papersMissing > 0 ? [t.case.missingPapers(standing.papersMissing)] : []),
  ];
  if (missing.length === 0) return null;
  return (
    <span className="lh-missing" title={missing.join(' · ')}>
      {t.case.missing}
    </span>
  );
}
