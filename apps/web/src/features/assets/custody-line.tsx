import { Steps } from 'antd';
import type { AssetView } from '#contract';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';

/** Where the original stands on its way from the recorder to the lock. */
export function CustodyLine({ asset }: { asset: AssetView }) {
  const { t } = useLanguage();
  const { steps, waiting } = t.asset;
  const { custody, clocks, sealedAt, viewing } = asset;
  const received = clocks.receivedAt !== null;
  const alarmed = custody === 'quarantined';
  const sealWords = alarmed ? t.assets.custody.quarantined : sealedAt === null ? waiting : timeText(sealedAt);
  return (
    <Steps
      orientation="vertical"
      size="small"
      className="lh-custody"
      items={[
        {
          title: steps.received,
          status: received ? 'finish' : 'process',
          content: clocks.receivedAt === null ? waiting : timeText(clocks.receivedAt),
        },
        {
          title: steps.sealed,
          status: alarmed ? 'error' : sealedAt === null ? (received ? 'process' : 'wait') : 'finish',
          content: sealWords,
        },
        {
          title: viewing.state === 'unviewable' ? t.assets.viewing.unviewable : steps.looked,
          status: viewing.state === 'viewable' ? 'finish' : viewing.state === 'unviewable' ? 'error' : 'wait',
          content: t.assets.viewing[viewing.state],
        },
      ]}
    />
  );
}
