import { CaretRightOutlined, CloseOutlined, DownOutlined, PauseOutlined, UpOutlined } from '@ant-design/icons';
import { Button, Progress } from 'antd';
import { useState } from 'react';
import { useLanguage } from '../../i18n/language.js';
import { sizeText, spanText } from '../../i18n/quantities.js';
import { timeLeftMs } from './speed-meter.js';
import { useUploadItems, useUploads } from './upload-context.js';
import { totalsOf } from './upload-item.js';
import { UploadRow } from './upload-row.js';
import './uploads.css';

/** All uploads, at the foot of every page. */
export function UploadTray() {
  const { t, language } = useLanguage();
  const uploads = useUploads();
  const items = useUploadItems();
  const [unfolded, setUnfolded] = useState(true);
  if (items.length === 0) return null;
  const totals = totalsOf(items);
  const busy = totals.active + totals.waiting > 0;
  const leftMs = timeLeftMs(totals.leftBytes, totals.bytesPerSecond);
  const done = totals.allBytes === 0 ? 100 : 100 - (100 * totals.leftBytes) / totals.allBytes;
  return (
    <section className="lh-tray" aria-label={t.upload.tray}>
      <header>
        <strong>{t.upload.tray}</strong>
        <span className="lh-tray-sum" aria-live="polite">
          {busy ? t.upload.summary(totals.active, totals.waiting) : totals.paused === 0 && t.upload.allDone}
          {busy && totals.bytesPerSecond > 0 && ` · ${sizeText(totals.bytesPerSecond)}/s`}
          {busy && leftMs !== null && ` · ${t.upload.left(spanText(leftMs, language))}`}
        </span>
        {busy && (
          <Button
            type="text"
            size="small"
            icon={<PauseOutlined />}
            aria-label={t.upload.pauseAll}
            title={t.upload.pauseAll}
            onClick={() => uploads.pauseAll()}
          />
        )}
        {totals.paused + totals.failed > 0 && (
          <Button
            type="text"
            size="small"
            icon={<CaretRightOutlined />}
            aria-label={t.upload.resumeAll}
            title={t.upload.resumeAll}
            onClick={() => uploads.resumeAll()}
          />
        )}
        {items.some(({ state }) => state === 'sent') && !busy && (
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined />}
            aria-label={t.upload.clearDone}
            title={t.upload.clearDone}
            onClick={() => uploads.removeEnded()}
          />
        )}
        <Button
          type="text"
          size="small"
          icon={unfolded ? <DownOutlined /> : <UpOutlined />}
          aria-expanded={unfolded}
          aria-label={unfolded ? t.upload.collapse : t.upload.expand}
          onClick={() => setUnfolded(!unfolded)}
        />
      </header>
      {!unfolded && busy && <Progress percent={done} showInfo={false} size="small" className="lh-tray-folded" />}
      {unfolded && (
        <ul>
          {items.map((item) => (
            <UploadRow key={item.id} item={item} pollMs={items.length > 10 ? 10_000 : 2_000} />
          ))}
        </ul>
      )}
    </section>
  );
}
