import { Button } from 'antd';
import { useState } from 'react';
import type { CaseView, ClockView } from '#contract';
import { Tag, type Tone } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import { AskDialog } from './ask-dialog.js';
import { DueText } from './due-text.js';
import { RuleNote } from './rule-note.js';

const TONES: Record<ClockView['state'], Tone> = {
  running: 'accent',
  soon: 'warn',
  late: 'alarm',
  met: 'good',
  'met-late': 'warn',
  paused: 'plain',
  waiting: 'accent',
  over: 'plain',
  'too-early': 'alarm',
};
/** Those that still can be missed first. */
const ORDER: readonly ClockView['state'][] = [
  ...(['late', 'soon', 'running', 'waiting', 'paused'] as const),
  ...(['too-early', 'met-late', 'met', 'over'] as const),
];

/** Every limit of the case, from what it runs and how it stands. */
export function ClockList({ subject }: { subject: CaseView }) {
  const { t, label } = useLanguage();
  const [asking, setAsking] = useState<ClockView | null>(null);
  const clocks = [...subject.law.clocks].sort(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.dueAt ?? '9').localeCompare(b.dueAt ?? '9'),
  );
  return (
    <>
      <ul className="lh-clocks">
        {clocks.map((clock) => (
          <li key={`${clock.limitId}-${clock.occurrenceId}-${clock.startedAt}`} data-state={clock.state}>
            <div>
              <span>
                {label(clock.title)} <RuleNote rule={clock.rule} />
              </span>
              <small className="lh-muted lh-figures">
                {clock.of === 'party' && `${t.law.party} · `}
                {t.law.since(timeText(clock.startedAt))}
                {clock.metAt !== null && ` · ${t.law.metAt(timeText(clock.metAt))}`}
                {clock.extensions > 0 && ` · ${t.law.extended(clock.extensions)}`}
                {clock.refusedExtensions > 0 && ` · ${t.law.extendRefused(clock.refusedExtensions)}`}
              </small>
            </div>
            {clock.metAt === null && clock.state !== 'over' && (
              <DueText dueAt={clock.dueAt} lastDay={clock.lastDay} warnings={clock.warnings} />
            )}
            {mayExtend(clock) && subject.mayEdit && (
              <Button size="small" onClick={() => setAsking(clock)}>
                {t.law.extend}
              </Button>
            )}
            <Tag tone={isLapsed(clock) ? 'plain' : TONES[clock.state]}>
              {isLapsed(clock) ? t.law.lapsed : t.law.clockStates[clock.state]}
            </Tag>
          </li>
        ))}
      </ul>
      {asking && <AskDialog caseId={subject.id} of={{ clock: asking }} onClose={() => setAsking(null)} />}
    </>
  );
}

function mayExtend({ extension, extensions, metAt, state }: ClockView): boolean {
  const isRunning = metAt === null && (state === 'running' || state === 'soon' || state === 'paused');
  return extension !== null && extensions < extension.times && isRunning;
}

/** A party's time that ran out: nobody is late. */
function isLapsed({ of, state }: ClockView): boolean {
  return of === 'party' && state === 'late';
}
