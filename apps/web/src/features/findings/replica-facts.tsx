import { Alert } from 'antd';
import type { System } from '#contract';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { groupedNumber, sizeText, timeText } from '../../i18n/quantities.js';
import { FactList } from '../assets/asset-facts.js';

type Replica = NonNullable<System['replica']>;

const DAY_MS = 86_400_000;

/** That there is no second copy, or that it cannot be made now: said above everything else. */
export function ReplicaAlert({ replica }: { replica: System['replica'] }) {
  const { t } = useLanguage();
  if (replica === null) {
    const { noReplica, noReplicaHint } = t.system;
    return <Alert type="warning" showIcon title={noReplica} description={noReplicaHint} className="lh-gap-below" />;
  }
  if (replica.problem === null) return null;
  return (
    <Alert
      type="error"
      showIcon
      title={t.system.replicaProblem(replica.problem)}
      description={t.system.replicaProblemHint}
      className="lh-gap-below"
    />
  );
}

/** How many originals have their copy, how far copying is behind, and when the copies were last looked at. */
export function ReplicaFacts({ replica }: { replica: Replica }) {
  const { t } = useLanguage();
  const { system: words } = t;
  const { watch } = replica;
  return (
    <FactList
      rows={[
        [
          words.kinds[replica.kind],
          <Tag key="locked" tone={replica.locked ? 'good' : 'warn'}>
            {replica.locked ? words.locked : words.unlocked}
          </Tag>,
        ],
        [
          words.copied,
          `${words.copiedOf(groupedNumber(replica.copied), groupedNumber(replica.sealed))} · ${sizeText(replica.copiedBytes)}`,
        ],
        [words.lag, replica.owedSince === null ? words.noLag : timeText(replica.owedSince)],
        [words.lastCopied, replica.lastCopiedAt === null ? t.app.unknown : timeText(replica.lastCopiedAt)],
        [words.replicaPeriod, words.days(Math.round(watch.periodMs / DAY_MS))],
        [words.checkedLastDay, groupedNumber(watch.checkedLastDay)],
        [words.overdue, <Alarming key="overdue" count={watch.overdue} />],
        [words.openReplicaFindings, <Alarming key="open" count={watch.open} />],
        [words.oldestChecked, watch.oldestCheckedAt === null ? t.app.unknown : timeText(watch.oldestCheckedAt)],
        [words.free, replica.freeBytes === null ? t.app.unknown : sizeText(replica.freeBytes)],
        [words.heals, words.healsBy[replica.healsAutomatically ? 'automatic' : 'person']],
      ]}
    />
  );
}

function Alarming({ count }: { count: number }) {
  return <span className={count > 0 ? 'lh-alarm' : ''}>{groupedNumber(count)}</span>;
}
