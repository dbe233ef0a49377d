import { FieldTimeOutlined } from '@ant-design/icons';
import { useLanguage } from '../../i18n/language.js';
import type { StepStanding } from '../cases/step-standing.js';
import { DueText } from './due-text.js';
import { RuleNote } from './rule-note.js';

/** By when this step is to be done, limit by limit. */
export function StepClocks({ standing: { clocks } }: { standing: StepStanding }) {
  const { label } = useLanguage();
  if (clocks.length === 0) return null;
  return (
    <ul className="lh-step-clocks">
      {clocks.map((clock) => (
        <li key={`${clock.limitId}-${clock.startedAt}`}>
          <FieldTimeOutlined /> {label(clock.title)} <RuleNote rule={clock.rule} />
          <DueText dueAt={clock.dueAt} lastDay={clock.lastDay} warnings={clock.warnings} />
        </li>
      ))}
    </ul>
  );
}
