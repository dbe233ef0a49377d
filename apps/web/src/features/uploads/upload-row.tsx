import { CaretRightOutlined, CloseOutlined, PauseOutlined, ReloadOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Progress } from 'antd';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { useCustodyOf } from '../../api/assets.js';
import type { ApiFailure } from '../../api/client.js';
import { useLanguage } from '../../i18n/language.js';
import { sizeText, spanText } from '../../i18n/quantities.js';
import { timeLeftMs } from './speed-meter.js';
import { useUploads } from './upload-context.js';
import type { UploadItem } from './upload-item.js';

/** What became of an upload: `sent` until the archive has said. */
export type Outcome = 'sealed' | 'quarantined' | 'sent';

interface Props {
  readonly item: UploadItem;
  readonly pollMs: number;
  readonly onOutcome: (id: string, outcome: Outcome) => void;
}

/** One file: what is sent, how fast, how long still; and after that what the archive made of it. */
export function UploadRow({ item, pollMs, onOutcome }: Props) {
  const { t } = useLanguage();
  const custody = useOutcome(item, pollMs);
  useEffect(() => onOutcome(item.id, custody), [item.id, custody, onOutcome]);
  const percent = item.sizeBytes === 0 ? 100 : Math.floor((100 * item.sentBytes) / item.sizeBytes);
  return (
    <li className="lh-upload" data-state={item.state === 'sent' ? custody : item.state}>
      <div className="lh-upload-head">
        <span className="lh-upload-name" title={item.fileName}>
          {item.fileName}
        </span>
        <RowButtons item={item} />
      </div>
      <div className="lh-muted lh-upload-where">{item.target ? t.upload.to(item.target.where) : t.upload.nowhere}</div>
      {item.state !== 'sent' && (
        <Progress
          percent={percent}
          size="small"
          status={item.state === 'failed' ? 'exception' : item.state === 'sending' ? 'active' : 'normal'}
          aria-label={item.fileName}
        />
      )}
      <RowWords item={item} custody={custody} />
    </li>
  );
}

/** The archive is asked until it has sealed or quarantined what it received; then the case is shown anew. */
function useOutcome(item: UploadItem, pollMs: number): Outcome {
  const client = useQueryClient();
  const asset = useCustodyOf(item.assetId, pollMs);
  const custody = asset.data?.custody;
  const settled = custody === 'sealed' || custody === 'quarantined' ? custody : 'sent';
  const caseId = item.target?.caseId;
  useEffect(() => {
    if (settled === 'sent') return;
    void client.invalidateQueries({ queryKey: caseId ? ['case', caseId, 'assets'] : ['assets'] });
  }, [settled, caseId, client]);
  return settled;
}

function RowWords({ item, custody }: { item: UploadItem; custody: Outcome }) {
  const { t, language } = useLanguage();
  if (item.state === 'sent') {
    return (
      <div className="lh-upload-words">
        <span>{t.upload.states[custody]}</span>
        {item.assetId && <Link to={`/assets/${item.assetId}`}>{t.upload.open}</Link>}
      </div>
    );
  }
  const leftMs = timeLeftMs(item.sizeBytes - item.sentBytes, item.bytesPerSecond);
  return (
    <div className="lh-upload-words">
      <span>{item.retrying && item.state === 'sending' ? t.upload.retrying : t.upload.states[item.state]}</span>
      {item.failure && <FailureWords failure={item.failure} />}
      <span className="lh-figures">
        {sizeText(item.sentBytes)} / {sizeText(item.sizeBytes)}
      </span>
      {item.bytesPerSecond !== null && <span className="lh-figures">{sizeText(item.bytesPerSecond)}/s</span>}
      {leftMs !== null && <span>{t.upload.left(spanText(leftMs, language))}</span>}
    </div>
  );
}

function FailureWords({ failure }: { failure: ApiFailure }) {
  const { t, label } = useLanguage();
  if (failure.code === 'network') return <span>{navigator.onLine ? t.upload.unreachable : t.upload.offline}</span>;
  return (
    <>
      <span>{label(failure.words)}</span>
      {failure.maxBytes !== null && <span>{t.app.limit(sizeText(failure.maxBytes))}</span>}
    </>
  );
}

function RowButtons({ item }: { item: UploadItem }) {
  const { t } = useLanguage();
  const uploads = useUploads();
  const { id, state } = item;
  const button = (text: string, icon: React.ReactNode, act: () => void) => (
    <Button type="text" size="small" icon={icon} aria-label={`${text}: ${item.fileName}`} title={text} onClick={act} />
  );
  if (state === 'sent') return button(t.upload.remove, <CloseOutlined />, () => uploads.remove(id));
  return (
    <span>
      {state === 'paused' && button(t.upload.resume, <CaretRightOutlined />, () => uploads.resume(id))}
      {state === 'failed' && button(t.upload.retry, <ReloadOutlined />, () => uploads.resume(id))}
      {(state === 'sending' || state === 'queued' || state === 'reading') &&
        button(t.upload.pause, <PauseOutlined />, () => uploads.pause(id))}
      <Popconfirm title={t.upload.cancelAsk} onConfirm={() => void uploads.cancel(id)} placement="topRight">
        {button(t.upload.cancel, <CloseOutlined />, () => undefined)}
      </Popconfirm>
    </span>
  );
}
