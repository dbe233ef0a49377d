import { SafetyCertificateOutlined } from '@ant-design/icons';
import { Alert, Button, Progress, Spin } from 'antd';
import { useMemo, useState } from 'react';
import { Link, useLocation } from 'react-router';
import { type HeldReceipt, readReceipt } from '#dossier';
import { Brand } from '../components/brand.js';
import { LanguageSwitch } from '../components/language-switch.js';
import { useNoStrayDrops } from '../features/cases/use-file-drop.js';
import { FileInput, type KeySource, KeysInput, ReceiptInput } from '../features/receipts/check-inputs.js';
import { CheckResultView } from '../features/receipts/check-result.js';
import { readPinnedKeys } from '../features/receipts/pinned-keys.js';
import type { CheckStage } from '../features/receipts/run-check.js';
import { type CheckState, useReceiptCheck } from '../features/receipts/use-receipt-check.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { sizeText } from '../i18n/quantities.js';
import '../components/app-frame.css';
import '../features/receipts/receipts.css';

/** For anyone who holds a file and a receipt: no account, and nothing is sent but the leaf hash that is asked for. */
export function ReceiptCheckPage() {
  const { t } = useLanguage();
  usePageTitle(t.check.title);
  useNoStrayDrops();
  return (
    <div className="lh-frame">
      <header className="lh-bar">
        <Brand />
        <div className="lh-bar-end">
          <LanguageSwitch />
          <Link to="/" className="lh-bar-link">
            {t.check.home}
          </Link>
        </div>
      </header>
      <main className="lh-main">
        <div className="lh-page">
          <header className="lh-page-head">
            <div className="lh-title-block">
              <h1>{t.check.title}</h1>
              <p className="lh-muted">{t.check.intro}</p>
            </div>
          </header>
          <CheckBody />
        </div>
      </main>
    </div>
  );
}

function CheckBody() {
  const { t } = useLanguage();
  const { state, start, stop } = useReceiptCheck();
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState(useNoteFromReceipt());
  const [source, setSource] = useState<KeySource>('own');
  const [keyText, setKeyText] = useState('');
  const held = useMemo(() => heldIn(text), [text]);
  const keys = useMemo(() => readPinnedKeys(keyText), [keyText]);
  const isWhole = keys?.log != null && keys.receipts !== null;
  const problem = keys === null ? 'bad' : isWhole ? null : 'incomplete';
  // What was found is of what was given: with anything else given it is taken away.
  const changing =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      stop();
      set(value);
    };
  const mayStart = held !== null && (source === 'own' || problem === null) && state.kind !== 'running';
  return (
    <div className="lh-check">
      <div>
        <FileInput file={file} onFile={changing(setFile)} />
        <ReceiptInput text={text} held={held} onText={changing(setText)} />
        <KeysInput
          source={source}
          text={keyText}
          problem={problem}
          onSource={changing(setSource)}
          onText={changing(setKeyText)}
        />
        <Button
          type="primary"
          size="large"
          block
          className="lh-check-start"
          icon={<SafetyCertificateOutlined />}
          disabled={!mayStart}
          onClick={() => held && start({ held, file, pinned: source === 'own' ? null : keys })}
        >
          {t.check.start}
        </Button>
      </div>
      <section className="lh-block lh-check-result" aria-live="polite" aria-labelledby="check-result">
        <h2 id="check-result">{t.check.resultTitle}</h2>
        <Outcome state={state} sizeBytes={file?.size ?? 0} onStop={stop} />
      </section>
    </div>
  );
}

/** The receipt one came from. */
function useNoteFromReceipt(): string {
  const { note } = (useLocation().state ?? {}) as { note?: unknown };
  return typeof note === 'string' ? note : '';
}

function heldIn(text: string): HeldReceipt | null {
  try {
    return readReceipt(text);
  } catch {
    return null;
  }
}

function Outcome({ state, sizeBytes, onStop }: { state: CheckState; sizeBytes: number; onStop: () => void }) {
  const { t } = useLanguage();
  if (state.kind === 'done') return <CheckResultView result={state.result} />;
  if (state.kind === 'unreadable') return <Alert type="error" showIcon title={t.check.unreadable} />;
  if (state.kind === 'idle') return <p className="lh-none">{t.check.waiting}</p>;
  return <Running stage={state.stage} sizeBytes={sizeBytes} onStop={onStop} />;
}

function Running({ stage, sizeBytes, onStop }: { stage: CheckStage; sizeBytes: number; onStop: () => void }) {
  const { t } = useLanguage();
  if (stage.kind === 'asking' || sizeBytes === 0) {
    return (
      <p>
        <Spin size="small" /> {t.check.asking}
      </p>
    );
  }
  return (
    <>
      <p className="lh-figures">{t.check.reading(sizeText(stage.bytes), sizeText(sizeBytes))}</p>
      <Progress percent={Math.floor((stage.bytes / sizeBytes) * 100)} aria-label={t.check.start} />
      <Button onClick={onStop}>{t.check.stop}</Button>
    </>
  );
}
