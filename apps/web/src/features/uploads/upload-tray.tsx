import { CaretRightOutlined, CloseOutlined, DownOutlined, PauseOutlined, UpOutlined } from '@ant-design/icons';
import { Button, Progress } from 'antd';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useLanguage } from '../../i18n/language.js';
import { sizeText, spanText } from '../../i18n/quantities.js';
import { timeLeftMs } from './speed-meter.js';
import { useUploadItems, useUploads } from './upload-context.js';
import { totalsOf, type UploadItem } from './upload-item.js';
import { type Outcome, UploadRow } from './upload-row.js';
import './uploads.css';

const FOLD_AFTER_MS = 4_000;
/** With many files each is asked about less often. */
const MANY = 10;

type Outcomes = Readonly<Record<string, Outcome>>;

/** All uploads, at the foot of every page. Folds itself away only when every file is sealed. */
export function UploadTray() {
  const { t } = useLanguage();
  const items = useUploadItems();
  const [unfolded, setUnfolded] = useState(true);
  const [outcomes, setOutcomes] = useState<Outcomes>({});
  const onOutcome = useCallback(
    (id: string, outcome: Outcome) => setOutcomes((known) => ({ ...known, [id]: outcome })),
    [],
  );
  const allSealed = items.length > 0 && items.every(({ id, state }) => state === 'sent' && outcomes[id] === 'sealed');
  useEffect(() => {
    if (!allSealed) return setUnfolded(true);
    const timer = setTimeout(() => setUnfolded(false), FOLD_AFTER_MS);
    return () => clearTimeout(timer);
  }, [allSealed]);
  if (items.length === 0) return null;
  const totals = totalsOf(items);
  const done = totals.allBytes === 0 ? 100 : 100 - (100 * totals.leftBytes) / totals.allBytes;
  return (
    <section className="lh-tray" aria-label={t.upload.tray}>
      <header>
        <strong>{t.upload.tray}</strong>
        <TraySum items={items} outcomes={outcomes} />
        <TrayButtons items={items} />
        <Button
          type="text"
          size="small"
          icon={unfolded ? <DownOutlined /> : <UpOutlined />}
          aria-expanded={unfolded}
          aria-label={unfolded ? t.upload.collapse : t.upload.expand}
          onClick={() => setUnfolded(!unfolded)}
        />
      </header>
      {!unfolded && totals.active > 0 && (
        <Progress percent={done} showInfo={false} size="small" className="lh-tray-folded" />
      )}
      {/* Hidden, not taken away: the rows go on asking what became of their files. */}
      <ul hidden={!unfolded}>
        {items.map((item) => (
          <UploadRow key={item.id} item={item} pollMs={items.length > MANY ? 5_000 : 2_000} onOutcome={onOutcome} />
        ))}
      </ul>
    </section>
  );
}

function TraySum({ items, outcomes }: { items: readonly UploadItem[]; outcomes: Outcomes }) {
  const { t, language } = useLanguage();
  const totals = totalsOf(items);
  const leftMs = timeLeftMs(totals.leftBytes, totals.bytesPerSecond);
  const count = (outcome: Outcome) =>
    items.filter(({ id, state }) => state === 'sent' && outcomes[id] === outcome).length;
  const parts = [
    ...(totals.active + totals.waiting > 0 ? [t.upload.summary(totals.active, totals.waiting)] : []),
    ...(totals.bytesPerSecond > 0 ? [`${sizeText(totals.bytesPerSecond)}/s`] : []),
    ...(leftMs === null ? [] : [t.upload.left(spanText(leftMs, language))]),
    ...(count('sent') > 0 ? [t.upload.sealing(count('sent'))] : []),
    ...(count('sealed') > 0 ? [t.upload.sealed(count('sealed'))] : []),
  ];
  return (
    <span className="lh-tray-sum" aria-live="polite">
      {parts.join(' · ')}
      {count('quarantined') > 0 && <strong className="lh-alarm"> {t.upload.quarantined(count('quarantined'))}</strong>}
    </span>
  );
}

function TrayButtons({ items }: { items: readonly UploadItem[] }) {
  const { t } = useLanguage();
  const uploads = useUploads();
  const totals = totalsOf(items);
  const busy = totals.active + totals.waiting > 0;
  return (
    <>
      {busy && <TrayButton text={t.upload.pauseAll} icon={<PauseOutlined />} onClick={() => uploads.pauseAll()} />}
      {totals.paused + totals.failed > 0 && (
        <TrayButton text={t.upload.resumeAll} icon={<CaretRightOutlined />} onClick={() => uploads.resumeAll()} />
      )}
      {!busy && items.some(({ state }) => state === 'sent') && (
        <TrayButton text={t.upload.clearDone} icon={<CloseOutlined />} onClick={() => uploads.removeEnded()} />
      )}
    </>
  );
}

function TrayButton({ text, icon, onClick }: { text: string; icon: ReactNode; onClick: () => void }) {
  return <Button type="text" size="small" icon={icon} aria-label={text} title={text} onClick={onClick} />;
}
