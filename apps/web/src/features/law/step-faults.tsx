import { Alert } from 'antd';
import type { CaseView } from '#contract';
import { useLanguage } from '../../i18n/language.js';
import type { StepStanding } from '../cases/step-standing.js';
import { FaultList } from './fault-list.js';

interface Props {
  readonly subject: CaseView;
  readonly standing: StepStanding;
  readonly onChoose: (occurrenceId: string) => void;
}

/** What it would be against to begin now, or what it was against. A decision waits until nothing stands in its way. */
export function StepFaults({ subject, standing: { step, occurrence, law, breaches }, onChoose }: Props) {
  const { t } = useLanguage();
  const isDecision = step.kind === 'decision';
  const place = { subject, here: occurrence.id, onChoose };
  return (
    <>
      {law.beginning.length > 0 && (
        <Alert
          type={isDecision ? 'error' : 'warning'}
          showIcon
          className="lh-step-faults"
          title={isDecision ? t.law.mayNotBegin : t.law.beginning}
          description={
            <>
              <FaultList faults={law.beginning} place={place} />
              {!isDecision && <p className="lh-muted">{t.law.beginningHint}</p>}
            </>
          }
        />
      )}
      {law.deciding.length > 0 && (
        <Alert
          type="error"
          showIcon
          className="lh-step-faults"
          title={t.law.mayNotDecide}
          description={<FaultList faults={law.deciding} place={place} />}
        />
      )}
      {breaches.length > 0 && (
        <Alert
          type="error"
          showIcon
          className="lh-step-faults"
          title={t.law.breaches}
          description={<FaultList faults={breaches} place={place} />}
        />
      )}
    </>
  );
}
