import { Button } from 'antd';
import type { CaseView, FaultView } from '#contract';
import { useLanguage } from '../../i18n/language.js';
import { YesNo } from './questions.js';
import { remedyOf } from './remedy.js';
import { RuleNote } from './rule-note.js';

/** The case, the coming that is looked at, and the way to another. */
export interface FaultPlace {
  readonly subject: CaseView;
  readonly here: string | null;
  readonly onChoose: (occurrenceId: string) => void;
}

interface Props {
  readonly faults: readonly FaultView[];
  /** Without it the faults are told and nothing can be done about them from here. */
  readonly place?: FaultPlace | undefined;
}

/** Why something is refused, or is against the procedure: each with its clause, and the way to put it right. */
export function FaultList({ faults, place }: Props) {
  const { label } = useLanguage();
  // Several rules may ask for the same: it is told once.
  const told = faults.filter(
    ({ code, words }, i) => i === faults.findIndex((one) => one.code === code && one.words.zh === words.zh),
  );
  return (
    <ul className="lh-faults">
      {told.map((fault) => (
        <li key={`${fault.code}-${fault.words.zh}`}>
          <span className="lh-fault-words">
            {label(fault.words)} <RuleNote rule={fault.rule} />
          </span>
          {place && <Mend fault={fault} {...place} />}
        </li>
      ))}
    </ul>
  );
}

function Mend({ fault, subject, here, onChoose }: FaultPlace & { fault: FaultView }) {
  const { t, label } = useLanguage();
  const remedy = remedyOf(fault, subject, here);
  if (remedy === null) return null;
  if ('occurrenceId' in remedy)
    return (
      <Button
        size="small"
        aria-label={`${t.law.goTo}: ${label(fault.words)}`}
        onClick={() => onChoose(remedy.occurrenceId)}
      >
        {t.law.goTo}
      </Button>
    );
  if (!subject.mayEdit) return null;
  return (
    <span>
      <YesNo caseId={subject.id} {...remedy} occurrenceId={null} words={label(fault.rule.title)} />
    </span>
  );
}
