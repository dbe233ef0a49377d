import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useLanguage } from '../../i18n/language.js';
import { DueText } from '../law/due-text.js';
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
  const [showsAll, setShowsAll] = useState(false);
  const ruledOut = standings.filter(({ isRuledOut, occurrence }) => isRuledOut && occurrence.id !== chosenId).length;
  const shown = showsAll ? standings : standings.filter((one) => !one.isRuledOut || one.occurrence.id === chosenId);
  return (
    <nav className="lh-steps" aria-label={t.case.steps}>
      <ol>
        {shown.map((standing) => (
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
      {ruledOut > 0 && (
        <Button type="link" size="small" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {t.law.steps['not-needed'](ruledOut)} · {showsAll ? t.law.steps.hide : t.law.steps.show}
        </Button>
      )}
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
  const { occurrence, assets } = standing;
  const { over, handlers } = useFileDrop(mayUpload, onFiles);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (chosen && button.current) keepInSight(button.current);
  }, [chosen]);
  return (
    <li>
      <button
        ref={button}
        type="button"
        className="lh-step"
        data-state={occurrence.state}
        data-needed={standing.law.needed}
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
            <StepDuty standing={standing} />
          </span>
          <span className="lh-step-sub">
            {over ? t.case.dropRelease : `${t.case.state[occurrence.state]} · ${t.case.holds(assets.length)}`}
            <Owed standing={standing} />
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

/** What is to be recorded; and where it is not sure that the step comes at all, that. */
function StepDuty({ standing: { law, occurrence } }: { standing: StepStanding }) {
  const { t } = useLanguage();
  const { needed, recording } = law;
  if (occurrence.state === 'waiting' && (needed === 'may' || needed === 'unknown'))
    return <span className="lh-step-duty">{t.law.steps[needed]}</span>;
  if (recording === null || recording === 'none') return null;
  return (
    <span className="lh-step-duty" data-duty={recording}>
      {t.case.dutyShort[recording]}
    </span>
  );
}

/** Scrolls the list itself, never the page: a column that is long, or on narrow screens a strip. */
function keepInSight(line: HTMLElement): void {
  const list = line.closest('nav');
  if (!list) return;
  const box = list.getBoundingClientRect();
  const place = line.getBoundingClientRect();
  if (place.top < box.top || place.bottom > box.bottom)
    list.scrollTop += place.top - box.top - (box.height - place.height) / 2;
  list.scrollLeft += place.left - box.left - (box.width - place.width) / 2;
}

/** What the step still owes or by when it is to be done, and whether it was done against the procedure. */
function Owed({ standing: { missing, breaches, clocks } }: { standing: StepStanding }) {
  const { t } = useLanguage();
  if (breaches.length > 0)
    return (
      <span className="lh-missing" data-alarm="">
        {t.law.kinds.breach}
      </span>
    );
  if (missing > 0) return <span className="lh-missing">{t.case.missingCount(missing)}</span>;
  const [first] = clocks;
  return first ? (
    <span className="lh-step-due">
      <DueText dueAt={first.dueAt} lastDay={first.lastDay} isShort />
    </span>
  ) : null;
}
