import { Button } from 'antd';
import { UNVIEWABLE_TEXT } from '#domain';
import { useLanguage } from '../../i18n/language.js';
import type { ReplayEntry } from './play-order.js';

/** In place of what cannot be shown: what it is and why, so that nothing is passed over in silence. */
export function SlotNotice({ entry, onSkip }: { entry: ReplayEntry; onSkip?: () => void }) {
  const { t, label } = useLanguage();
  const { viewing } = entry.asset;
  return (
    <div className="lh-stand-in" role="status">
      <strong>{t.replay.cannotPlay}</strong>
      <p>{entry.asset.fileName}</p>
      <p>
        {viewing.state === 'unviewable'
          ? label(UNVIEWABLE_TEXT[viewing.reason])
          : viewing.state === 'pending'
            ? t.asset.pendingTitle
            : t.player.failedHint}
      </p>
      {onSkip ? <Button onClick={onSkip}>{t.replay.skip}</Button> : <small>{t.replay.skipping}</small>}
    </div>
  );
}
