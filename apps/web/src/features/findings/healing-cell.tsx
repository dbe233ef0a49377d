import { Button, Progress } from 'antd';
import { useState } from 'react';
import type { FindingView, HealingView } from '#contract';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import { isHealable, isUnderWay } from './finding-words.js';
import { HealDialog } from './heal-dialog.js';

/** Whether there is a good copy, what was done with it, and the button that asks for it. */
export function HealingCell({ finding }: { finding: FindingView }) {
  const { t } = useLanguage();
  const [isAsking, setAsking] = useState(false);
  const { healing, mayHeal } = finding;
  const isShown = healing !== null && (isUnderWay(healing) || healing.state === 'healed' || isHealable(finding));
  return (
    <div className="lh-heal">
      {isHealable(finding) && <OtherCopy finding={finding} />}
      {isShown && <HealingState healing={healing} />}
      {mayHeal && (
        <Button size="small" onClick={() => setAsking(true)}>
          {t.findings.heal.action[finding.copy]}
        </Button>
      )}
      {isAsking && <HealDialog finding={finding} onClose={() => setAsking(false)} />}
    </div>
  );
}

/** What was last seen of the copy it could be healed from. */
function OtherCopy({ finding: { other, copy } }: { finding: FindingView }) {
  const { t } = useLanguage();
  const { heal } = t.findings;
  if (other === null) return <span className="lh-muted">{heal.noOther[copy]}</span>;
  const isGood = other.result === 'intact';
  return (
    <div>
      <Tag tone={isGood ? 'good' : 'alarm'}>{isGood ? heal.otherGood[copy] : heal.otherBad[copy]}</Tag>
      {other.checkedAt !== null && (
        <small className="lh-muted lh-figures">{heal.otherSeen(timeText(other.checkedAt))}</small>
      )}
    </div>
  );
}

function HealingState({ healing }: { healing: HealingView }) {
  const { t } = useLanguage();
  const { heal } = t.findings;
  if (isUnderWay(healing)) {
    const percent = healing.totalBytes === 0 ? 0 : Math.floor((100 * healing.doneBytes) / healing.totalBytes);
    return (
      <div className="lh-heal-progress">
        <span>{heal.states[healing.state]}</span>
        <Progress percent={percent} size="small" status="active" aria-label={heal.states[healing.state]} />
      </div>
    );
  }
  const when = healing.endedAt === null ? '' : timeText(healing.endedAt);
  if (healing.state === 'healed') {
    return (
      <div>
        <Tag tone="good">{heal.states.healed}</Tag>
        <small className="lh-muted lh-figures">{when}</small>
        <p className="lh-muted">{heal.was(t.findings.results[healing.found])}</p>
      </div>
    );
  }
  return (
    <div>
      <Tag tone="alarm">{heal.states.refused}</Tag>
      <small className="lh-muted lh-figures">{when}</small>
      {healing.refusal !== null && <p>{heal.refusals[healing.refusal]}</p>}
    </div>
  );
}
