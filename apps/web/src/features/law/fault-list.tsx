import type { FaultView } from '#contract';
import { useLanguage } from '../../i18n/language.js';
import { RuleNote } from './rule-note.js';

/** Why something is refused, or is against the procedure, each with its clause. */
export function FaultList({ faults }: { faults: readonly FaultView[] }) {
  const { label } = useLanguage();
  return (
    <ul className="lh-faults">
      {faults.map(({ code, stepId, words, rule }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two faults may say the same, and the list is never sorted anew
        <li key={`${code}-${stepId}-${i}`}>
          <span>{label(words)}</span> <RuleNote rule={rule} />
        </li>
      ))}
    </ul>
  );
}
