import { ArrowLeftOutlined, DownloadOutlined, PrinterOutlined, SafetyCertificateOutlined } from '@ant-design/icons';
import { Alert, Button } from 'antd';
import { useNavigate, useParams } from 'react-router';
import type { Receipt } from '#contract';
import { useReceipt } from '../api/assets.js';
import { BrandMark } from '../components/brand.js';
import { ErrorNotice } from '../components/error-notice.js';
import { PageLoading } from '../components/page-loading.js';
import { fitsScanCode, ScanCode } from '../components/scan-code.js';
import { FactList } from '../features/assets/asset-facts.js';
import { saveText } from '../features/receipts/save-text.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { groupedNumber, timeText } from '../i18n/quantities.js';
import '../features/assets/assets.css';

/** A receipt as a sheet of paper; digests whole, so that they can be compared by eye. */
export function ReceiptPage() {
  const { assetId = '' } = useParams();
  const { t } = useLanguage();
  const navigate = useNavigate();
  const receipt = useReceipt(assetId);
  usePageTitle(t.asset.receipt);
  if (receipt.isPending) return <PageLoading />;
  return (
    <div className="lh-page">
      <div className="lh-row lh-no-print lh-gap-below">
        <Button icon={<ArrowLeftOutlined />} onClick={() => void navigate(`/assets/${assetId}`)}>
          {t.receipt.back}
        </Button>
        <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
          {t.receipt.print}
        </Button>
        {receipt.data && <NoteButtons receipt={receipt.data} />}
      </div>
      {receipt.data?.note === null && (
        <Alert
          type="warning"
          showIcon
          className="lh-no-print"
          title={t.receipt.unsignedTitle}
          description={t.receipt.unsignedHint}
        />
      )}
      {receipt.data ? <Sheet receipt={receipt.data} /> : <ErrorNotice error={receipt.error} />}
    </div>
  );
}

function NoteButtons({ receipt: { note, fileName } }: { receipt: Receipt }) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  if (note === null) return null;
  return (
    <>
      <Button type="primary" icon={<DownloadOutlined />} onClick={() => saveText(t.receipt.fileName(fileName), note)}>
        {t.receipt.download}
      </Button>
      <Button
        icon={<SafetyCertificateOutlined />}
        onClick={() => void navigate('/receipts/check', { state: { note } })}
      >
        {t.receipt.check}
      </Button>
    </>
  );
}

function Sheet({ receipt }: { receipt: Receipt }) {
  const { t } = useLanguage();
  const { receipt: words } = t;
  const { sealed } = receipt;
  return (
    <article className="lh-sheet">
      <header>
        <BrandMark size={40} />
        <h1>{receipt.kind === 'sealed' ? words.titleSealed : words.titleReceived}</h1>
      </header>
      <FactList
        rows={[
          [words.file, receipt.fileName],
          [words.size, t.asset.bytes(groupedNumber(receipt.sizeBytes))],
          [words.received, timeText(receipt.receivedAt)],
          [words.blockRoot, <code key="root">{receipt.blockRoot}</code>],
          [words.event, <EventRef key="event" event={receipt.event} />],
        ]}
      />
      {sealed ? (
        <>
          <h2>{words.sealed}</h2>
          <FactList
            rows={[
              [words.sealedAt, timeText(sealed.at)],
              ['SHA-256', <code key="sha256">{sealed.sha256}</code>],
              ['SM3', <code key="sm3">{sealed.sm3}</code>],
              sealed.versionId === null ? null : [words.version, <code key="version">{sealed.versionId}</code>],
              sealed.retainUntil === null ? null : [words.retain, timeText(sealed.retainUntil)],
              [words.sealedEvent, <EventRef key="event" event={sealed.event} />],
            ]}
          />
        </>
      ) : null}
      <p className="lh-sheet-note">{sealed ? words.mayClear : words.notSealed}</p>
      <p>
        <strong>{words.promise}</strong> {receipt.promise}
      </p>
      {receipt.note === null ? <p className="lh-alarm">{words.unsignedTitle}</p> : <Note note={receipt.note} />}
    </article>
  );
}

/** The text that is signed, to be read by eye, by a telephone, or typed in again. */
function Note({ note }: { note: string }) {
  const { t } = useLanguage();
  const { receipt: words } = t;
  return (
    <section className="lh-note" aria-labelledby="receipt-note">
      <h2 id="receipt-note">{words.note}</h2>
      <p className="lh-muted">{words.noteHint}</p>
      <div className="lh-note-parts">
        <pre>{note}</pre>
        <div className="lh-note-scan">
          {fitsScanCode(note) ? (
            <>
              <ScanCode text={note} label={words.qr} size={224} />
              <span className="lh-muted">{words.qrHint}</span>
            </>
          ) : (
            <span className="lh-muted">{words.qrTooLong}</span>
          )}
        </div>
      </div>
    </section>
  );
}

function EventRef({ event }: { event: Receipt['event'] }) {
  const { t } = useLanguage();
  return (
    <>
      <code>
        {event.chain} #{event.chainSeq}
      </code>
      <br />
      <span className="lh-muted">{t.receipt.leaf}</span> <code>{event.leaf}</code>
    </>
  );
}
