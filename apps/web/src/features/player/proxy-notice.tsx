import { Button, Progress, Spin } from 'antd';
import { useAskProxy } from '../../api/assets.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';
import type { Playback } from './playback.js';

/** What stands in place of the picture while there is nothing this browser can play. */
export function ProxyNotice({ assetId, playback }: { assetId: string; playback: Playback }) {
  const { t } = useLanguage();
  const ask = useAskProxy(assetId);
  if (playback.way === 'wait') {
    return (
      <div className="lh-stand-in" role="status">
        {playback.progress === null ? <Spin /> : <Progress type="circle" percent={playback.progress} size={84} />}
        <strong>{t.player.preparing}</strong>
        <p>{playback.progress === null ? t.player.queued : t.player.preparingHint}</p>
      </div>
    );
  }
  if (playback.way !== 'ask' && playback.way !== 'proxy-failed') return null;
  const failed = playback.way === 'proxy-failed';
  return (
    <div className="lh-stand-in">
      <strong>{failed ? t.player.proxyFailed : t.player.askProxyHint}</strong>
      <p>{failed ? t.player.proxyFailedHint : t.player.preparingHint}</p>
      <Button type="primary" loading={ask.isPending} onClick={() => ask.mutate()}>
        {failed ? t.app.retry : t.player.askProxy}
      </Button>
      {ask.isError && <ErrorNotice error={ask.error} />}
    </div>
  );
}
