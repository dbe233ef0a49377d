import { CheckCircleFilled, FileOutlined, FolderOpenOutlined } from '@ant-design/icons';
import { Alert, Button, Input, Radio } from 'antd';
import { type ReactNode, useRef } from 'react';
import type { HeldReceipt } from '#dossier';
import { useLanguage } from '../../i18n/language.js';
import { sizeText, timeText } from '../../i18n/quantities.js';
import { useFileDrop } from '../cases/use-file-drop.js';

/** Far more than any receipt; a recording dropped in its place must not be read as text. */
const MAX_RECEIPT_BYTES = 65_536;

export function FileInput({ file, onFile }: { file: File | null; onFile: (file: File) => void }) {
  const { t } = useLanguage();
  const { over, handlers } = useFileDrop(true, ([first]) => first && onFile(first));
  return (
    <Numbered n={1} title={t.check.file}>
      <div className="lh-take" data-over={over || undefined} {...handlers}>
        {file ? (
          <p className="lh-taken">
            <FileOutlined /> <strong>{file.name}</strong> <span className="lh-muted">{sizeText(file.size)}</span>
          </p>
        ) : (
          <p>
            <strong>{t.check.dropFile}</strong>
            <br />
            <span className="lh-muted">{t.check.fileHint}</span>
          </p>
        )}
        <PickButton text={file ? t.check.another : t.check.pickFile} name={t.check.pickFile} onFile={onFile} />
      </div>
      {!file && <p className="lh-muted lh-take-note">{t.check.noFile}</p>}
    </Numbered>
  );
}

interface ReceiptProps {
  readonly text: string;
  readonly held: HeldReceipt | null;
  readonly onText: (text: string) => void;
}

export function ReceiptInput({ text, held, onText }: ReceiptProps) {
  const { t } = useLanguage();
  const read = async (file: File) => onText(await file.slice(0, MAX_RECEIPT_BYTES).text());
  const { over, handlers } = useFileDrop(true, ([first]) => void (first && read(first)));
  const isBad = text.trim() !== '' && held === null;
  return (
    <Numbered n={2} title={t.check.receipt}>
      <div className="lh-take lh-take-text" data-over={over || undefined} {...handlers}>
        <Input.TextArea
          aria-label={t.check.receipt}
          placeholder={t.check.receiptHint}
          value={text}
          rows={7}
          spellCheck={false}
          className="lh-mono"
          status={isBad ? 'error' : ''}
          onChange={(event) => onText(event.target.value)}
        />
        <PickButton
          text={t.check.pickReceipt}
          name={t.check.pickReceipt}
          accept=".txt,text/plain"
          onFile={(file) => void read(file)}
        />
      </div>
      {isBad && (
        <p className="lh-alarm lh-take-note" role="alert">
          {t.check.notAReceipt}
        </p>
      )}
      {held && <HeldLine held={held} />}
    </Numbered>
  );
}

function HeldLine({ held: { receipt } }: { held: HeldReceipt }) {
  const { t } = useLanguage();
  const facts = [
    t.check.of(receipt.origin),
    sizeText(receipt.sizeBytes),
    t.check.receivedAt(timeText(receipt.receivedAt)),
    receipt.sealed ? t.check.sealedAt(timeText(receipt.sealed.at)) : t.check.notSealed,
  ];
  return (
    <p className="lh-take-note">
      <CheckCircleFilled className="lh-good" /> {facts.join(' · ')}
    </p>
  );
}

export type KeySource = 'own' | 'pinned';

interface KeysProps {
  readonly source: KeySource;
  readonly text: string;
  /** Why the keys given cannot be used; null when they can. */
  readonly problem: 'bad' | 'incomplete' | null;
  readonly onSource: (source: KeySource) => void;
  readonly onText: (text: string) => void;
}

export function KeysInput({ source, text, problem, onSource, onText }: KeysProps) {
  const { t } = useLanguage();
  return (
    <Numbered n={3} title={t.check.keys}>
      <Radio.Group
        className="lh-key-source"
        value={source}
        aria-label={t.check.keys}
        onChange={(event) => onSource(event.target.value as KeySource)}
        options={[
          { value: 'own', label: t.check.own },
          { value: 'pinned', label: t.check.pinned },
        ]}
      />
      {source === 'own' ? (
        <Alert type="warning" showIcon title={t.check.ownHint} />
      ) : (
        <>
          <Input.TextArea
            aria-label={t.check.pinned}
            placeholder={t.check.pinnedHint}
            value={text}
            rows={4}
            spellCheck={false}
            className="lh-mono"
            status={problem === 'bad' ? 'error' : ''}
            onChange={(event) => onText(event.target.value)}
          />
          {problem === 'bad' && (
            <p className="lh-alarm lh-take-note" role="alert">
              {t.check.badKeys}
            </p>
          )}
          {problem === 'incomplete' && <p className="lh-muted lh-take-note">{t.check.needBoth}</p>}
        </>
      )}
    </Numbered>
  );
}

function Numbered({ n, title, children }: { n: number; title: string; children: ReactNode }) {
  return (
    <section className="lh-block lh-numbered">
      <h2>
        <span aria-hidden="true">{n}</span>
        {title}
      </h2>
      {children}
    </section>
  );
}

interface PickProps {
  readonly text: string;
  readonly name: string;
  readonly accept?: string;
  readonly onFile: (file: File) => void;
}

function PickButton({ text, name, accept, onFile }: PickProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={name}
        accept={accept}
        onChange={(event) => {
          const [file] = Array.from(event.target.files ?? []);
          if (file) onFile(file);
          // The same name may be picked again after the file was changed.
          event.target.value = '';
        }}
      />
      <Button icon={<FolderOpenOutlined />} onClick={() => input.current?.click()}>
        {text}
      </Button>
    </>
  );
}
