import { useReplay } from '../../api/cases.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import { GapNote } from '../replay/gap-note.js';
import type { StepStanding } from './step-standing.js';

/** Breaks in what must be recorded in full, each where it is and with the way to explain it in writing. */
export function StepGaps({ caseId, standing }: { caseId: string; standing: StepStanding }) {
  const clips = standing.assets.filter(({ kind }) => kind === 'video' || kind === 'sound').length;
  if (standing.law.recording !== 'full' || clips < 2) return null;
  return <Gaps caseId={caseId} occurrenceId={standing.occurrence.id} />;
}

function Gaps({ caseId, occurrenceId }: { caseId: string; occurrenceId: string }) {
  const { t } = useLanguage();
  const replay = useReplay(caseId);
  const gaps = replay.data?.chapters.find(({ occurrence }) => occurrence.id === occurrenceId)?.gaps ?? [];
  if (replay.data === undefined || gaps.length === 0) return null;
  return (
    <section className="lh-step-gaps" aria-label={t.gaps.inStep}>
      <h3>{t.gaps.inStep}</h3>
      <ul>
        {gaps.map((gap) => (
          <li key={`${gap.afterAssetId}-${gap.beforeAssetId}`}>
            <span className="lh-figures">
              {timeText(gap.startAt)} – {timeText(gap.endAt).slice(11)}
            </span>
            <GapNote gap={gap} subject={{ caseId, occurrenceId, mayExplain: replay.data.mayExplain }} />
          </li>
        ))}
      </ul>
    </section>
  );
}
