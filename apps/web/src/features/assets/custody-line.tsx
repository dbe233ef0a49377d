import { CheckOutlined, CloseOutlined } from '@ant-design/icons';
import type { AssetView } from '#contract';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import type { Texts } from '../../i18n/zh.js';

type Standing = 'done' | 'now' | 'later' | 'alarm';

interface Station {
  readonly title: string;
  readonly standing: Standing;
  readonly words: string;
}

/** Where the original stands on its way from the recorder to the lock. */
export function CustodyLine({ asset }: { asset: AssetView }) {
  const { t } = useLanguage();
  return (
    <ol className="lh-custody">
      {stationsOf(asset, t).map(({ title, standing, words }) => (
        <li key={title} data-standing={standing}>
          <span className="lh-custody-mark" aria-hidden="true">
            {standing === 'done' && <CheckOutlined />}
            {standing === 'alarm' && <CloseOutlined />}
          </span>
          <strong>{title}</strong>
          <span className="lh-figures">{words}</span>
        </li>
      ))}
    </ol>
  );
}

function stationsOf(asset: AssetView, t: Texts): Station[] {
  const { steps, waiting } = t.asset;
  const { receivedAt } = asset.clocks;
  return [
    {
      title: steps.received,
      standing: receivedAt === null ? 'now' : 'done',
      words: receivedAt === null ? waiting : timeText(receivedAt),
    },
    sealStation(asset, t),
    lookStation(asset, t),
  ];
}

function sealStation({ custody, clocks, sealedAt, lockMode }: AssetView, t: Texts): Station {
  const { sealing, locked, unlocked } = t.asset.steps;
  const title = lockMode === null ? sealing : lockMode === 'none' ? unlocked : locked;
  if (custody === 'quarantined') return { title, standing: 'alarm', words: t.assets.custody.quarantined };
  if (sealedAt !== null) return { title, standing: 'done', words: timeText(sealedAt) };
  return { title, standing: clocks.receivedAt === null ? 'later' : 'now', words: t.asset.waiting };
}

function lookStation({ viewing }: AssetView, t: Texts): Station {
  const standing = { pending: 'later', viewable: 'done', unviewable: 'alarm' } as const;
  return { title: t.asset.steps.looked, standing: standing[viewing.state], words: t.assets.viewing[viewing.state] };
}
